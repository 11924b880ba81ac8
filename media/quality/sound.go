package quality

import (
	"math"
	"time"

	"github.com/talkpath/talkpath/media"
)

const (
	// levels is the number of steps of 1 dB in which levels are counted.
	levels = 96
	// fullScale is the least magnitude that counts as full scale: the largest of
	// G.711 mu-law, which that of A-law and of linear PCM are a little above.
	fullScale = 32124
	// clippedRun is how many samples in a row at full scale are clipped; one or
	// two are the top of a wave.
	clippedRun = 3
	// loud is the level below which no step of 10 ms can hold a clippedRun:
	// three samples of 80 at full scale are at -14 dBFS by themselves, and 6 dB
	// are for what is below the measured band.
	loud = -20
	// longFrame is the sound beyond which the level of its last step says
	// nothing of the rest.
	longFrame = 25 * time.Millisecond
	// offsetEvery is how often the mean of a frame is taken.
	offsetEvery = 16
)

// Sound is what the caller's sound was like.
type Sound struct {
	Speech      time.Duration // in which the caller spoke
	SpeechLevel float64       // of that, dBFS; valid where Speech isn't zero
	Quiet       time.Duration // in which nobody spoke
	NoiseLevel  float64       // of that, the median, dBFS; valid where Quiet isn't zero
	Clipped     time.Duration // samples in runs at full scale
	Offset      float64       // the mean of all samples, as a part of full scale
}

// sound measures levels. The detector of voice has measured them already, step
// by step; samples themselves are looked at only where they may be clipped.
type sound struct {
	rate          int
	long          int // samples of longFrame
	speech, quiet [levels]uint32
	speaking      int64 // samples
	silent        int64
	clipped       int64
	run           int // samples at full scale in a row, up to now
	sum, summed   int64
	frames        uint
}

func (s *sound) init(rate int) {
	s.rate, s.long = rate, media.PCMSamples(longFrame, rate)
}

// heard takes sound whose last 10 ms have a level, in dBFS.
func (s *sound) heard(pcm []int16, level float64, speech bool) {
	i := min(max(int(-level), 0), levels-1)
	if speech {
		s.speech[i]++
		s.speaking += int64(len(pcm))
	} else {
		s.quiet[i]++
		s.silent += int64(len(pcm))
	}
	if level > loud || len(pcm) > s.long {
		s.clips(pcm)
	} else {
		s.run = 0
	}
	if s.frames++; s.frames%offsetEvery == 0 {
		s.offset(pcm)
	}
}

// clips counts samples in runs at full scale, however pcm is cut.
func (s *sound) clips(pcm []int16) {
	if s.run == 0 && !everyThird(pcm) {
		for i := len(pcm) - 1; i >= 0 && full(pcm[i]); i-- {
			s.run++
		}
		return
	}
	for _, v := range pcm {
		if !full(v) {
			s.run = 0
			continue
		}
		switch s.run++; {
		case s.run == clippedRun:
			s.clipped += clippedRun
		case s.run > clippedRun:
			s.clipped++
		}
	}
}

// everyThird reports whether one of every third samples is at full scale: each
// clippedRun has one of them.
func everyThird(pcm []int16) bool {
	for i := clippedRun - 1; i < len(pcm); i += clippedRun {
		if full(pcm[i]) {
			return true
		}
	}
	return false
}

func full(v int16) bool { return v >= fullScale || v <= -fullScale }

func (s *sound) offset(pcm []int16) {
	var sum int64
	for _, v := range pcm {
		sum += int64(v)
	}
	s.sum += sum
	s.summed += int64(len(pcm))
}

// measured returns what was heard.
func (s *sound) measured() (m Sound) {
	if s.rate == 0 {
		return m
	}
	m.Speech, m.SpeechLevel = media.PCMDuration(int(s.speaking), s.rate), mean(&s.speech)
	m.Quiet, m.NoiseLevel = media.PCMDuration(int(s.silent), s.rate), median(&s.quiet)
	m.Clipped = media.PCMDuration(int(s.clipped), s.rate)
	if s.summed > 0 {
		m.Offset = float64(s.sum) / float64(s.summed) / -math.MinInt16
	}
	return m
}

// mean returns the level of the mean power, in dBFS: the active speech level
// of ITU-T P.56, with the detector's idea of when speech is active.
func mean(counts *[levels]uint32) float64 {
	var power, n float64
	for i, c := range counts {
		if c > 0 {
			power += float64(c) * math.Pow(10, -(float64(i)+0.5)/10)
			n += float64(c)
		}
	}
	if n == 0 {
		return -levels
	}
	return 10 * math.Log10(power/n)
}

// median returns the level that half of the steps don't exceed, in dBFS.
func median(counts *[levels]uint32) float64 {
	var all, n uint64
	for _, c := range counts {
		all += uint64(c)
	}
	for i, c := range counts {
		if n += uint64(c); c > 0 && 2*n >= all {
			return -float64(i) - 0.5
		}
	}
	return -levels
}
