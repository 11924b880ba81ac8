package vad

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"time"
)

// Step is how much sound is judged at a time.
const Step = 10 * time.Millisecond

// ErrConfig reports a Config that can't be used.
var ErrConfig = errors.New("unusable vad config")

const (
	// window is the number of steps among which voiced ones are sought before
	// speech starts.
	window = 10
	// renew is how many of the last three steps must be voiced to count on as
	// speech, so that a stray one does not hold up its end.
	renew = 2
	// keyed is how many voiced steps speech takes that sounds like a key: the
	// detector of keys has told of one within 40 ms.
	keyed = 6
	// overlap is in how many of the next steps the newest sound is: in the one
	// in progress, and in the frame of the one behind it.
	overlap = 2
)

// Config sets how a Detector decides. Zero durations have defaults.
type Config struct {
	// Rate is the samples per second: 8000, 16000, 24000 or 48000. Whatever the
	// rate, the telephone band alone, up to 3.4 kHz, is judged.
	Rate int
	// Onset is the voiced time needed, within the last 100 ms, before speech
	// starts; 60 ms where it may be a key. From 10 to 100 ms; default 30 ms.
	Onset time.Duration
	// Hangover is how long after its last voiced step speech ends. Default
	// 90 ms.
	Hangover time.Duration
	// Threshold is the level in dBFS below which no step is voiced, however
	// quiet the line. Default -50; it must be below zero.
	Threshold float64
	// Far is how many dB below the loudest of the caller's voice another voice
	// is taken for somebody's in the background and is not speech, unless it is
	// the only one for 4 s. Default 15; infinite turns this off.
	Far float64
}

// Result tells what a Push has changed. All times are media time, counted from
// the first sample pushed.
type Result struct {
	// Speech is whether somebody speaks at Now.
	Speech bool
	// Started and Ended tell that speech began or ended during this Push; both
	// may be true. If Speech is true, the start came last.
	Started, Ended bool
	// Onset is where the spurt began whose start this Push found; valid with
	// Started. It lies up to 100 ms before the moment in which it was found.
	Onset time.Duration
	// LastVoice is the end of the last voiced step of the current spurt, or of
	// the last one; zero before the first.
	LastVoice time.Duration
	// Now is the end of all sound pushed so far.
	Now time.Duration
}

// Detector judges one stream of sound. It is owned by one goroutine at a time.
type Detector struct {
	rate     int
	onset    int // voiced steps of the window
	hangover int // steps
	ear      ear
	judge    judge

	samples  int64 // pushed so far
	steps    int64 // judged so far
	history  uint  // the last steps, bit 0 the newest; 1 is voiced
	keys     uint  // those of them that may be of a key
	last     int64 // steps up to the end of the last voiced one
	speaking bool
	deaf     int // steps that still hold what is to be disregarded
}

// New returns a Detector at the start of a stream, or an error that wraps
// ErrConfig.
func New(cfg Config) (*Detector, error) {
	if cfg.Onset == 0 {
		cfg.Onset = 30 * time.Millisecond
	}
	if cfg.Hangover == 0 {
		cfg.Hangover = 90 * time.Millisecond
	}
	if cfg.Threshold == 0 {
		cfg.Threshold = -50
	}
	if cfg.Far == 0 {
		cfg.Far = 15
	}
	switch {
	case cfg.Rate != 8000 && cfg.Rate != 16000 && cfg.Rate != 24000 && cfg.Rate != 48000:
		return nil, fmt.Errorf("%w: %d samples per second, want 8000, 16000, 24000 or 48000", ErrConfig, cfg.Rate)
	case cfg.Onset < Step || cfg.Onset > window*Step:
		return nil, fmt.Errorf("%w: onset %v, want 10 to 100 ms", ErrConfig, cfg.Onset)
	case cfg.Hangover < Step:
		return nil, fmt.Errorf("%w: hangover %v, want 10 ms at least", ErrConfig, cfg.Hangover)
	case !(cfg.Threshold < 0):
		return nil, fmt.Errorf("%w: threshold %v dBFS, want less than 0", ErrConfig, cfg.Threshold)
	case !(cfg.Far > 0):
		return nil, fmt.Errorf("%w: a far voice %v dB below a near one, want more than 0", ErrConfig, cfg.Far)
	}
	return &Detector{
		rate:     cfg.Rate,
		onset:    int((cfg.Onset + Step - 1) / Step),
		hangover: int((cfg.Hangover + Step - 1) / Step),
		ear:      newEar(cfg.Rate, &shared().fourier),
		judge:    newJudge(cfg, shared()),
	}, nil
}

// Push judges the next samples, as many or few as there are.
func (d *Detector) Push(pcm []int16) Result {
	var res Result
	d.samples += int64(len(pcm))
	for len(pcm) > 0 {
		n, full := d.ear.hear(pcm)
		pcm = pcm[n:]
		if full {
			d.step(&res)
		}
	}
	res.Speech = d.speaking
	res.LastVoice = time.Duration(d.last) * Step
	rate := int64(d.rate)
	res.Now = time.Duration(d.samples/rate)*time.Second + time.Duration(d.samples%rate*int64(time.Second)/rate)
	return res
}

// Disregard takes back what the newest sound, of the given length, has told: it
// was no speech. Speech that began in it ends with the next steps.
func (d *Detector) Disregard(length time.Duration) {
	steps := int64((length + Step - 1) / Step)
	d.history &^= 1<<min(steps, window) - 1
	d.last = min(d.last, max(0, d.steps-steps))
	d.deaf = overlap
}

// Level returns the level of the last step in dBFS, above 180 Hz. The RMS of a
// full-scale square wave is 0 dBFS; silence is -96.
func (d *Detector) Level() float64 { return decibels(d.ear.power) }

// Score returns the score of the last step: the logarithm of the odds that
// somebody speaks, from -12 on. Speech begins and ends by it, by the level, and
// by what was before.
func (d *Detector) Score() float32 { return d.judge.score }

// Evidence returns what the last step's score was computed from, for training;
// it is false where the step held no sound.
func (d *Detector) Evidence() (Evidence, bool) {
	return d.judge.witness.all, d.judge.witness.rests == 0
}

// Floor returns the level of the noise on the line in dBFS, measured as Level
// is: what comfort noise should sound like.
func (d *Detector) Floor() float64 { return decibels(d.judge.floors.noise[all]) }

// Bands is how many bands Noise tells of.
const Bands = bands

// Band is the noise of the line between two frequencies in hertz: its mean
// square, as a part of full scale.
type Band struct{ Low, High, Power float64 }

// Noise returns the noise of the line in each band, from 160 to 3400 Hz: what
// comfort noise should be coloured like.
func (d *Detector) Noise() (noise [Bands]Band) {
	const bin = float64(base) / frame
	edges := &shared().fourier.edges
	for i := range noise {
		// A band reaches from the middle between two bins to another.
		noise[i] = Band{(float64(edges[i]) - 0.5) * bin, (float64(edges[i+1]) - 0.5) * bin, float64(d.judge.floors.noise[i])}
	}
	return noise
}

// step judges the step that the ear has just completed.
func (d *Detector) step(res *Result) {
	d.steps++
	voiced, near := d.judge.step(&d.ear, d.speaking)
	if d.deaf > 0 {
		d.deaf--
		voiced, near = false, false
	}
	d.history, d.keys = d.history<<1, d.keys<<1
	if voiced {
		d.history |= 1
		if !d.speaking && d.ear.key() {
			d.keys |= 1
		}
	}
	if d.speaking {
		if near && ones(d.history, 3) >= renew {
			d.last = d.steps
		}
		if d.steps-d.last >= int64(d.hangover) {
			d.speaking = false
			d.history = 0
			res.Ended = true
		}
		return
	}
	if near && d.begun() {
		d.speaking = true
		d.last = d.steps
		res.Started = true
		res.Onset = time.Duration(d.steps-d.age()) * Step
	}
}

// begun says whether there were enough voiced steps for speech. Those that may
// be of a key do not count until they are more than that takes to be found.
func (d *Detector) begun() bool {
	return ones(d.history&^d.keys, window) >= d.onset || ones(d.history, window) >= max(d.onset, keyed)
}

// age returns how many steps ago the oldest voiced step of the window began.
func (d *Detector) age() int64 {
	for i := window - 1; i > 0; i-- {
		if d.history>>i&1 == 1 {
			return int64(i + 1)
		}
	}
	return 1
}

// ones counts the voiced steps among the last n.
func ones(history uint, n int) int { return bits.OnesCount(history & (1<<n - 1)) }

// decibels converts a mean square of samples from -1 to 1, down to -96.
func decibels(power float32) float64 {
	return 10 * math.Log10(max(float64(power), 2.5e-10))
}
