package exotel

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/talkpath/talkpath/telephony"
)

// peerStream is Exotel's end of one stream. Counters are numbers and times
// and rates are strings, as in most of Exotel's samples.
type peerStream struct {
	json    telephony.JSONReader
	start   telephony.Start
	quoted  []byte // the stream's id as a JSON string
	started bool
	seq     uint64 // sequence_number of the last message; every one but connected counts
	chunk   uint64 // that of the last media message
}

func newPeerStream(start telephony.Start) *peerStream {
	return &peerStream{start: start, quoted: telephony.AppendJSONString(nil, start.StreamID)}
}

// Start implements telephony.PeerStream.
func (s *peerStream) Start() telephony.Start { return s.start }

// Encode implements telephony.PeerStream. Sound goes out in messages of the
// size that it is given.
func (s *peerStream) Encode(dst []byte, ev telephony.Event) (telephony.Message, error) {
	if err := s.check(ev); err != nil {
		return telephony.Message{}, fmt.Errorf("%s: send %v: %w", name, ev.Kind, err)
	}
	switch ev.Kind {
	case telephony.Connected:
		dst = append(dst, `{"event":"connected"}`...)
	case telephony.Started:
		s.started = true
		dst = s.appendStart(s.appendHead(dst, "start"))
	case telephony.Audio:
		s.chunk++
		dst = s.appendHead(dst, "media")
		dst = append(dst, `,"media":{"chunk":`...)
		dst = strconv.AppendUint(dst, s.chunk, 10)
		dst = append(dst, `,"timestamp":`...)
		dst = appendMillis(dst, ev.Frame.At)
		dst = append(dst, `,"payload":`...)
		dst = telephony.AppendJSONBase64(dst, ev.Frame.Payload)
		dst = append(dst, `}}`...)
	case telephony.Digit:
		dst = s.appendHead(dst, "dtmf")
		dst = append(dst, `,"dtmf":{"digit":"`...)
		dst = append(dst, ev.Digit)
		dst = append(dst, `","duration":`...)
		dst = appendMillis(dst, ev.Held)
		dst = append(dst, `}}`...)
	case telephony.MarkPlayed:
		dst = s.appendHead(dst, "mark")
		dst = append(dst, `,"mark":{"name":`...)
		dst = telephony.AppendJSONString(dst, ev.Mark)
		dst = append(dst, `}}`...)
	default: // Stopped, the last that check lets pass
		s.started = false
		dst = s.appendStop(s.appendHead(dst, "stop"), ev.Reason)
	}
	return telephony.Message{Data: dst}, nil
}

// check returns why Exotel wouldn't send ev now.
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
	dst = strconv.AppendUint(dst, s.seq, 10)
	dst = append(dst, `,"stream_sid":`...)
	return append(dst, s.quoted...)
}

func (s *peerStream) appendStart(dst []byte) []byte {
	dst = append(dst, `,"start":{"stream_sid":`...)
	dst = append(dst, s.quoted...)
	for _, field := range [...][2]string{
		{`,"call_sid":`, s.start.CallID},
		{`,"account_sid":`, s.start.AccountID},
		{`,"from":`, s.start.From},
		{`,"to":`, s.start.To},
	} {
		dst = append(dst, field[0]...)
		dst = telephony.AppendJSONString(dst, field[1])
	}
	dst = append(dst, `,"custom_parameters":{`...)
	for i, key := range slices.Sorted(maps.Keys(s.start.Params)) {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = telephony.AppendJSONString(dst, key)
		dst = append(dst, ':')
		dst = telephony.AppendJSONString(dst, s.start.Params[key])
	}
	rate := s.start.Format.Rate
	dst = append(dst, `},"media_format":{"encoding":"raw","sample_rate":"`...)
	dst = strconv.AppendInt(dst, int64(rate), 10)
	dst = append(dst, `","bit_rate":"`...)
	dst = strconv.AppendInt(dst, int64(rate*16/1000), 10) // kbit/s of 16-bit samples
	return append(dst, `"}}}`...)
}

func (s *peerStream) appendStop(dst []byte, reason string) []byte {
	dst = append(dst, `,"stop":{"call_sid":`...)
	dst = telephony.AppendJSONString(dst, s.start.CallID)
	dst = append(dst, `,"account_sid":`...)
	dst = telephony.AppendJSONString(dst, s.start.AccountID)
	dst = append(dst, `,"reason":`...)
	dst = telephony.AppendJSONString(dst, reason)
	return append(dst, `}}`...)
}

// appendMillis appends d as Exotel writes times: a string of milliseconds.
func appendMillis(dst []byte, d time.Duration) []byte {
	dst = append(dst, '"')
	dst = strconv.AppendInt(dst, int64(max(d, 0)/time.Millisecond), 10)
	return append(dst, '"')
}
