package vonage

import (
	"fmt"
	"strconv"
	"time"

	"github.com/talkpath/talkpath/telephony"
)

// peerStream is Vonage's end of one stream.
type peerStream struct {
	json    telephony.JSONReader
	start   telephony.Start
	frame   int // bytes in a binary message, either way
	started bool
}

func newPeerStream(start *telephony.Start) *peerStream {
	return &peerStream{start: *start, frame: start.Format.Bytes(frameTime)}
}

// Start implements telephony.PeerStream.
func (s *peerStream) Start() telephony.Start { return s.start }

// Encode implements telephony.PeerStream. Vonage greets with the stream's
// start and says nothing at its end, so that neither Connected nor Stopped can
// be sent; it confirms a Clear, so that Cleared can. When a frame was captured
// it doesn't tell.
func (s *peerStream) Encode(dst []byte, ev telephony.Event) (telephony.Message, error) {
	if err := s.check(ev); err != nil {
		return telephony.Message{}, fmt.Errorf("%s: send %v: %w", name, ev.Kind, err)
	}
	switch ev.Kind {
	case telephony.Started:
		s.started = true
		dst = append(dst, `{"event":"websocket:connected","content-type":"`...)
		dst = append(dst, contentType(s.start.Format.Rate)...)
		dst = append(dst, '"')
		if len(s.start.Params) > 0 {
			dst = append(dst, ',')
		}
		dst = appendFields(dst, s.start.Params)
		dst = append(dst, '}')
	case telephony.Audio:
		return telephony.Message{Binary: true, Data: append(dst, ev.Frame.Payload...)}, nil
	case telephony.Digit:
		dst = append(dst, `{"event":"websocket:dtmf","digit":"`...)
		dst = append(dst, ev.Digit)
		dst = append(dst, `","duration":`...)
		dst = strconv.AppendInt(dst, int64(max(ev.Held, 0)/time.Millisecond), 10)
		dst = append(dst, '}')
	case telephony.MarkPlayed:
		dst = append(dst, `{"event":"websocket:notify","payload":{"mark":`...)
		dst = telephony.AppendJSONString(dst, ev.Mark)
		dst = append(dst, `}}`...)
	default: // Cleared, the last that check lets pass
		dst = append(dst, `{"event":"websocket:cleared"}`...)
	}
	return telephony.Message{Data: dst}, nil
}

// check returns why Vonage wouldn't send ev now.
func (s *peerStream) check(ev telephony.Event) error {
	switch ev.Kind {
	case telephony.Started:
		if s.started {
			return telephony.ErrStartedTwice
		}
		return nil
	case telephony.Audio, telephony.Digit, telephony.MarkPlayed, telephony.Cleared:
		if !s.started {
			return telephony.ErrNotStarted
		}
	default:
		return telephony.ErrUnsendable
	}
	switch ev.Kind {
	case telephony.Audio:
		if err := telephony.CheckSound(ev.Frame, s.start.Format); err != nil {
			return err
		}
		if len(ev.Frame.Payload) != s.frame {
			return telephony.ErrBadLength
		}
		return nil
	case telephony.Digit:
		_, err := telephony.Key([]byte{ev.Digit})
		return err
	default:
		return nil
	}
}
