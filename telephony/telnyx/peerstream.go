package telnyx

import (
	"strconv"

	"github.com/talkpath/talkpath/telephony"
)

// peerStream is Telnyx's end of one stream. Every counter and time that it
// sends is a string, as Telnyx's are; rates are numbers.
type peerStream struct {
	telephony.PeerState
	json   telephony.JSONReader
	order  order
	quoted []byte    // the stream's id as a JSON string
	seq    uint64    // sequence_number of the last message; every one but connected counts
	chunk  [2]uint64 // that of the last media message of each track
}

func newPeerStream(o order, start telephony.Start) *peerStream {
	return &peerStream{PeerState: telephony.NewPeerState(quirks(), start), order: o, quoted: telephony.AppendJSONString(nil, start.StreamID)}
}

// Encode implements telephony.PeerStream. A frame is sent under its own Seq
// and At, in whatever order the caller hands them over, as Telnyx's come; a
// frame without a Seq is the next. How long a key was down and why a stream
// stops are not told by Telnyx.
func (s *peerStream) Encode(dst []byte, ev telephony.Event) (telephony.Message, error) {
	if err := s.Send(ev); err != nil {
		return telephony.Message{}, err
	}
	switch ev.Kind {
	case telephony.Connected:
		dst = append(dst, `{"event":"connected","version":"1.0.0"}`...)
	case telephony.Started:
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
	default: // Stopped, the last that Send lets pass
		dst = s.appendHead(dst, "stop")
		dst = append(dst, `,"stop":{"user_id":`...)
		dst = telephony.AppendJSONString(dst, s.Start().AccountID)
		dst = append(dst, `,"call_control_id":`...)
		dst = telephony.AppendJSONString(dst, s.Start().CallID)
		dst = append(dst, `}}`...)
	}
	return telephony.Message{Data: dst}, nil
}

// appendHead appends what every message but connected begins with.
func (s *peerStream) appendHead(dst []byte, event string) []byte {
	s.seq++
	dst = append(dst, `{"event":"`...)
	dst = append(dst, event...)
	dst = append(dst, `","sequence_number":`...)
	dst = telephony.AppendJSONCount(dst, s.seq)
	dst = append(dst, `,"stream_id":`...)
	return append(dst, s.quoted...)
}

func (s *peerStream) appendMedia(dst []byte, ev telephony.Event) []byte {
	last := &s.chunk[0]
	if ev.Callee {
		last = &s.chunk[1]
	}
	chunk := ev.Frame.Seq
	if chunk == 0 {
		chunk = *last + 1
	}
	*last = max(*last, chunk)
	dst = append(dst, `,"media":{"track":"`...)
	dst = append(dst, telephony.TrackName(ev.Callee)...)
	dst = append(dst, `","chunk":`...)
	dst = telephony.AppendJSONCount(dst, chunk)
	dst = append(dst, `,"timestamp":`...)
	dst = telephony.AppendJSONMillis(dst, ev.Frame.At)
	dst = append(dst, `,"payload":`...)
	dst = telephony.AppendJSONBase64(dst, s.order.turned(ev.Frame.Format, ev.Frame.Payload))
	return append(dst, `}}`...)
}

func (s *peerStream) appendStart(dst []byte) []byte {
	start := s.Start()
	dst = append(dst, `,"start":{"user_id":`...)
	dst = telephony.AppendJSONString(dst, start.AccountID)
	for _, field := range [...][2]string{
		{`,"call_control_id":`, start.CallID},
		{`,"from":`, start.From},
		{`,"to":`, start.To},
	} {
		dst = append(dst, field[0]...)
		dst = telephony.AppendJSONString(dst, field[1])
	}
	dst = append(dst, `,"tags":[],"custom_parameters":{`...)
	dst = telephony.AppendJSONFields(dst, start.Params)
	dst = append(dst, `},"media_format":{"encoding":"`...)
	dst = append(dst, start.Format.Encoding.String()...)
	dst = append(dst, `","sample_rate":`...)
	dst = strconv.AppendInt(dst, int64(clock(start.Format)), 10)
	return append(dst, `,"channels":1}}}`...)
}
