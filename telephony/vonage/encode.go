package vonage

import (
	"fmt"

	"github.com/talkpath/talkpath/telephony"
)

// Encode implements telephony.Wire. Sound must be exactly one frame of 20 ms,
// since Vonage takes nothing else; filling up the last one is the caller's
// part. A mark needs a name.
func (w *wire) Encode(dst []byte, ev telephony.Event) (telephony.Message, error) {
	if !w.started {
		return telephony.Message{}, telephony.ErrNotStarted
	}
	switch ev.Kind {
	case telephony.Audio:
		err := telephony.CheckSound(ev.Frame, w.format)
		if err == nil && len(ev.Frame.Payload) != w.frame {
			err = telephony.ErrBadLength
		}
		if err != nil {
			return telephony.Message{}, fmt.Errorf("%s: encode %v: %w", name, ev.Kind, err)
		}
		return telephony.Message{Binary: true, Data: append(dst, ev.Frame.Payload...)}, nil
	case telephony.Mark:
		if ev.Mark == "" {
			return telephony.Message{}, fmt.Errorf("%s: encode mark without a name: %w", name, telephony.ErrUnsendable)
		}
		dst = append(dst, `{"action":"notify","payload":{"mark":`...)
		dst = telephony.AppendJSONString(dst, ev.Mark)
		dst = append(dst, `}}`...)
	case telephony.Clear:
		dst = append(dst, `{"action":"clear"}`...)
	default:
		return telephony.Message{}, fmt.Errorf("%s: encode %v: %w", name, ev.Kind, telephony.ErrUnsendable)
	}
	return telephony.Message{Data: dst}, nil
}
