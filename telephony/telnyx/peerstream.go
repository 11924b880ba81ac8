package telnyx

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/talkpath/talkpath/telephony"
)

// peerStream is Telnyx's end of one stream. Every counter and time that it
// sends is a string, as Telnyx's are; rates are numbers.
type peerStream struct {
	json    telephony.JSONReader
	order   order
	start   telephony.Start
	quoted  []byte // the stream's id as a JSON string
	started bool
	seq     uint64 // sequence_number of the last message; every one but connected counts
	chunk   uint64 // that of the last media message
}

func newPeerStream(o order, start telephony.Start) *peerStream {
	return &peerStream{order: o, start: start, quoted: telephony.AppendJSONString(nil, start.StreamID)}
}

// Start implements telephony.PeerStream.
func (s *peerStream) Start() telephony.Start { return s.start }

// Encode implements telephony.PeerStream. A frame is sent under its own Seq
// and At, in whatever order the caller hands them over, as Telnyx's come; a
// frame without a Seq is the next. How long a key was down and why a stream
// stops are not told by Telnyx.
func (s *peerStream) Encode(dst []byte, ev telephony.Event) (telephony.Message, error) {
	if err := s.check(ev); err != nil {
		return telephony.Message{}, fmt.Errorf("%s: send %v: %w", name, ev.Kind, err)
	}
	switch ev.Kind {
	case telephony.Connected:
		dst = append(dst, `{"event":"connected","version":"1.0.0"}`...)
	case telephony.Started:
		s.started = true
		dst = s.appendStart(s.appendHead(dst, "start"))
	case telephony.Audio:
		dst = s.appendMedia(s.appendHead(dst, "media"), ev)
	case telephony.Digit:
		dst = s.appendHead(dst, "dtmf")
		dst = append(dst, `,"dtmf":{"digit":"`...)
		dst = append(dst, ev.Digit)
		dst = append(dst, `"}}`...)
	case telephony.MarkPlayed:
		dst = s.appendHead(dst, "mark")
		dst = append(dst, `,"mark":{"name":`...)
		dst = telephony.AppendJSONString(dst, ev.Mark)
		dst = append(dst, `}}`...)
	default: // Stopped, the last that check lets pass
		s.started = false
		dst = s.appendHead(dst, "stop")
		dst = append(dst, `,"stop":{"user_id":`...)
		dst = telephony.AppendJSONString(dst, s.start.AccountID)
		dst = append(dst, `,"call_control_id":`...)
		dst = telephony.AppendJSONString(dst, s.start.CallID)
		dst = append(dst, `}}`...)
	}
	return telephony.Message{Data: dst}, nil
}

// check returns why Telnyx wouldn't send ev now.
func (s *peerStream) check(ev telephony.Event) error {
	switch ev.Kind {
	case telephony.Connected:
		return nil
	case telephony.Started:
		if s.started {
			return telephony.ErrStartedTwice
		}
		return nil
	case telephony.Audio, telephony.Digit, telephony.MarkPlayed, telephony.Stopped:
		if !s.started {
			return telephony.ErrNotStarted
		}
	default:
		return telephony.ErrUnsendable
	}
	switch ev.Kind {
	case telephony.Audio:
		return telephony.CheckSound(ev.Frame, s.start.Format)
	case telephony.Digit:
		_, err := telephony.Key([]byte{ev.Digit})
		return err
	default:
		return nil
	}
}

// appendHead appends what every message but connected begins with.
func (s *peerStream) appendHead(dst []byte, event string) []byte {
	s.seq++
	dst = append(dst, `{"event":"`...)
	dst = append(dst, event...)
	dst = append(dst, `","sequence_number":`...)
	dst = appendCount(dst, s.seq)
	dst = append(dst, `,"stream_id":`...)
	return append(dst, s.quoted...)
}

func (s *peerStream) appendMedia(dst []byte, ev telephony.Event) []byte {
	chunk := ev.Frame.Seq
	if chunk == 0 {
		chunk = s.chunk + 1
	}
	s.chunk = max(s.chunk, chunk)
	dst = append(dst, `,"media":{"track":"inbound","chunk":`...)
	dst = appendCount(dst, chunk)
	dst = append(dst, `,"timestamp":`...)
	dst = appendCount(dst, uint64(max(ev.Frame.At, 0)/time.Millisecond))
	dst = append(dst, `,"payload":`...)
	dst = telephony.AppendJSONBase64(dst, s.order.turned(ev.Frame.Format, ev.Frame.Payload))
	return append(dst, `}}`...)
}

func (s *peerStream) appendStart(dst []byte) []byte {
	dst = append(dst, `,"start":{"user_id":`...)
	dst = telephony.AppendJSONString(dst, s.start.AccountID)
	for _, field := range [...][2]string{
		{`,"call_control_id":`, s.start.CallID},
		{`,"from":`, s.start.From},
		{`,"to":`, s.start.To},
	} {
		dst = append(dst, field[0]...)
		dst = telephony.AppendJSONString(dst, field[1])
	}
	dst = append(dst, `,"tags":[],"custom_parameters":{`...)
	for i, key := range slices.Sorted(maps.Keys(s.start.Params)) {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = telephony.AppendJSONString(dst, key)
		dst = append(dst, ':')
		dst = telephony.AppendJSONString(dst, s.start.Params[key])
	}
	dst = append(dst, `},"media_format":{"encoding":"`...)
	dst = append(dst, s.start.Format.Encoding.String()...)
	dst = append(dst, `","sample_rate":`...)
	dst = strconv.AppendInt(dst, int64(s.start.Format.Rate), 10)
	return append(dst, `,"channels":1}}}`...)
}

// appendCount appends n as Telnyx writes counters and times: as a string.
func appendCount(dst []byte, n uint64) []byte {
	dst = append(dst, '"')
	dst = strconv.AppendUint(dst, n, 10)
	return append(dst, '"')
}
