package telnyx

import (
	"fmt"

	"github.com/valyala/fastjson"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
)

// Decode implements telephony.PeerStream as strictly as Telnyx's pages are: a
// message is JSON text of one of three events; the stream's id may be missing
// and must not be another's; sound is 20 ms to 30 s long. What breaks a rule
// is dropped. None is fatal: Telnyx sends an error event and goes on. Its
// numbers for these are not documented, so there are none here.
func (s *peerStream) Decode(msg telephony.Message) (telephony.Event, error) {
	body, err := s.json.Read(msg)
	if err != nil || fastjson.ValidateBytes(msg.Data) != nil {
		return violation("message is not a JSON object in text")
	}
	event, _ := body.String("event")
	switch string(event) {
	case "media", "mark", "clear":
	default:
		return violation("unknown event " + telephony.Shorten(event))
	}
	if s.Start().Listen != telephony.ListenNone {
		return violation("a one-way stream takes no message")
	}
	if !s.Running() {
		return violation("no stream is running")
	}
	if id, ok := body.String("stream_id"); ok && string(id) != s.StreamID() || !ok && body.Text("stream_id") != "" {
		return violation("stream_id is that of another stream")
	}
	switch string(event) {
	case "media":
		return s.readMedia(body)
	case "mark":
		mark, _ := body.Object("mark")
		label, ok := mark.String("name")
		if !ok || len(label) == 0 {
			return violation("mark has no name")
		}
		return telephony.Event{Kind: telephony.Mark, Mark: string(label)}, nil
	default:
		return telephony.Event{Kind: telephony.Clear}, nil
	}
}

func (s *peerStream) readMedia(body telephony.JSONObject) (telephony.Event, error) {
	packet, _ := body.Object("media")
	text, ok := packet.String("payload")
	if !ok {
		return violation("media has no payload")
	}
	payload, err := s.json.Payload(text, s.Format())
	if err != nil {
		return violation("payload is empty, not base64 or not whole samples")
	}
	frame := media.Frame{Format: s.Format(), Payload: payload}
	if lasts := frame.Duration(); lasts < leastChunk || lasts > mostChunk {
		return violation(fmt.Sprintf("payload lasts %v, must be %v to %v", lasts, leastChunk, mostChunk))
	}
	s.order.turn(frame.Format, payload)
	return telephony.Event{Kind: telephony.Audio, Frame: frame}, nil
}

func violation(rule string) (telephony.Event, error) {
	return telephony.Event{}, &telephony.Violation{Rule: rule}
}
