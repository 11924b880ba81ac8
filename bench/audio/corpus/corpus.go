// Package corpus reads the test sets that bench/audio/corpus.sh makes:
// synthetic speech of many voices, and noises. It joins them into talk with
// exact labels, mixes, and sends them over a telephone line. The same
// arguments give the same samples.
package corpus

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/talkpath/talkpath/codec/resample"
	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/media/wav"
)

// Half is one of the two halves into which voices and noises are split.
type Half uint8

const (
	// Tuning is the half that may be looked at while a stage is built.
	Tuning Half = iota + 1
	// HeldOut is the half that only reports see.
	HeldOut
)

// String returns the half's name in a report.
func (h Half) String() string {
	if h == HeldOut {
		return "held out"
	}
	return "tuning"
}

// ErrMissing reports a folder in which make bench-setup has made no corpus, or
// a voice or noise that isn't there.
var ErrMissing = errors.New("not in the test sets (make bench-setup makes them)")

// Corpus is the test sets in a folder. Its methods may run together.
type Corpus struct {
	dir string

	mu   sync.Mutex
	read map[string][]int16 // by file and rate
}

// Open returns the corpus in dir, or an error that wraps ErrMissing.
func Open(dir string) (*Corpus, error) {
	if _, err := os.Stat(filepath.Join(dir, "stamp")); err != nil {
		return nil, fmt.Errorf("%s: %w", dir, ErrMissing)
	}
	return &Corpus{dir: dir, read: map[string][]int16{}}, nil
}

// Voices returns the names of a half's voices: two of flite's and four of
// espeak-ng's each, women and men, three languages or more.
func (c *Corpus) Voices(h Half) []string {
	if h == HeldOut {
		return []string{"slt", "awb", "gb-m3", "es", "it-f4", "pt-m2"}
	}
	return []string{"kal16", "rms", "us", "us-f3", "de", "fr-f2"}
}

// Noises returns the kinds of a half's noises, without babble and crowd, which
// are speech themselves and belong to one half each.
func (c *Corpus) Noises(h Half) []string {
	if h == HeldOut {
		return []string{"pink", "organ", "taps", "street"}
	}
	return []string{"white", "music", "clicks", "fan"}
}

// Babble returns the kind of a half's babble of eight talkers.
func (c *Corpus) Babble(h Half) string {
	if h == HeldOut {
		return "crowd"
	}
	return "babble"
}

// Noise returns noise of a kind, one of Noises, Babble, "hum" (mains hum with
// its harmonics) or "line" (the soft noise of a telephone line), from a place
// in its minute that the seed picks. It is at -18 dBFS or below; Mix sets its
// level.
func (c *Corpus) Noise(kind string, length time.Duration, rate int, seed uint64) ([]int16, error) {
	all, err := c.file(filepath.Join("noises", kind+".wav"), rate)
	if err != nil {
		return nil, err
	}
	at := int(newDice(seed).below(uint64(len(all))))
	out := make([]int16, 0, media.PCMSamples(length, rate))
	for len(out) < cap(out) {
		out = append(out, all[at:min(len(all), at+cap(out)-len(out))]...)
		at = 0
	}
	return out, nil
}

// sentences returns the files of a voice in order.
func (c *Corpus) sentences(voice string) ([]string, error) {
	files, err := filepath.Glob(filepath.Join(c.dir, "voices", voice, "*.wav"))
	if err != nil || len(files) == 0 {
		return nil, fmt.Errorf("voice %q: %w", voice, ErrMissing)
	}
	slices.Sort(files)
	for i, f := range files {
		if files[i], err = filepath.Rel(c.dir, f); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// file returns a file's samples at rate; it keeps what it has read. Nobody may
// change them.
func (c *Corpus) file(name string, rate int) ([]int16, error) {
	key := fmt.Sprintf("%s at %d", name, rate)
	c.mu.Lock()
	pcm, known := c.read[key]
	c.mu.Unlock()
	if known {
		return pcm, nil
	}
	pcm, from, err := wav.ReadFile(filepath.Join(c.dir, name))
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w", name, ErrMissing)
	}
	if err != nil {
		return nil, err
	}
	if from != rate {
		r, err := resample.New(from, rate)
		if err != nil {
			return nil, err
		}
		pcm = r.Resample(nil, pcm)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.read[key] = pcm
	return pcm, nil
}

// dice are a small source of randomness whose numbers stay the same with every
// version of Go (Marsaglia's xorshift).
type dice struct{ state uint64 }

func newDice(seed uint64) *dice {
	d := &dice{state: (seed + 1) * 0x9e3779b97f4a7c15}
	if d.state == 0 {
		d.state = 1
	}
	for range 8 {
		d.next()
	}
	return d
}

func (d *dice) next() uint64 {
	d.state ^= d.state << 13
	d.state ^= d.state >> 7
	d.state ^= d.state << 17
	return d.state
}

// below returns a number from 0 to n-1.
func (d *dice) below(n uint64) uint64 { return d.next() >> 11 % n }
