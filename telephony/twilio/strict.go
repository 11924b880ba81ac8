package twilio

import (
	"github.com/valyala/fastjson"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
)

// Decode implements telephony.PeerStream as strictly as Twilio: a message has
// exactly the documented fields, in JSON text, with this stream's id, or it is
// a violation (31950 for a binary message, 31951 for the rest). Those are not
// fatal: Twilio warns once per stream and ignores the message. A good message
// on a one-way stream breaks the protocol and ends the stream (31924).
func (s *peerStream) Decode(msg telephony.Message) (telephony.Event, error) {
	if msg.Binary {
		return violation("31950", "binary message")
	}
	body, err := s.json.Read(msg)
	if err != nil || fastjson.ValidateBytes(msg.Data) != nil {
		return violation("31951", "message is not a JSON object")
	}
	event, _ := body.String("event")
	fields := 3
	switch string(event) {
	case "media", "mark":
	case "clear":
		fields = 2
	default:
		return violation("31951", "unknown event "+telephony.Shorten(event))
	}
	if s.Start().Listen != telephony.ListenNone {
		return telephony.Event{}, &telephony.Violation{
			Code: "31924", Rule: "a one-way stream takes no message", Fatal: true,
		}
	}
	if id, ok := body.String("streamSid"); !ok || !s.Running() || string(id) != s.StreamID() {
		return violation("31951", "streamSid is not that of a running stream")
	}
	if body.Len() != fields {
		return violation("31951", "fields missing or too many")
	}
	switch string(event) {
	case "media":
		return s.readMedia(body)
	case "mark":
		return readMark(body)
	default:
		return telephony.Event{Kind: telephony.Clear}, nil
	}
}

func (s *peerStream) readMedia(body telephony.JSONObject) (telephony.Event, error) {
	packet, _ := body.Object("media")
	text, ok := packet.String("payload")
	if !ok || packet.Len() != 1 {
		return violation("31951", "media must hold payload and nothing else")
	}
	payload, err := s.json.Payload(text, s.Format())
	if err != nil {
		return violation("31951", "payload is empty or not base64")
	}
	return telephony.Event{
		Kind:  telephony.Audio,
		Frame: media.Frame{Format: s.Format(), Payload: payload},
	}, nil
}

func readMark(body telephony.JSONObject) (telephony.Event, error) {
	mark, _ := body.Object("mark")
	label, ok := mark.String("name")
	if !ok || mark.Len() != 1 {
		return violation("31951", "mark must hold name and nothing else")
	}
	return telephony.Event{Kind: telephony.Mark, Mark: string(label)}, nil
}

func violation(code, rule string) (telephony.Event, error) {
	return telephony.Event{}, &telephony.Violation{Code: code, Rule: rule}
}
