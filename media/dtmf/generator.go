package dtmf

import (
	"fmt"
	"math"
	"time"
)

// fadeTime is how long tones take to rise and to fall, so that they don't
// click.
const fadeTime = 2 * time.Millisecond

// Config sets how a Generator sounds. The zero values have defaults.
type Config struct {
	// Rate is the samples per second, 8000 or more.
	Rate int
	// Level is the low tone's amplitude in decibels of full scale, from -60 to
	// -6. Default -12.
	Level float64
	// Twist is how much stronger than the low tone the high one is, in
	// decibels, from -12 to 12; the sum of both may not pass full scale.
	Twist float64
}

// Generator makes the tones of keys, one after another.
type Generator struct {
	rate      int
	low, high float64 // amplitudes
	fade      int     // samples of a rise

	tone [2]struct{ twice, last, before float64 }
	at   int // samples of the key that were made
	end  int // its length
}

// NewGenerator returns a Generator that is silent until Press. Its error wraps
// ErrConfig.
func NewGenerator(cfg Config) (*Generator, error) {
	if cfg.Level == 0 {
		cfg.Level = -12
	}
	low := math.Pow(10, cfg.Level/20)
	high := low * math.Pow(10, cfg.Twist/20)
	switch {
	case cfg.Rate < 8000 || cfg.Rate > 192000:
		return nil, fmt.Errorf("%w: %d samples per second, want 8000 or more", ErrConfig, cfg.Rate)
	case !(cfg.Level >= -60 && cfg.Level <= -6) || !(math.Abs(cfg.Twist) <= 12):
		return nil, fmt.Errorf("%w: level %v dB and twist %v dB, want -60 to -6 and -12 to 12", ErrConfig, cfg.Level, cfg.Twist)
	case low+high > 1.01:
		return nil, fmt.Errorf("%w: level %v dB with a twist of %v dB passes full scale", ErrConfig, cfg.Level, cfg.Twist)
	}
	const loudest = math.MaxInt16
	return &Generator{
		rate: cfg.Rate, low: loudest * low, high: loudest * high,
		fade: int(fadeTime * time.Duration(cfg.Rate) / time.Second),
	}, nil
}

// Press begins the tones of a key, which last for held. They take the place of
// what sounds. The error is ErrKey where there is no such key.
func (g *Generator) Press(key byte, held time.Duration) error {
	row, column, ok := pairOf(key)
	if !ok {
		return fmt.Errorf("%w: %q", ErrKey, key)
	}
	all := hertz()
	for i, tone := range [...]int{row, column} {
		turn := 2 * math.Pi * all[tone] / float64(g.rate)
		t := &g.tone[i]
		t.twice, t.last, t.before = 2*math.Cos(turn), math.Sin(-turn), math.Sin(-2*turn)
	}
	whole, part := held/time.Second, held%time.Second
	g.at, g.end = 0, max(0, int(whole)*g.rate+int(part)*g.rate/int(time.Second))
	return nil
}

// Fill writes the next len(dst) samples: of the key, and then silence. It
// returns how many of them are the key's.
func (g *Generator) Fill(dst []int16) (sounding int) {
	sounding = min(len(dst), g.end-g.at)
	for i := range dst[:sounding] {
		gain := 1.0
		if edge := min(g.at+1, g.end-g.at); edge <= g.fade {
			gain = (1 - math.Cos(math.Pi*float64(edge)/float64(g.fade+1))) / 2
		}
		g.at++
		dst[i] = int16(math.Round(gain * max(-math.MaxInt16, min(math.MaxInt16, g.low*g.next(0)+g.high*g.next(1)))))
	}
	clear(dst[sounding:])
	return sounding
}

// next returns the next sample of one of the tones, from -1 to 1.
func (g *Generator) next(tone int) float64 {
	t := &g.tone[tone]
	t.last, t.before = t.twice*t.last-t.before, t.last
	return t.last
}
