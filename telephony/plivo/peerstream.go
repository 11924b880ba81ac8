package plivo

import (
	"strconv"
	"time"

	"github.com/talkpath/talkpath/telephony"
)

// peerStream is Plivo's end of one stream. Counters and rates are numbers and
// times are strings of milliseconds since 1970, as in Plivo's samples.
type peerStream struct {
	telephony.PeerState
	json    telephony.JSONReader
	begun   int64  // when the stream was opened, in milliseconds since 1970
	quoted  []byte // the stream's id as a JSON string
	headers []byte // the custom parameters as a JSON string
	seq     uint64 // sequenceNumber of the last message
	chunk   uint64 // that of the last media message
}

func newPeerStream(start telephony.Start, headers string, now time.Time) *peerStream {
	return &peerStream{
		PeerState: telephony.NewPeerState(quirks(), start),
		begun:     now.UnixMilli(),
		quoted:    telephony.AppendJSONString(nil, start.StreamID),
		headers:   telephony.AppendJSONString(nil, headers),
	}
}

// Encode implements telephony.PeerStream; it also sends Cleared, which
// confirms a Clear. Plivo has no greeting and doesn't tell how long a key was
// down. The extra headers come in the first of the two shapes in which its
// pages show them.
func (s *peerStream) Encode(dst []byte, ev telephony.Event) (telephony.Message, error) {
	if err := s.Send(ev); err != nil {
		return telephony.Message{}, err
	}
	switch ev.Kind {
	case telephony.Started:
		dst = s.appendStart(s.appendHead(dst, "start"))
	case telephony.Audio:
		s.chunk++
		dst = s.appendID(s.appendHead(dst, "media"))
		dst = append(dst, `,"media":{"track":"`...)
		dst = append(dst, telephony.TrackName(ev.Callee)...)
		dst = append(dst, `","timestamp":`...)
		dst = s.appendTime(dst, ev.Frame.At)
		dst = append(dst, `,"chunk":`...)
		dst = strconv.AppendUint(dst, s.chunk, 10)
		dst = append(dst, `,"payload":`...)
		dst = telephony.AppendJSONBase64(dst, ev.Frame.Payload)
		dst = s.appendHeaders(append(dst, '}'))
	case telephony.Digit:
		dst = s.appendID(s.appendHead(dst, "dtmf"))
		dst = append(dst, `,"dtmf":{"track":"inbound","digit":"`...)
		dst = append(dst, ev.Digit)
		dst = append(dst, `","timestamp":`...)
		dst = s.appendTime(dst, ev.Frame.At)
		dst = s.appendHeaders(append(dst, '}'))
	case telephony.MarkPlayed:
		dst = s.appendID(s.appendHead(dst, "playedStream"))
		dst = append(dst, `,"name":`...)
		dst = telephony.AppendJSONString(dst, ev.Mark)
	case telephony.Cleared:
		dst = s.appendID(s.appendHead(dst, "clearedAudio"))
	default: // Stopped, the last that Send lets pass
		dst = s.appendID(s.appendHead(dst, "stop"))
	}
	return telephony.Message{Data: append(dst, '}')}, nil
}

// appendHead appends what every message begins with.
func (s *peerStream) appendHead(dst []byte, event string) []byte {
	s.seq++
	dst = append(dst, `{"event":"`...)
	dst = append(dst, event...)
	dst = append(dst, `","sequenceNumber":`...)
	return strconv.AppendUint(dst, s.seq, 10)
}

// appendID appends the stream's id, which every message but start has.
func (s *peerStream) appendID(dst []byte) []byte {
	dst = append(dst, `,"streamId":`...)
	return append(dst, s.quoted...)
}

func (s *peerStream) appendHeaders(dst []byte) []byte {
	dst = append(dst, `,"extra_headers":`...)
	return append(dst, s.headers...)
}

func (s *peerStream) appendStart(dst []byte) []byte {
	start := s.Start()
	dst = append(dst, `,"start":{"callId":`...)
	dst = telephony.AppendJSONString(dst, start.CallID)
	dst = append(dst, `,"streamId":`...)
	dst = append(dst, s.quoted...)
	dst = append(dst, `,"accountId":`...)
	dst = telephony.AppendJSONString(dst, start.AccountID)
	dst = append(dst, `,"tracks":["inbound"`...)
	if start.Listen == telephony.ListenBoth {
		dst = append(dst, `,"outbound"`...)
	}
	dst = append(dst, `],"mediaFormat":{"encoding":"`...)
	dst = append(dst, contentType(start.Format.Encoding)...)
	dst = append(dst, `","sampleRate":`...)
	dst = strconv.AppendInt(dst, int64(start.Format.Rate), 10)
	return s.appendHeaders(append(dst, `}}`...))
}

// appendTime appends media time as Plivo writes it.
func (s *peerStream) appendTime(dst []byte, at time.Duration) []byte {
	dst = append(dst, '"')
	dst = strconv.AppendInt(dst, s.begun+int64(max(at, 0)/time.Millisecond), 10)
	return append(dst, '"')
}
