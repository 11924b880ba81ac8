package twilio

import (
	"fmt"

	"github.com/talkpath/talkpath/telephony"
)

// Encode implements telephony.Wire. Twilio takes no field more and no field
// less than stands here: it answers any other message with warning 31951 and
// ignores it. A mark needs a name.
func (w *wire) Encode(dst []byte, ev telephony.Event) (telephony.Message, error) {
	if !w.started {
		return telephony.Message{}, telephony.ErrNotStarted
	}
	switch ev.Kind {
	case telephony.Audio:
		if err := telephony.CheckSound(ev.Frame, sound()); err != nil {
			return telephony.Message{}, fmt.Errorf("%s: encode %v: %w", name, ev.Kind, err)
		}
		dst = append(dst, `{"event":"media","streamSid":`...)
		dst = append(dst, w.quoted...)
		dst = append(dst, `,"media":{"payload":`...)
		dst = telephony.AppendJSONBase64(dst, ev.Frame.Payload)
		dst = append(dst, `}}`...)
	case telephony.Mark:
		if ev.Mark == "" {
			return telephony.Message{}, fmt.Errorf("%s: encode mark without a name: %w", name, telephony.ErrUnsendable)
		}
		dst = append(dst, `{"event":"mark","streamSid":`...)
		dst = append(dst, w.quoted...)
		dst = append(dst, `,"mark":{"name":`...)
		dst = telephony.AppendJSONString(dst, ev.Mark)
		dst = append(dst, `}}`...)
	case telephony.Clear:
		dst = append(dst, `{"event":"clear","streamSid":`...)
		dst = append(dst, w.quoted...)
		dst = append(dst, '}')
	default:
		return telephony.Message{}, fmt.Errorf("%s: encode %v: %w", name, ev.Kind, telephony.ErrUnsendable)
	}
	return telephony.Message{Data: dst}, nil
}
