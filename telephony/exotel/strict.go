package exotel

import (
	"fmt"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
)

// Decode implements telephony.PeerStream as Exotel reacts: a message that
// can't be read, or is of no or another stream, is a violation; an event that
// it doesn't know is ignored (Kind Unknown). Sound of a size against the rules
// is heard, and badly: where the violation is not fatal, Decode returns it
// together with the Audio event, for the caller to play with the gap that
// Exotel makes after it. Above 100 kB the stream times out, which is fatal.
// Every message on a one-way stream is a violation; what Exotel does about it
// is not documented.
func (s *peerStream) Decode(msg telephony.Message) (telephony.Event, error) {
	if s.Start().Listen != telephony.ListenNone {
		return violation("a one-way stream takes no message")
	}
	body, err := s.json.Read(msg)
	if err != nil {
		return violation("message is not a JSON object in text")
	}
	event, ok := body.String("event")
	if !ok {
		return violation("message has no event")
	}
	switch string(event) {
	case "media", "mark", "clear":
	default:
		return telephony.Event{Kind: telephony.Unknown, Name: telephony.Shorten(event)}, nil
	}
	if !s.owns(body) {
		return violation("stream_sid is not that of a running stream")
	}
	switch string(event) {
	case "media":
		return s.readMedia(body)
	case "mark":
		mark, _ := body.Object("mark")
		label, ok := mark.String("name")
		if !ok {
			return violation("mark has no name")
		}
		return telephony.Event{Kind: telephony.Mark, Mark: string(label)}, nil
	default:
		return telephony.Event{Kind: telephony.Clear}, nil
	}
}

// owns reports whether a message has this stream's id, in one spelling or
// both, and no other.
func (s *peerStream) owns(body telephony.JSONObject) bool {
	snake, hasSnake := body.String("stream_sid")
	camel, hasCamel := body.String("streamSid")
	return s.Running() && (hasSnake || hasCamel) &&
		(!hasSnake || string(snake) == s.StreamID()) &&
		(!hasCamel || string(camel) == s.StreamID())
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
	ev := telephony.Event{
		Kind:  telephony.Audio,
		Frame: media.Frame{Format: s.Format(), Payload: payload},
	}
	switch n := len(payload); {
	case n > chunkTimeout:
		return telephony.Event{}, &telephony.Violation{
			Rule:  fmt.Sprintf("payload of %d bytes is above %d, the stream times out", n, chunkTimeout),
			Fatal: true,
		}
	case n%chunkMultiple != 0:
		return ev, &telephony.Violation{
			Rule: fmt.Sprintf("payload of %d bytes is not a multiple of %d, a gap follows it", n, chunkMultiple),
		}
	case n < chunkMin:
		return ev, &telephony.Violation{
			Rule: fmt.Sprintf("payload of %d bytes is below %d, the sound is choppy", n, chunkMin),
		}
	}
	return ev, nil
}

func violation(rule string) (telephony.Event, error) {
	return telephony.Event{}, &telephony.Violation{Rule: rule}
}
