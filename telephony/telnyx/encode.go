package telnyx

import (
	"fmt"

	"github.com/talkpath/talkpath/telephony"
)

// Encode implements telephony.Wire. Telnyx doesn't need the stream's id in our
// messages; it is there so that a message which goes astray is told apart.
// Cutting and padding sound to Quirks.Chunk is the caller's part.
func (w *wire) Encode(dst []byte, ev telephony.Event) (telephony.Message, error) {
	if err := w.sendable(ev); err != nil {
		return telephony.Message{}, err
	}
	switch ev.Kind {
	case telephony.Audio:
		dst = w.appendHead(dst, "media")
		dst = append(dst, `,"media":{"payload":`...)
		dst = telephony.AppendJSONBase64(dst, w.said(ev.Frame.Payload))
		dst = append(dst, `}}`...)
	case telephony.Mark:
		dst = w.appendHead(dst, "mark")
		dst = append(dst, `,"mark":{"name":`...)
		dst = telephony.AppendJSONString(dst, ev.Mark)
		dst = append(dst, `}}`...)
	default: // Clear, the last that sendable lets pass
		dst = w.appendHead(dst, "clear")
		dst = append(dst, '}')
	}
	return telephony.Message{Data: dst}, nil
}

// sendable returns why ev can't be sent now.
func (w *wire) sendable(ev telephony.Event) error {
	if !w.started {
		return telephony.ErrNotStarted
	}
	err := telephony.ErrUnsendable
	switch ev.Kind {
	case telephony.Audio:
		err = telephony.CheckSound(ev.Frame, w.format)
		if ev.Frame.Duration() > mostChunk {
			err = telephony.ErrUnsendable
		}
	case telephony.Mark:
		if ev.Mark != "" {
			err = nil
		}
	case telephony.Clear:
		err = nil
	default:
	}
	if err != nil {
		return fmt.Errorf("%s: encode %v: %w", name, ev.Kind, err)
	}
	return nil
}

// said returns payload as Telnyx expects it, where that differs in a buffer of
// w's own that is good until its next use.
func (w *wire) said(payload []byte) []byte {
	if w.law == nil {
		return w.order.turned(w.format, payload)
	}
	w.spoken = w.spoken[:0]
	for _, code := range payload {
		w.spoken = append(w.spoken, w.law[code])
	}
	return w.spoken
}

// appendHead appends what every message to Telnyx begins with.
func (w *wire) appendHead(dst []byte, event string) []byte {
	dst = append(dst, `{"event":"`...)
	dst = append(dst, event...)
	dst = append(dst, `","stream_id":`...)
	return append(dst, w.quoted...)
}
