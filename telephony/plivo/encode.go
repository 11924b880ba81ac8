package plivo

import (
	"encoding/base64"
	"strconv"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
)

// Encode implements telephony.Wire. Besides sound, marks and clears it sends
// keys to the other end of the call. Sound may have any size up to that of the
// largest message; cutting it to Quirks.Chunk is the caller's part.
func (w *wire) Encode(dst []byte, ev telephony.Event) (telephony.Message, error) {
	if err := w.Sendable(ev, w.most); err != nil {
		return telephony.Message{}, err
	}
	switch ev.Kind {
	case telephony.Audio:
		dst = append(dst, w.head...)
		dst = telephony.AppendJSONBase64(dst, ev.Frame.Payload)
		dst = append(dst, `}}`...)
	case telephony.Digit:
		dst = append(dst, `{"event":"sendDTMF","dtmf":"`...)
		dst = append(dst, ev.Digit)
		dst = append(dst, `"}`...)
	case telephony.Mark:
		dst = w.AppendHead(dst, "checkpoint")
		dst = append(dst, `,"name":`...)
		dst = telephony.AppendJSONString(dst, ev.Mark)
		dst = append(dst, '}')
	default: // Clear, the last that Sendable lets pass
		dst = w.AppendHead(dst, "clearAudio")
		dst = append(dst, '}')
	}
	return telephony.Message{Data: dst}, nil
}

// soundHead returns what a message of sound begins with. The content type
// stands without ";rate=", other than in the XML: with it, nothing is heard.
func soundHead(f media.Format) []byte {
	head := []byte(`{"event":"playAudio","media":{"contentType":"`)
	head = append(head, contentType(f.Encoding)...)
	head = append(head, `","sampleRate":`...)
	head = strconv.AppendInt(head, int64(f.Rate), 10)
	return append(head, `,"payload":`...)
}

// mostSound returns how many bytes of sound fit into the largest message that
// begins with head.
func mostSound(head []byte) int {
	return base64.StdEncoding.DecodedLen(sendMax - len(head) - len(`""}}`))
}
