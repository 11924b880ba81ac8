package telephony

import (
	"bytes"
	"math"
	"slices"
	"time"

	"github.com/talkpath/talkpath/media"
)

// SoundNames are the fields of a carrier's sound messages, in each spelling
// of their names.
type SoundNames struct {
	Seq     []string // the counter that becomes Frame.Seq
	Time    []string // milliseconds that become Frame.At
	Payload []string // base64
	Others  []string // further numbers that differ from message to message
}

// SoundPattern reads sound messages that are written like one that was read
// in full before: the same bytes but for the counters and the payload. A
// stream's messages nearly all are, and comparing bytes costs a fraction of
// parsing JSON. What doesn't fit is left to the full parser, so that a
// pattern changes the cost of a message and nothing else. It is owned by one
// goroutine or lock.
type SoundPattern struct {
	names    SoundNames
	literals [][]byte // what stands before each hole, and behind the last
	holes    []hole
	learned  int
}

// maxLearned is how many patterns are tried on one stream before its messages
// are taken to have none.
const maxLearned = 8

// hole is a part of the message that differs.
type hole struct {
	kind     holeKind
	from, to int // where it was in the message that was learned from
}

type holeKind uint8

const (
	holeOther holeKind = iota
	holeSeq
	holeTime
	holePayload
)

// NewSoundPattern returns a pattern that knows no message yet.
func NewSoundPattern(names SoundNames) *SoundPattern { return &SoundPattern{names: names} }

// Frame returns the sound in a message that fits the pattern. Where the
// message has no time, next is its time. The payload is r's, good until its
// next use. It allocates nothing.
func (p *SoundPattern) Frame(r *JSONReader, msg Message, f media.Format, next time.Duration) (frame media.Frame, fits bool) {
	if len(p.holes) == 0 || msg.Binary {
		return frame, false
	}
	frame = media.Frame{Format: f, At: next}
	data := msg.Data
	var text []byte
	for i, h := range p.holes {
		if !bytes.HasPrefix(data, p.literals[i]) {
			return frame, false
		}
		data = data[len(p.literals[i]):]
		if h.kind == holePayload {
			end := bytes.IndexByte(data, '"')
			if end < 0 {
				return frame, false
			}
			text, data = data[:end], data[end:]
			continue
		}
		n, length := digits(data)
		if length == 0 || h.kind == holeTime && n > math.MaxInt64/uint64(time.Millisecond) {
			return frame, false
		}
		switch h.kind {
		case holeSeq:
			frame.Seq = n
		case holeTime:
			frame.At = time.Duration(n) * time.Millisecond
		case holeOther, holePayload:
		}
		data = data[length:]
	}
	if !bytes.Equal(data, p.literals[len(p.holes)]) {
		return frame, false
	}
	payload, err := r.Payload(text, f)
	if err != nil {
		return frame, false // an escape, or an error that the full parser names
	}
	frame.Payload = payload
	return frame, true
}

// Learn takes the pattern of a message that the full parser has read as frame,
// where the message doesn't fit the pattern known so far. next is as it was
// for that message.
func (p *SoundPattern) Learn(r *JSONReader, msg Message, frame media.Frame, next time.Duration) {
	if p.learned >= maxLearned {
		return
	}
	p.learned++
	p.holes, p.literals = nil, nil
	holes, ok := p.find(msg.Data)
	if !ok {
		return
	}
	data := bytes.Clone(msg.Data)
	at := 0
	for _, h := range holes {
		p.literals = append(p.literals, data[at:h.from])
		at = h.to
	}
	p.literals = append(p.literals, data[at:])
	p.holes = holes
	// The names may stand elsewhere than the parser looks for them: what the
	// pattern reads must be what the parser has read.
	want := bytes.Clone(frame.Payload)
	got, fits := p.Frame(r, msg, frame.Format, next)
	if !fits || got.Seq != frame.Seq || got.At != frame.At || !bytes.Equal(got.Payload, want) {
		p.holes = nil
	}
}

// find returns the holes of a message in their order. A message with an
// escape, or with a name that stands in it twice, has none.
func (p *SoundPattern) find(data []byte) (holes []hole, ok bool) {
	if bytes.IndexByte(data, '\\') >= 0 {
		return nil, false
	}
	for kind, names := range [...][]string{
		holeOther: p.names.Others, holeSeq: p.names.Seq, holeTime: p.names.Time, holePayload: p.names.Payload,
	} {
		for _, name := range names {
			h, found, once := findHole(data, name, holeKind(kind))
			if !once {
				return nil, false
			}
			if found {
				holes = append(holes, h)
				kind = int(holeOther) // of two spellings, the parser takes the first
			}
		}
	}
	slices.SortFunc(holes, func(a, b hole) int { return a.from - b.from })
	return holes, slices.ContainsFunc(holes, func(h hole) bool { return h.kind == holePayload })
}

// findHole returns the value of a field. once is false where the name stands
// in the message more than once.
func findHole(data []byte, name string, kind holeKind) (h hole, found, once bool) {
	quoted := []byte(`"` + name + `"`)
	if n := bytes.Count(data, quoted); n != 1 {
		return h, false, n == 0
	}
	at := bytes.Index(data, quoted) + len(quoted)
	at += len(data[at:]) - len(bytes.TrimLeft(data[at:], " \t\r\n:"))
	if kind == holePayload {
		if at >= len(data) || data[at] != '"' {
			return h, false, true
		}
		end := bytes.IndexByte(data[at+1:], '"')
		return hole{kind: kind, from: at + 1, to: at + 1 + end}, end >= 0, true
	}
	if at < len(data) && data[at] == '"' {
		at++
	}
	_, length := digits(data[at:])
	return hole{kind: kind, from: at, to: at + length}, length > 0, true
}

// digits returns the number that data begins with and how many digits it has:
// none where it has no digit, more than fit, or a zero in front.
func digits(data []byte) (n uint64, length int) {
	const most = 18
	for length < len(data) && data[length] >= '0' && data[length] <= '9' {
		if length == most {
			return 0, 0
		}
		n = n*10 + uint64(data[length]-'0')
		length++
	}
	if length > 1 && data[0] == '0' {
		return 0, 0 // JSON has no such numbers
	}
	return n, length
}
