package exotel

import (
	"strconv"
	"time"

	"github.com/talkpath/talkpath/telephony"
)

// Encode implements telephony.Wire. It sends sound of any size up to the
// largest that Exotel takes; cutting and padding it to Quirks.Chunk is the
// caller's part. Clear has one form, on which all sources agree; sound tells
// which message it is and how many milliseconds of it went before, unless the
// composition is Minimal.
func (w *wire) Encode(dst []byte, ev telephony.Event) (telephony.Message, error) {
	if w.compose == Minimal || ev.Kind == telephony.Clear {
		return w.EncodePlain(dst, ev, chunkTimeout)
	}
	if err := w.Sendable(ev, chunkTimeout); err != nil {
		return telephony.Message{}, err
	}
	if ev.Kind == telephony.Mark {
		dst = w.appendHead(dst, "mark")
		dst = append(dst, `,"mark":{"name":`...)
		dst = telephony.AppendJSONString(dst, ev.Mark)
		return telephony.Message{Data: append(dst, `}}`...)}, nil
	}
	w.chunk++
	dst = w.appendHead(dst, "media")
	dst = append(dst, `,"media":{"chunk":"`...)
	dst = strconv.AppendUint(dst, w.chunk, 10)
	dst = append(dst, `","timestamp":"`...)
	dst = strconv.AppendInt(dst, int64(w.sent/time.Millisecond), 10)
	dst = append(dst, `","payload":`...)
	dst = telephony.AppendJSONBase64(dst, ev.Frame.Payload)
	w.sent += ev.Frame.Duration()
	return telephony.Message{Data: append(dst, `}}`...)}, nil
}

// appendHead appends what a message of sound or a mark begins with that has
// everything.
func (w *wire) appendHead(dst []byte, event string) []byte {
	dst = w.AppendHead(dst, event)
	w.seq++
	dst = append(dst, `,"streamSid":`...)
	dst = w.AppendStreamID(dst)
	dst = append(dst, `,"sequence_number":"`...)
	dst = strconv.AppendUint(dst, w.seq, 10)
	dst = append(dst, `","sequenceNumber":"`...)
	dst = strconv.AppendUint(dst, w.seq, 10)
	return append(dst, '"')
}
