package twilio

import "github.com/talkpath/talkpath/telephony"

// Encode implements telephony.Wire. Twilio takes no field more and no field
// less than stands here: it answers any other message with warning 31951 and
// ignores it. A mark needs a name.
func (w *wire) Encode(dst []byte, ev telephony.Event) (telephony.Message, error) {
	if err := w.Sendable(ev, 0); err != nil {
		return telephony.Message{}, err
	}
	switch ev.Kind {
	case telephony.Audio:
		dst = w.AppendHead(dst, "media")
		dst = append(dst, `,"media":{"payload":`...)
		dst = telephony.AppendJSONBase64(dst, ev.Frame.Payload)
		dst = append(dst, `}}`...)
	case telephony.Mark:
		dst = w.AppendHead(dst, "mark")
		dst = append(dst, `,"mark":{"name":`...)
		dst = telephony.AppendJSONString(dst, ev.Mark)
		dst = append(dst, `}}`...)
	default: // Clear, the last that Sendable lets pass
		dst = w.AppendHead(dst, "clear")
		dst = append(dst, '}')
	}
	return telephony.Message{Data: dst}, nil
}
