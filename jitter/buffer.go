package jitter

import (
	"errors"
	"fmt"
	"time"

	"github.com/talkpath/talkpath/media"
)

// Push refuses a frame with one of these, and counts it in Stats.
var (
	// ErrLate reports a frame whose whole time has been played or given up.
	ErrLate = errors.New("late frame")
	// ErrDuplicate reports a frame that was pushed before.
	ErrDuplicate = errors.New("duplicate frame")
	// ErrFull reports that Depth frames are held and Pop was not called.
	ErrFull = errors.New("jitter buffer full")
	// ErrFrame reports a payload that is empty, too long or not made of whole
	// samples, or a format other than that of the frames before.
	ErrFrame = errors.New("unusable frame")
)

const (
	// longest is the longest frame that is taken. Carriers send 20 to 200 ms;
	// the limit bounds the memory of a Buffer.
	longest = 2 * time.Second
	// setBack is how far a timestamp must lie in the past to be taken for a
	// new time base and not for a frame that comes late.
	setBack = time.Second
)

// Buffer orders the frames of one call. See the package comment for its rules.
type Buffer struct {
	cfg    Config
	format media.Format
	held   queue
	recent memory
	stats  counters

	// Media time, in samples of format. The carrier's timestamp anchorAt lies
	// at anchor; next is the end of what was played or given up.
	begun    bool
	first    time.Time // when the first frame came in
	anchorAt time.Duration
	anchor   int64
	next     int64

	most      int64         // samples in the longest frame
	perMS     int64         // samples in a millisecond, zero where not whole
	perSample time.Duration // zero where not whole nanoseconds
}

// New returns an empty Buffer. Its memory is bounded: at most Depth+1 payloads
// of the longest frame that was pushed are kept, and reused.
func New(cfg Config) *Buffer {
	cfg = cfg.withDefaults()
	return &Buffer{cfg: cfg, held: newQueue(cfg.Depth)}
}

// Push takes a frame that arrived at now and copies its payload, so f.Payload
// stays the caller's. After each Push the caller calls Pop until it says Wait.
//
// Frames are ordered by At, the carrier's media time; Seq serves to tell
// duplicates only. A frame that lies more than a second in the past begins a
// new time base and follows what is already held. The errors are ErrLate,
// ErrDuplicate, ErrFull and ErrFrame; the frame is then dropped and counted,
// and the call can go on.
func (b *Buffer) Push(f media.Frame, now time.Time) error {
	if err := b.check(f); err != nil {
		b.stats.invalid++
		return err
	}
	if b.recent.has(f.At, f.Seq) || b.held.has(f) {
		b.stats.duplicate++
		return ErrDuplicate
	}
	if b.held.full() {
		b.stats.full++
		return ErrFull
	}
	n := int64(f.Format.Count(f.Payload))
	pos := b.place(f)
	if b.begun && pos+n <= b.next {
		b.stats.late++
		return ErrLate
	}
	if b.held.insert(f, pos, n, now) {
		b.stats.reordered++
	}
	b.stats.pushed++
	return nil
}

// Direct plays f without holding it, where f is just what comes next and
// nothing is held: the item's payload is f's own. It returns false and has
// changed nothing where that isn't so; f is then to be pushed. It decides as
// Push and Pop do, at a fraction of their cost.
func (b *Buffer) Direct(f media.Frame) (it Item, next bool) {
	if !b.begun || !b.held.empty() || f.Format != b.format || f.At <= b.recent.latest {
		return it, false
	}
	pos := b.anchor + b.samples(f.At-b.anchorAt)
	n := int64(f.Format.Count(f.Payload))
	if n == 0 || n > b.most || !b.joins(pos-b.next) || pos+n <= b.next {
		return it, false
	}
	b.held.release()
	it = Item{Outcome: Play, Samples: int(n), Frame: f}
	it.Frame.At = b.clock(b.next)
	b.next += n
	b.stats.pushed++
	b.stats.played += n
	b.recent.add(f.At, f.Seq)
	return it, true
}

// Pop returns what is next in media time, as far as it is known at now: a
// frame to play, a gap to fill, or Wait where nothing is due. A played frame's
// payload belongs to the Buffer and is valid until the next Pop.
//
// At the end of a stream, a last round of Pop with a now that is Wait and
// Patience later empties the Buffer.
func (b *Buffer) Pop(now time.Time) Item {
	b.held.release()
	for {
		s := b.held.head()
		if s == nil || !b.begun && !b.begin(s, now) {
			return Item{Outcome: Wait}
		}
		off := s.pos - b.next
		switch {
		case s.pos+s.n <= b.next: // covered by what was held before it
			b.stats.late++
			b.held.drop()
		case b.joins(off):
			return b.play(s, 0)
		case off < 0:
			return b.play(s, -off)
		case !b.expired(now):
			return Item{Outcome: Wait}
		case off > b.longestGap(now):
			b.shift(off)
			b.reset()
		default:
			return b.lose(off)
		}
	}
}

// Due returns when Pop is worth calling again without a Push, false where
// nothing is held. The time may lie in the past.
func (b *Buffer) Due() (time.Time, bool) {
	s := b.held.head()
	if s == nil {
		return time.Time{}, false
	}
	if !b.begun && b.opens(s) || b.begun && (s.pos <= b.next || b.joins(s.pos-b.next)) {
		return s.arrived, true
	}
	return b.deadline(), true
}

// check takes the format from the first frame and holds the others to it.
func (b *Buffer) check(f media.Frame) error {
	if err := f.Format.Check(); err != nil {
		return fmt.Errorf("%w: %w", ErrFrame, err)
	}
	switch n := f.Format.Count(f.Payload); {
	case n == 0 || n > f.Format.Samples(longest):
		return fmt.Errorf("%w: %d bytes of %v", ErrFrame, len(f.Payload), f.Format)
	case b.format == media.Format{}:
		b.format = f.Format
		b.most = int64(f.Format.Samples(longest))
		b.anchorAt = f.At
		if b.format.Rate%1000 == 0 {
			b.perMS = int64(b.format.Rate / 1000)
		}
		if int(time.Second)%b.format.Rate == 0 {
			b.perSample = time.Second / time.Duration(b.format.Rate)
		}
	case b.format != f.Format:
		return fmt.Errorf("%w: %v in a stream of %v", ErrFrame, f.Format, b.format)
	}
	return nil
}

// place returns where f begins in media time, on a new time base if need be.
func (b *Buffer) place(f media.Frame) int64 {
	// The difference wraps rather than overflows, as the timestamps may.
	pos := b.anchor + b.samples(f.At-b.anchorAt)
	ref := b.next
	if s := b.held.head(); !b.begun {
		ref = pos
		if s != nil {
			ref = s.pos
		}
	}
	if pos >= ref-b.samples(setBack) {
		return pos
	}
	b.reset()
	b.anchorAt, b.anchor = f.At, max(b.next, b.held.end())
	return b.anchor
}

// begin starts media time at s, unless an earlier frame may still come.
func (b *Buffer) begin(s *slot, now time.Time) bool {
	if !b.opens(s) && !b.expired(now) {
		return false
	}
	b.begun, b.first = true, s.arrived
	b.shift(s.pos)
	return true
}

// opens tells whether s is the very beginning of its stream, which no other
// frame can precede.
func (b *Buffer) opens(s *slot) bool { return s.at >= 0 && s.at <= b.cfg.Tolerance }

// joins tells whether a frame that lies off samples behind the end of the one
// before counts as its direct neighbour.
func (b *Buffer) joins(off int64) bool {
	tolerance := max(b.samples(b.cfg.Tolerance), 1)
	return -tolerance < off && off < tolerance
}

// expired tells whether some held frame has waited long enough, or the Buffer
// has no room to wait on. Something must be held.
func (b *Buffer) expired(now time.Time) bool {
	return b.held.full() || !now.Before(b.deadline())
}

// deadline returns until when what should precede the held frames is waited
// for. Something must be held.
func (b *Buffer) deadline() time.Time {
	wait := b.cfg.Wait
	if b.cfg.Patience > 0 && b.held.end()-b.held.head().pos < b.samples(wait) {
		wait += b.cfg.Patience
	}
	return b.held.oldest().Add(wait)
}

// longestGap returns the gap in samples above which a jump is a new time base:
// MaxGap, and no more than lets media time run MaxGap ahead of real time.
// Without the second bound a few frames with bad timestamps would order hours
// of filling.
func (b *Buffer) longestGap(now time.Time) int64 {
	most := b.samples(b.cfg.MaxGap)
	return min(most, b.samples(now.Sub(b.first))+most-b.next)
}

// shift moves everything that is still to come by n samples to the front.
func (b *Buffer) shift(n int64) {
	b.anchor -= n
	b.held.shift(n)
}

// reset counts a new time base, in which old timestamps may come again.
func (b *Buffer) reset() {
	b.recent = memory{}
	b.stats.resets++
}

// play hands out the frame in s without its first cut samples, which are cut
// from its payload where each sample has bytes of its own there.
func (b *Buffer) play(s *slot, cut int64) Item {
	n := s.n - cut
	it := Item{Outcome: Play, Samples: int(n), Frame: media.Frame{
		Format:  b.format,
		Seq:     s.seq,
		At:      b.clock(b.next),
		Payload: s.payload[cut*int64(b.format.Encoding.SampleSize()):],
	}}
	if b.format.Encoding.Stateful() {
		it.Cut = int(cut)
	}
	b.next += n
	b.stats.played += n
	b.stats.trimmed += cut
	b.recent.add(s.at, s.seq)
	b.held.handOut()
	return it
}

// lose gives up the next n samples.
func (b *Buffer) lose(n int64) Item {
	from := b.clock(b.next)
	b.next += n
	b.stats.lost += n
	b.stats.gaps++
	return Item{
		Outcome: Lost,
		Frame:   media.Frame{Format: b.format, At: from},
		Gap:     b.clock(b.next) - from,
		Samples: int(n),
	}
}

// samples and clock convert without overflow for any length of time. Where
// they can they multiply, which takes a tenth of a division's time: carriers
// stamp in milliseconds, of which most rates have a whole number of samples.
func (b *Buffer) samples(d time.Duration) int64 {
	rate := int64(b.format.Rate)
	if ms := int64(d / time.Millisecond); b.perMS > 0 && d%time.Millisecond == 0 {
		return ms * b.perMS
	}
	return int64(d/time.Second)*rate + int64(d%time.Second)*rate/int64(time.Second)
}

func (b *Buffer) clock(n int64) time.Duration {
	rate := int64(b.format.Rate)
	if rate == 0 {
		return 0
	}
	if b.perSample > 0 {
		return time.Duration(n) * b.perSample
	}
	return time.Duration(n/rate)*time.Second + time.Duration(n%rate*int64(time.Second)/rate)
}
