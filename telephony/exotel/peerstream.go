package exotel

import (
	"fmt"
	"strconv"

	"github.com/talkpath/talkpath/telephony"
)

// peerStream is Exotel's end of one stream. Counters are numbers and times
// and rates are strings, as in most of Exotel's samples.
type peerStream struct {
	telephony.PeerState
	json   telephony.JSONReader
	quoted []byte // the stream's id as a JSON string
	seq    uint64 // sequence_number of the last message; every one but connected counts
	chunk  uint64 // that of the last media message
}

func newPeerStream(start telephony.Start) *peerStream {
	return &peerStream{PeerState: telephony.NewPeerState(quirks(), start), quoted: telephony.AppendJSONString(nil, start.StreamID)}
}

// Encode implements telephony.PeerStream. Sound goes out in messages of the
// size that it is given. A one-way stream has no keys.
func (s *peerStream) Encode(dst []byte, ev telephony.Event) (telephony.Message, error) {
	if ev.Kind == telephony.Digit && s.Start().Listen != telephony.ListenNone {
		return telephony.Message{}, fmt.Errorf("%s: send %v: %w", name, ev.Kind, telephony.ErrUnsendable)
	}
	if err := s.Send(ev); err != nil {
		return telephony.Message{}, err
	}
	switch ev.Kind {
	case telephony.Connected:
		dst = append(dst, `{"event":"connected"}`...)
	case telephony.Started:
		dst = s.appendStart(s.appendHead(dst, "start"))
	case telephony.Audio:
		s.chunk++
		dst = s.appendHead(dst, "media")
		dst = append(dst, `,"media":{"chunk":`...)
		dst = strconv.AppendUint(dst, s.chunk, 10)
		dst = append(dst, `,"timestamp":`...)
		dst = telephony.AppendJSONMillis(dst, ev.Frame.At)
		dst = append(dst, `,"payload":`...)
		dst = telephony.AppendJSONBase64(dst, ev.Frame.Payload)
		dst = append(dst, `}}`...)
	case telephony.Digit:
		dst = s.appendHead(dst, "dtmf")
		dst = append(dst, `,"dtmf":{"digit":"`...)
		dst = append(dst, ev.Digit)
		dst = append(dst, `","duration":`...)
		dst = telephony.AppendJSONMillis(dst, ev.Held)
		dst = append(dst, `}}`...)
	case telephony.MarkPlayed:
		dst = s.appendHead(dst, "mark")
		dst = append(dst, `,"mark":{"name":`...)
		dst = telephony.AppendJSONString(dst, ev.Mark)
		dst = append(dst, `}}`...)
	default: // Stopped, the last that Send lets pass
		dst = s.appendStop(s.appendHead(dst, "stop"), ev.Reason)
	}
	return telephony.Message{Data: dst}, nil
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
	start := s.Start()
	dst = append(dst, `,"start":{"stream_sid":`...)
	dst = append(dst, s.quoted...)
	for _, field := range [...][2]string{
		{`,"call_sid":`, start.CallID},
		{`,"account_sid":`, start.AccountID},
		{`,"from":`, start.From},
		{`,"to":`, start.To},
	} {
		dst = append(dst, field[0]...)
		dst = telephony.AppendJSONString(dst, field[1])
	}
	dst = append(dst, `,"custom_parameters":{`...)
	dst = telephony.AppendJSONFields(dst, start.Params)
	rate := start.Format.Rate
	dst = append(dst, `},"media_format":{"encoding":"raw","sample_rate":"`...)
	dst = strconv.AppendInt(dst, int64(rate), 10)
	dst = append(dst, `","bit_rate":"`...)
	dst = strconv.AppendInt(dst, int64(rate*16/1000), 10) // kbit/s of 16-bit samples
	return append(dst, `"}}}`...)
}

func (s *peerStream) appendStop(dst []byte, reason string) []byte {
	dst = append(dst, `,"stop":{"call_sid":`...)
	dst = telephony.AppendJSONString(dst, s.Start().CallID)
	dst = append(dst, `,"account_sid":`...)
	dst = telephony.AppendJSONString(dst, s.Start().AccountID)
	dst = append(dst, `,"reason":`...)
	dst = telephony.AppendJSONString(dst, reason)
	return append(dst, `}}`...)
}
