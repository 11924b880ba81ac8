package vonage

import (
	"fmt"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
)

// Decode implements telephony.PeerStream as Vonage reacts. A binary message
// that is not exactly one frame is fatal: Vonage logs an unexpected frame
// size, in samples, stops listening and the socket breaks. Text that can't be
// read is a violation, which is not documented; an action that Vonage doesn't
// know is ignored (Kind Unknown).
func (s *peerStream) Decode(msg telephony.Message) (telephony.Event, error) {
	if !s.Running() {
		return violation("message before websocket:connected")
	}
	if msg.Binary {
		return s.hear(msg.Data)
	}
	body, err := s.json.Read(msg)
	if err != nil {
		return violation("text message is not a JSON object")
	}
	action, ok := body.String("action")
	if !ok {
		return violation("text message has no action")
	}
	switch string(action) {
	case "notify":
		return readNotify(body)
	case "clear":
		return telephony.Event{Kind: telephony.Clear}, nil
	default:
		return telephony.Event{Kind: telephony.Unknown, Name: telephony.Shorten(action)}, nil
	}
}

func (s *peerStream) hear(data []byte) (telephony.Event, error) {
	if len(data) != s.frame {
		size := s.Format().Encoding.SampleSize()
		return telephony.Event{}, &telephony.Violation{
			Rule:  fmt.Sprintf("unexpected frame size %d, when required %d", len(data)/size, s.frame/size),
			Fatal: true,
		}
	}
	return telephony.Event{
		Kind:  telephony.Audio,
		Frame: media.Frame{Format: s.Format(), Payload: data},
	}, nil
}

// readNotify reads a notification's payload. Vonage returns any JSON object;
// this peer knows the one that our wire sends.
func readNotify(body telephony.JSONObject) (telephony.Event, error) {
	payload, ok := body.Object("payload")
	if !ok {
		return violation("notify has no payload")
	}
	label, ok := payload.String("mark")
	if !ok || payload.Len() != 1 {
		return violation("notify's payload must hold mark and nothing else to be returned here")
	}
	return telephony.Event{Kind: telephony.Mark, Mark: string(label)}, nil
}

func violation(rule string) (telephony.Event, error) {
	return telephony.Event{}, &telephony.Violation{Rule: rule}
}
