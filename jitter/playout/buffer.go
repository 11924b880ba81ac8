package playout

import (
	"errors"
	"fmt"
	"time"

	"github.com/talkpath/talkpath/media/stretch"
)

// Push refuses a packet with one of these, and counts it in Stats.
var (
	// ErrLate reports a packet whose whole time was concealed or dropped.
	ErrLate = errors.New("late packet")
	// ErrDuplicate reports a packet whose time is held or was played.
	ErrDuplicate = errors.New("duplicate packet")
	// ErrFull reports that Depth packets wait for one that belongs before them.
	ErrFull = errors.New("playout buffer full")
	// ErrFrame reports a packet that is empty or longer than Ceiling.
	ErrFrame = errors.New("unusable packet")
)

// Frame is one packet of decoded sound. The Buffer copies PCM.
type Frame struct {
	At  time.Duration // the sender's media time of the first sample
	Seq uint64        // the sender's counter, unwrapped; zero where there is none
	PCM []int16       // mono, at Config.Rate
}

const (
	// setBack is how far a timestamp must lie in the past, and setForward how
	// much earlier than any other a packet must come, to be a new time base.
	setBack    = time.Second
	setForward = time.Second
	// joinMS is how far a timestamp may be off without a gap or a cut: some
	// senders stamp in milliseconds, or by a clock of their own.
	joinMS = 5
)

// Buffer plays the packets of one stream. See the package comment.
type Buffer struct {
	rate     int
	conceal  Concealer
	stretch  *stretch.Stretcher
	late     lateness
	ceiling  int64 // samples, as are
	start    int64
	patience int64
	longest  int

	// Time. The clock counts samples since the first call.
	begun bool
	zero  time.Time
	last  int64
	beat  beat

	// Media time. The sender's timestamp anchorAt lies at anchor.
	anchorAt time.Duration
	anchor   int64
	pos      int64 // of the first sample ahead on the tape
	based    bool

	tape      tape
	waits     waits
	queue     queue
	hole      hole
	gaps      gaps
	target    int64  // of the last Pull, samples above the usual transit
	beatLen   int    // samples of the last Pull
	packetLen int    // samples of the last packet
	uneven    int    // packets for which one that was no multiple of that is remembered
	seq       uint64 // of the last packet on the tape
	stats     counters
}

// New returns an empty Buffer. It holds at most Ceiling of sound; its memory is
// twice that and Depth packets.
func New(cfg Config) *Buffer {
	cfg = cfg.withDefaults()
	b := &Buffer{rate: cfg.Rate, conceal: cfg.Conceal, stretch: stretch.New(cfg.Rate), late: newLateness(cfg.Rate)}
	b.ceiling, b.start = b.samples(cfg.Ceiling), b.samples(cfg.Start)
	b.patience = b.samples(cfg.Patience)
	b.longest = int(b.ceiling)
	b.tape = newTape(b.stretch, int(b.ceiling)+cfg.Rate/10)
	b.waits = newWaits(2 * cfg.Depth)
	b.queue = newQueue(cfg.Depth, cfg.Rate/50)
	b.hole.open = true
	return b
}

// Push takes a packet that arrived at now; times that go back count as the
// latest one. The errors are ErrLate, ErrDuplicate, ErrFull and ErrFrame: the
// packet is then dropped and counted, and the stream goes on.
//
// Packets are ordered by At. One whose time is more than a second in the past,
// or that comes long before its time, begins a new time base and follows what
// is held without a gap.
func (b *Buffer) Push(f Frame, now time.Time) error {
	n := int64(len(f.PCM))
	if n == 0 || n > int64(b.longest) {
		b.stats.invalid++
		return fmt.Errorf("%w: %d samples", ErrFrame, n)
	}
	t := b.clock(now)
	pos := b.place(f, t)
	b.late.add(t-pos, t)
	b.watchLength(len(f.PCM))
	if b.hole.open && !b.hole.played {
		b.pos = min(b.pos, pos) // the first packets may be out of order
	}
	if pos+n <= b.end() {
		return b.refuse(pos, n)
	}
	if pos < b.end() { // its beginning is known
		cut := b.end() - pos
		f.PCM = f.PCM[cut:]
		pos, n = pos+cut, n-cut
	}
	b.shed(n)
	if b.queue.n == 0 && b.joins(pos) {
		b.stats.pushed++
		b.extend(f.PCM, f.Seq, t)
		return nil
	}
	if b.queue.full() {
		b.stats.full++
		return ErrFull
	}
	if b.queue.insert(f, pos, t, min(b.ms(joinMS), (n+1)/2)) {
		b.stats.duplicate++
		return ErrDuplicate
	}
	b.stats.pushed++
	if b.queue.end(0) != pos+n {
		b.stats.reordered++
	}
	b.unite()
	return nil
}

// watchLength remembers the length of a packet, and for a while that it was no
// multiple of the beat.
func (b *Buffer) watchLength(n int) {
	b.packetLen = n
	if b.beatLen > 0 && n%b.beatLen != 0 {
		b.uneven = recentPackets
	} else if b.uneven > 0 {
		b.uneven--
	}
}

// end returns where in media time the tape ends.
func (b *Buffer) end() int64 { return b.pos + int64(len(b.tape.ahead())) }

// joins tells whether a packet at pos follows the tape without a gap. Behind a
// hole it is that of its own time that counts, see resume.
func (b *Buffer) joins(pos int64) bool {
	return b.based && !b.hole.open && pos-b.end() < b.ms(joinMS)
}

// refuse counts a packet whose time is over.
func (b *Buffer) refuse(pos, n int64) error {
	if b.gaps.has(pos, pos+n) {
		b.stats.late++
		return ErrLate
	}
	b.stats.duplicate++
	return ErrDuplicate
}

// place returns where f lies in media time, on a new time base if need be.
func (b *Buffer) place(f Frame, t int64) int64 {
	if !b.based {
		b.based = true
		b.anchorAt, b.anchor, b.pos = f.At, 0, 0
	}
	// The difference wraps rather than overflows, as the timestamps may.
	pos := b.anchor + b.samples(f.At-b.anchorAt)
	end := b.queue.end(b.end())
	back := pos < b.pos-b.samples(setBack)
	early := pos > end+b.ms(joinMS) && b.late.n > 0 && t-pos < b.late.fastest()-b.samples(setForward)
	if !back && !early {
		return pos
	}
	b.stats.resets++
	b.late.rebase()
	b.gaps = gaps{}
	b.anchorAt, b.anchor = f.At, end
	return end
}

// extend puts sound onto the end of the tape.
func (b *Buffer) extend(pcm []int16, seq uint64, arrived int64) {
	b.tape.add(pcm)
	b.waits.add(len(pcm), arrived)
	b.seq = seq
}

// unite moves packets that follow the tape onto it.
func (b *Buffer) unite() {
	for p := b.queue.head(); p != nil && b.joins(p.pos); p = b.queue.head() {
		if cut := b.end() - p.pos; cut < int64(len(p.pcm)) {
			b.extend(p.pcm[max(cut, 0):], p.seq, p.arrived)
		}
		b.queue.drop()
	}
}

// held returns how many samples are held in all.
func (b *Buffer) held() int64 { return int64(len(b.tape.ahead()) + b.queue.sum) }

// shed drops the oldest sound where n more samples would be too many.
func (b *Buffer) shed(n int64) {
	over := int(b.held() + n - b.ceiling)
	if over <= 0 {
		return
	}
	if cut := b.stretch.Cut(b.tape.pcm, b.tape.front, over); cut > 0 {
		b.gaps.add(b.pos, b.pos+int64(cut))
		b.moved(-cut)
		b.stats.dropped += int64(cut)
	}
	for b.held()+n > b.ceiling && b.queue.n > 0 {
		b.stats.dropped += int64(len(b.queue.head().pcm))
		b.queue.drop()
	}
}

// moved tells that the front of the tape moved by n samples of media time,
// backwards where n is above zero: that many were added.
func (b *Buffer) moved(n int) {
	b.tape.front -= n
	b.waits.grow(n)
	b.pos -= int64(n)
}

// clock returns now in samples since the first call, never less than before.
func (b *Buffer) clock(now time.Time) int64 {
	if !b.begun {
		b.begun, b.zero = true, now
	}
	b.last = max(b.last, b.samples(now.Sub(b.zero)))
	return b.last
}

// samples converts without overflow.
func (b *Buffer) samples(d time.Duration) int64 {
	rate := int64(b.rate)
	return int64(d/time.Second)*rate + int64(d%time.Second)*rate/int64(time.Second)
}
