package exotel

import (
	"strconv"
	"time"

	"github.com/talkpath/talkpath/telephony"
)

// Encode implements telephony.Wire. It sends sound of any size up to the
// largest that Exotel takes; cutting and padding it to Quirks.Chunk is the
// caller's part. Clear has one form, on which all sources agree.
func (w *wire) Encode(dst []byte, ev telephony.Event) (telephony.Message, error) {
	if err := w.Sendable(ev, chunkTimeout); err != nil {
		return telephony.Message{}, err
	}
	switch ev.Kind {
	case telephony.Audio:
		dst = w.appendHead(dst, "media")
		dst = append(dst, `,"media":{`...)
		dst = w.appendCounters(dst)
		dst = append(dst, `"payload":`...)
		dst = telephony.AppendJSONBase64(dst, ev.Frame.Payload)
		dst = append(dst, `}}`...)
		w.sent += ev.Frame.Duration()
	case telephony.Mark:
		dst = w.appendHead(dst, "mark")
		dst = append(dst, `,"mark":{"name":`...)
		dst = telephony.AppendJSONString(dst, ev.Mark)
		dst = append(dst, `}}`...)
	default: // Clear, the last that Sendable lets pass
		dst = w.AppendHead(dst, "clear")
		dst = append(dst, '}')
	}
	return telephony.Message{Data: dst}, nil
}

// appendHead appends what a message of sound or a mark begins with.
func (w *wire) appendHead(dst []byte, event string) []byte {
	dst = w.AppendHead(dst, event)
	if w.compose == Minimal {
		return dst
	}
	w.seq++
	dst = append(dst, `,"streamSid":`...)
	dst = w.AppendStreamID(dst)
	dst = append(dst, `,"sequence_number":"`...)
	dst = strconv.AppendUint(dst, w.seq, 10)
	dst = append(dst, `","sequenceNumber":"`...)
	dst = strconv.AppendUint(dst, w.seq, 10)
	return append(dst, '"')
}

// appendCounters appends a message of sound's own counters: which it is, and
// how many milliseconds of sound went before it.
func (w *wire) appendCounters(dst []byte) []byte {
	if w.compose == Minimal {
		return dst
	}
	w.chunk++
	dst = append(dst, `"chunk":"`...)
	dst = strconv.AppendUint(dst, w.chunk, 10)
	dst = append(dst, `","timestamp":"`...)
	dst = strconv.AppendInt(dst, int64(w.sent/time.Millisecond), 10)
	return append(dst, `",`...)
}
