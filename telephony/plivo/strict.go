package plivo

import (
	"bytes"
	"fmt"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
)

// Decode implements telephony.PeerStream as Plivo reacts: a message that can't
// be read, is of no or another stream, or has sound in another format than the
// stream's is a violation; an event that Plivo doesn't know is ignored (Kind
// Unknown), and so are fields that it doesn't know. Keys are taken too; of
// several in one message the event tells the first. A message above 64 KB
// ends the stream. Sound with a file's header is heard, with a click: Decode
// returns the violation together with the Audio event.
func (s *peerStream) Decode(msg telephony.Message) (telephony.Event, error) {
	if len(msg.Data) > takeMax {
		return telephony.Event{}, &telephony.Violation{
			Rule:  fmt.Sprintf("message of %d bytes is above %d", len(msg.Data), takeMax),
			Fatal: true,
		}
	}
	body, err := s.json.Read(msg)
	if err != nil {
		return violation("", "message is not a JSON object in text")
	}
	event, ok := body.String("event")
	if !ok {
		return violation("", "message has no event")
	}
	if !s.Running() {
		return violation("", "no stream is running")
	}
	if s.Start().Listen != telephony.ListenNone {
		return violation("", "a one-way stream takes no messages")
	}
	switch string(event) {
	case "playAudio":
		return s.readSound(body)
	case "sendDTMF":
		return readKeys(body)
	case "checkpoint", "clearAudio":
	default:
		return telephony.Event{Kind: telephony.Unknown, Name: telephony.Shorten(event)}, nil
	}
	if id, _ := body.String("streamId"); string(id) != s.StreamID() {
		return violation("", "streamId is not that of the stream")
	}
	if string(event) == "clearAudio" {
		return telephony.Event{Kind: telephony.Clear}, nil
	}
	label, _ := body.String("name")
	if len(label) == 0 {
		return violation("", "checkpoint has no name")
	}
	return telephony.Event{Kind: telephony.Mark, Mark: string(label)}, nil
}

// readSound reads a playAudio. It needs no streamId; one that is there must
// be right.
func (s *peerStream) readSound(body telephony.JSONObject) (telephony.Event, error) {
	if id, given := body.String("streamId"); given && string(id) != s.StreamID() {
		return violation("", "streamId is not that of the stream")
	}
	packet, _ := body.Object("media")
	format := s.Format()
	if kind, _ := packet.String("contentType"); string(kind) != contentType(format.Encoding) {
		return violation(badFormatCode, fmt.Sprintf("contentType %q is not the stream's %s", telephony.Shorten(kind), contentType(format.Encoding)))
	}
	if rate, _ := packet.Number("sampleRate"); rate != uint64(format.Rate) {
		return violation(badFormatCode, fmt.Sprintf("sampleRate %d is not the stream's %d", rate, format.Rate))
	}
	text, ok := packet.String("payload")
	if !ok {
		return violation("", "media has no payload")
	}
	payload, err := s.json.Payload(text, format)
	if err != nil {
		return violation("", "payload is empty, not base64 or not whole samples")
	}
	ev := telephony.Event{Kind: telephony.Audio, Frame: media.Frame{Format: format, Payload: payload}}
	if bytes.HasPrefix(payload, []byte("RIFF")) {
		return ev, &telephony.Violation{Rule: "payload begins with the header of a WAV file, which is heard as a click"}
	}
	return ev, nil
}

func readKeys(body telephony.JSONObject) (telephony.Event, error) {
	keys, _ := body.String("dtmf")
	if len(keys) == 0 {
		return violation("", "sendDTMF has no keys")
	}
	for i := range keys {
		if _, err := telephony.Key(keys[i : i+1]); err != nil {
			return violation("", fmt.Sprintf("%q is not a telephone key", keys[i]))
		}
	}
	return telephony.Event{Kind: telephony.Digit, Digit: bytes.ToUpper(keys[:1])[0]}, nil
}

func violation(code, rule string) (telephony.Event, error) {
	return telephony.Event{}, &telephony.Violation{Code: code, Rule: rule}
}
