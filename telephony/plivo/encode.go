package plivo

import (
	"encoding/base64"
	"fmt"
	"strconv"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
)

// Encode implements telephony.Wire. Besides sound, marks and clears it sends
// keys to the other end of the call. Sound may have any size up to that of the
// largest message; cutting it to Quirks.Chunk is the caller's part.
func (w *wire) Encode(dst []byte, ev telephony.Event) (telephony.Message, error) {
	if err := w.sendable(ev); err != nil {
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
		dst = append(dst, `{"event":"checkpoint","streamId":`...)
		dst = append(dst, w.quoted...)
		dst = append(dst, `,"name":`...)
		dst = telephony.AppendJSONString(dst, ev.Mark)
		dst = append(dst, '}')
	default: // Clear, the last that sendable lets pass
		dst = append(dst, `{"event":"clearAudio","streamId":`...)
		dst = append(dst, w.quoted...)
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

// sendable returns why ev can't be sent now.
func (w *wire) sendable(ev telephony.Event) error {
	if !w.started {
		return telephony.ErrNotStarted
	}
	err := telephony.ErrUnsendable
	switch ev.Kind {
	case telephony.Audio:
		err = telephony.CheckSound(ev.Frame, w.format)
		if len(w.head)+len(`""}}`)+base64.StdEncoding.EncodedLen(len(ev.Frame.Payload)) > sendMax {
			err = telephony.ErrUnsendable
		}
	case telephony.Digit:
		err = checkKey(ev.Digit)
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

// checkKey returns ErrBadDigit where key is not on a telephone.
func checkKey(key byte) error {
	_, err := telephony.Key([]byte{key})
	return err
}
