package twilio

import (
	"fmt"

	"github.com/talkpath/talkpath/telephony"
)

// peerStream is Twilio's end of one stream. Every counter and time that it
// sends is a string, as Twilio's are.
type peerStream struct {
	telephony.PeerState
	json   telephony.JSONReader
	quoted []byte // the stream's id as a JSON string
	seq    uint64 // sequenceNumber of the last message; every one but connected counts
	chunk  uint64 // that of the last media message
}

func newPeerStream(start telephony.Start) *peerStream {
	return &peerStream{PeerState: telephony.NewPeerState(quirks(), start), quoted: telephony.AppendJSONString(nil, start.StreamID)}
}

// Encode implements telephony.PeerStream. How long a key was down and why a
// stream stops are not told by Twilio. A one-way stream has no keys.
func (s *peerStream) Encode(dst []byte, ev telephony.Event) (telephony.Message, error) {
	if ev.Kind == telephony.Digit && s.Start().Listen != telephony.ListenNone {
		return telephony.Message{}, fmt.Errorf("%s: send %v: %w", name, ev.Kind, telephony.ErrUnsendable)
	}
	if err := s.Send(ev); err != nil {
		return telephony.Message{}, err
	}
	switch ev.Kind {
	case telephony.Connected:
		dst = append(dst, `{"event":"connected","protocol":"Call","version":"1.0.0"}`...)
	case telephony.Started:
		dst = s.appendStart(s.appendHead(dst, "start"))
	case telephony.Audio:
		s.chunk++ // counts both tracks together
		dst = s.appendHead(dst, "media")
		dst = append(dst, `,"media":{"track":"`...)
		dst = append(dst, telephony.TrackName(ev.Callee)...)
		dst = append(dst, `","chunk":`...)
		dst = telephony.AppendJSONCount(dst, s.chunk)
		dst = append(dst, `,"timestamp":`...)
		dst = telephony.AppendJSONMillis(dst, ev.Frame.At)
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
	default: // Stopped, the last that Send lets pass
		dst = s.appendHead(dst, "stop")
		dst = append(dst, `,"stop":{"accountSid":`...)
		dst = telephony.AppendJSONString(dst, s.Start().AccountID)
		dst = append(dst, `,"callSid":`...)
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
	dst = append(dst, `","sequenceNumber":`...)
	dst = telephony.AppendJSONCount(dst, s.seq)
	dst = append(dst, `,"streamSid":`...)
	return append(dst, s.quoted...)
}

func (s *peerStream) appendStart(dst []byte) []byte {
	start := s.Start()
	dst = append(dst, `,"start":{"streamSid":`...)
	dst = append(dst, s.quoted...)
	dst = append(dst, `,"accountSid":`...)
	dst = telephony.AppendJSONString(dst, start.AccountID)
	dst = append(dst, `,"callSid":`...)
	dst = telephony.AppendJSONString(dst, start.CallID)
	dst = append(dst, `,"tracks":["inbound"`...)
	if start.Listen == telephony.ListenBoth {
		dst = append(dst, `,"outbound"`...)
	}
	dst = append(dst, `],"mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1}`...)
	dst = append(dst, `,"customParameters":{`...)
	dst = telephony.AppendJSONFields(dst, start.Params)
	return append(dst, `}}}`...)
}
