package quality

import (
	"time"

	"github.com/talkpath/talkpath/media"
)

// Config is what a Meter needs to know of its call.
type Config struct {
	Format media.Format  // of the stream
	Packet time.Duration // the sound in one message from the carrier; 20 ms where zero
	// Untimed says that the carrier's sound has no timestamps: media time then
	// counts the sound that came.
	Untimed bool
}

// Meter measures one call. It is owned by one lock and allocates nothing. At
// tells it the time, at which all happens that it is told until the next.
type Meter struct {
	cfg       Config
	began     time.Time
	now       time.Duration // since then
	process   process
	in        arrivals
	sound     sound
	out       outward
	received  time.Duration
	concealed int64 // samples
	filling   int64 // of these, samples that are still to be heard
	size      int   // of the newest message
	length    time.Duration
}

// New returns a Meter of a call of which nothing is known yet.
func New(cfg Config) *Meter {
	m := &Meter{}
	m.configure(cfg)
	return m
}

func (m *Meter) configure(cfg Config) {
	if cfg.Packet <= 0 {
		cfg.Packet = 20 * time.Millisecond
	}
	m.cfg, m.size = cfg, 0
	m.in.packet, m.in.untimed = cfg.Packet, cfg.Untimed
	m.sound.init(cfg.Format.Rate)
}

// At tells the time. It never goes back.
func (m *Meter) At(now time.Time) {
	if m.began.IsZero() {
		m.began = now
	}
	m.now = now.Sub(m.began)
}

// Passed says that the process has got to the call, with a beat or a message of
// the caller's sound. It returns whether that comes late, so that whatever is
// missing now is the process's own fault.
func (m *Meter) Passed() (late bool) { return m.process.passed(m.now) }

// Arrived takes a message of the caller's sound.
func (m *Meter) Arrived(f media.Frame) {
	if n := len(f.Payload); n != m.size || f.Format.Encoding == media.Opus { // whose length isn't its size
		m.size, m.length = n, f.Duration()
	}
	m.received += m.length
	m.in.arrive(m.now, f.At, f.At+m.length, &m.process)
}

// Heard takes the caller's sound in order. level is that of its last 10 ms, in
// dBFS, and speech whether the caller speaks. Sound that was told as Concealed
// is left out.
func (m *Meter) Heard(pcm []int16, level float64, speech bool) {
	if m.filling > 0 {
		m.filling -= int64(len(pcm))
		return
	}
	m.sound.heard(pcm, level, speech)
}

// Concealed says that the next samples that are heard were made up.
func (m *Meter) Concealed(samples int) {
	m.concealed += int64(samples)
	m.filling = int64(samples)
}

// Dry reports whether a reply is under way whose sound has run out, so that
// Waits is to be told what it waits for.
func (m *Meter) Dry() bool { return m.out.speaking && m.now > m.out.dry }

// Waits tells what a reply has waited for up to now.
func (m *Meter) Waits(why Cause) { m.out.waits(m.now, why) }

// Sent takes sound of the agent's, so long, that is handed to the carrier.
func (m *Meter) Sent(length time.Duration) { m.out.send(m.now, length) }

// Filled takes sound that is handed to the carrier and is no part of a reply:
// it ends no hole in one, but what is sent next is played behind it.
func (m *Meter) Filled(length time.Duration) { m.out.fill(m.now, length) }

// Cleared says that the carrier was told to drop what it has not played.
func (m *Meter) Cleared() { m.out.clear(m.now) }

// Marked says that a mark was sent behind all that was sent, which is known by
// its position.
func (m *Meter) Marked(position time.Duration) { m.out.mark(position) }

// MarkPlayed takes a mark that came back.
func (m *Meter) MarkPlayed(position time.Duration) {
	slack := playerSlack + m.cfg.Packet + m.in.Late.Quantile(0.9)
	m.out.played(m.now, position, m.in.held(m.now), slack)
}

// Resumed says that another stream, in format, took the place of one that was
// lost.
func (m *Meter) Resumed(format media.Format) {
	m.out.clear(m.now)
	m.in.begun, m.filling, m.size = false, 0, 0
	if format.Rate != m.cfg.Format.Rate {
		m.sound, m.concealed = sound{}, 0 // counts of another rate don't add up
	}
	cfg := m.cfg
	cfg.Format = format
	m.configure(cfg)
}

// Measures is all that a Meter has measured, and what else is known of a call.
type Measures struct {
	Format   media.Format
	Packet   time.Duration
	Process  Process
	Arrivals Arrivals
	Drift    Drift
	Sound    Sound
	Out      Outward

	Received  time.Duration // the caller's sound
	Concealed time.Duration // sound made up in place of what is missing
	// Untold is sound that must be missing where there are no timestamps to
	// tell it: real time has outrun what came.
	Untold time.Duration

	// Known to others, who fill it in: what the jitter buffer counted, and the
	// messages that a carrier was too slow to read.
	Lost                        time.Duration // by timestamps, silence that wasn't sent included
	Gaps                        uint64
	Reordered, Late, Duplicates uint64
	Slow                        uint64
}

// Measures returns what was measured up to now.
func (m *Meter) Measures(now time.Time) Measures {
	at := now.Sub(m.began)
	out := m.out.Outward
	out.MarksMissing = m.out.missing(at)
	n := Measures{
		Format: m.cfg.Format, Packet: m.cfg.Packet, Process: m.process.Process, Arrivals: m.in.Arrivals,
		Sound: m.sound.measured(), Out: out, Received: m.received,
	}
	if rate := m.cfg.Format.Rate; rate > 0 {
		n.Concealed = media.PCMDuration(int(m.concealed), rate)
	}
	n.Drift = m.in.drift.estimate()
	if m.cfg.Untimed {
		n.Drift, n.Untold = m.in.drift.untimed(n.Drift)
	}
	return n
}

// Missing returns the sound that can't be heard, because it was dropped, never
// sent, or came too late to be put in order, and in how many gaps. Silence that
// the carrier left out is none.
func (m *Measures) Missing() (lost time.Duration, gaps uint64) {
	a := &m.Arrivals
	if m.Lost > a.Unsent {
		lost = m.Lost - a.Unsent
	}
	if m.Gaps > a.UnsentTimes {
		gaps = m.Gaps - a.UnsentTimes
	}
	if lost == 0 {
		gaps = 0
	}
	return lost + m.Untold, gaps
}
