package twilio

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/talkpath/talkpath/telephony"
)

// peerStream is Twilio's end of one stream. Every counter and time that it
// sends is a string, as Twilio's are.
type peerStream struct {
	json    telephony.JSONReader
	start   telephony.Start
	quoted  []byte // the stream's id as a JSON string
	started bool
	seq     uint64 // sequenceNumber of the last message; every one but connected counts
	chunk   uint64 // that of the last media message
}

func newPeerStream(start telephony.Start) *peerStream {
	return &peerStream{start: start, quoted: telephony.AppendJSONString(nil, start.StreamID)}
}

// Start implements telephony.PeerStream.
func (s *peerStream) Start() telephony.Start { return s.start }

// Encode implements telephony.PeerStream. How long a key was down and why a
// stream stops are not told by Twilio.
func (s *peerStream) Encode(dst []byte, ev telephony.Event) (telephony.Message, error) {
	if err := s.check(ev); err != nil {
		return telephony.Message{}, fmt.Errorf("%s: send %v: %w", name, ev.Kind, err)
	}
	switch ev.Kind {
	case telephony.Connected:
		dst = append(dst, `{"event":"connected","protocol":"Call","version":"1.0.0"}`...)
	case telephony.Started:
		s.started = true
		dst = s.appendStart(s.appendHead(dst, "start"))
	case telephony.Audio:
		s.chunk++
		dst = s.appendHead(dst, "media")
		dst = append(dst, `,"media":{"track":"inbound","chunk":`...)
		dst = appendCount(dst, s.chunk)
		dst = append(dst, `,"timestamp":`...)
		dst = appendCount(dst, uint64(max(ev.Frame.At, 0)/time.Millisecond))
		dst = append(dst, `,"payload":`...)
		dst = telephony.AppendJSONBase64(dst, ev.Frame.Payload)
		dst = append(dst, `}}`...)
	case telephony.Digit:
		dst = s.appendHead(dst, "dtmf")
		dst = append(dst, `,"dtmf":{"track":"inbound_track","digit":"`...)
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
		dst = append(dst, `,"stop":{"accountSid":`...)
		dst = telephony.AppendJSONString(dst, s.start.AccountID)
		dst = append(dst, `,"callSid":`...)
		dst = telephony.AppendJSONString(dst, s.start.CallID)
		dst = append(dst, `}}`...)
	}
	return telephony.Message{Data: dst}, nil
}

// check returns why Twilio wouldn't send ev now.
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
	dst = append(dst, `","sequenceNumber":`...)
	dst = appendCount(dst, s.seq)
	dst = append(dst, `,"streamSid":`...)
	return append(dst, s.quoted...)
}

func (s *peerStream) appendStart(dst []byte) []byte {
	dst = append(dst, `,"start":{"streamSid":`...)
	dst = append(dst, s.quoted...)
	dst = append(dst, `,"accountSid":`...)
	dst = telephony.AppendJSONString(dst, s.start.AccountID)
	dst = append(dst, `,"callSid":`...)
	dst = telephony.AppendJSONString(dst, s.start.CallID)
	dst = append(dst, `,"tracks":["inbound"],"mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1}`...)
	dst = append(dst, `,"customParameters":{`...)
	for i, key := range slices.Sorted(maps.Keys(s.start.Params)) {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = telephony.AppendJSONString(dst, key)
		dst = append(dst, ':')
		dst = telephony.AppendJSONString(dst, s.start.Params[key])
	}
	return append(dst, `}}}`...)
}

// appendCount appends n as Twilio writes counters and times: as a string.
func appendCount(dst []byte, n uint64) []byte {
	dst = append(dst, '"')
	dst = strconv.AppendUint(dst, n, 10)
	return append(dst, '"')
}
