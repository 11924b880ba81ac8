package noise

import (
	"math"
	"time"
)

// Send is what a Sender wants done with a frame.
type Send uint8

const (
	// SendSpeech sends the frame's own sound.
	SendSpeech Send = iota + 1
	// SendNoise sends a description in its place.
	SendNoise
	// SendNothing sends nothing: the noise goes on as it was described.
	SendNothing
)

// SenderConfig shapes a Sender. Its zero durations have defaults.
type SenderConfig struct {
	// Rate is the samples per second.
	Rate int
	// LevelOnly leaves the spectrum out: one byte in place of eleven.
	LevelOnly bool
	// Hangover is how long sound is sent on when speech has ended, while the
	// noise behind it is measured. Default 160 ms.
	Hangover time.Duration
	// Refresh is after which time a description is sent again, lest one that
	// was lost be missed for long. Default 2 s.
	Refresh time.Duration
}

const (
	// tail is how much of the sound behind speech is not taken for noise.
	tail = 40 * time.Millisecond
	// A noise that has moved a little is described again after patience at the
	// earliest; one that has moved a lot, after haste, which is how often that is
	// looked for.
	patience = 500 * time.Millisecond
	haste    = 100 * time.Millisecond
	// What little and a lot are, in dB of level and of the residue that the
	// filter sent last leaves of the noise beyond what its own would leave.
	littleLevel, littleShape = 0.8, 0.3
	muchLevel, muchShape     = 2.0, 1.5
)

// Sender decides frame by frame what of a line is worth sending: its sound
// while somebody speaks, and of its noise a description when that is new
// (discontinuous transmission). In noise that is steady it sends one at most
// in half a second. It belongs to one goroutine, and allocates nothing after
// NewSender.
type Sender struct {
	cfg      SenderConfig
	analyzer *Analyzer

	quiet int // samples since speech ended
	// The description that was sent last, its filter, and the samples since.
	sent    Description
	filter  coefficients
	since   int
	look    int  // the samples since at which it is looked next whether it still holds
	sending bool // whether any was sent since speech ended
}

// NewSender returns a Sender of a line of which nothing was heard yet. A rate
// that is not positive counts as 8000.
func NewSender(cfg SenderConfig) *Sender {
	if cfg.Rate <= 0 {
		cfg.Rate = 8000
	}
	if cfg.Hangover <= 0 {
		cfg.Hangover = 160 * time.Millisecond
	}
	if cfg.Refresh <= 0 {
		cfg.Refresh = 2 * time.Second
	}
	return &Sender{cfg: cfg, analyzer: NewAnalyzer(cfg.Rate)}
}

// Push takes the sound of the next frame, of any length, and whether somebody
// speaks in it. With SendNoise it returns the description to be sent, as it is
// when it has arrived.
func (s *Sender) Push(pcm []int16, speech bool) (Send, Description) {
	if speech {
		if s.quiet > 0 {
			s.analyzer.Break()
		}
		s.quiet, s.sending = 0, false
		return SendSpeech, Description{}
	}
	if s.quiet += len(pcm); s.quiet > s.samples(tail) {
		s.analyzer.Push(pcm)
	}
	s.since += len(pcm)
	if !s.sending && (s.quiet <= s.samples(s.cfg.Hangover) || !s.analyzer.Known()) {
		return SendSpeech, Description{}
	}
	if s.sending && !s.due() {
		return SendNothing, Description{}
	}
	return SendNoise, s.describe()
}

// due reports whether the noise is to be described again.
func (s *Sender) due() bool {
	if s.since < s.look {
		return false
	}
	s.look += s.samples(haste)
	switch {
	case s.since >= s.samples(s.cfg.Refresh):
		return true
	case s.since < s.samples(patience):
		return s.moved(muchLevel, muchShape)
	}
	return s.moved(littleLevel, littleShape)
}

// moved reports whether the noise differs from what was sent by so many dB, in
// its level or in its shape. What is rounded away is no difference, and neither
// is anything in silence.
func (s *Sender) moved(byLevel, byShape float64) bool {
	now := s.analyzer.Level()
	if max(now, s.sent.Level) <= silent {
		return false
	}
	if math.Abs(now-s.sent.Level) >= byLevel {
		return true
	}
	if s.cfg.LevelOnly {
		return false
	}
	r := s.analyzer.spectrum()
	_, least := durbin(&r)
	return 10*math.Log10(s.filter.residue(&r)/least) >= byShape
}

// describe makes the description of the noise the one that was sent last.
func (s *Sender) describe() Description {
	s.sent = s.analyzer.Noise()
	if s.cfg.LevelOnly {
		s.sent = Description{Level: s.sent.Level}
	}
	s.sent = s.sent.Rounded()
	k := s.sent.tamed()
	s.filter, _ = direct(&k)
	s.since, s.look, s.sending = 0, s.samples(haste), true
	return s.sent
}

func (s *Sender) samples(d time.Duration) int {
	return int(int64(d) * int64(s.cfg.Rate) / int64(time.Second))
}
