package vonage

import (
	"fmt"
	"strconv"
	"time"

	"github.com/talkpath/talkpath/telephony"
)

// peerStream is Vonage's end of one stream.
type peerStream struct {
	telephony.PeerState
	json  telephony.JSONReader
	frame int // bytes in a binary message, either way
}

func newPeerStream(start *telephony.Start) *peerStream {
	return &peerStream{PeerState: telephony.NewPeerState(quirks(), *start), frame: start.Format.Bytes(frameTime)}
}

// Encode implements telephony.PeerStream. Vonage greets with the stream's
// start and says nothing at its end, so that neither Connected nor Stopped can
// be sent; it confirms a Clear, so that Cleared can. When a frame was captured
// it doesn't tell.
func (s *peerStream) Encode(dst []byte, ev telephony.Event) (telephony.Message, error) {
	if err := s.Send(ev); err != nil {
		return telephony.Message{}, err
	}
	switch ev.Kind {
	case telephony.Started:
		dst = append(dst, `{"event":"websocket:connected","content-type":"`...)
		dst = append(dst, contentType(s.Format().Rate)...)
		dst = append(dst, '"')
		if params := s.Start().Params; len(params) > 0 {
			dst = telephony.AppendJSONFields(append(dst, ','), params)
		}
		dst = append(dst, '}')
	case telephony.Audio:
		if len(ev.Frame.Payload) != s.frame {
			return telephony.Message{}, fmt.Errorf("%s: send %v: %w", name, ev.Kind, telephony.ErrBadLength)
		}
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
	default: // Cleared, the last that Send lets pass
		dst = append(dst, `{"event":"websocket:cleared"}`...)
	}
	return telephony.Message{Data: dst}, nil
}
