package concealbench

import (
	"math"
	"slices"
)

// The spectral error looks at bands of 250 Hz from 250 to 3500 Hz in a window
// of 32 ms about a lost frame.
const (
	window   = 256
	bandBins = 8
	firstBin = bandBins
	bands    = 13
	// faint is the level below which a frame or a piece is no speech.
	faint = -50
	// weakest is the level of a band below which it counts as that.
	weakest = -75
	// joinPiece is the sound on one side of a join, 5 ms.
	joinPiece = rate / 200
)

// spectrum measures the levels of bands.
type spectrum struct {
	cos, sin [bands * bandBins][window]float64
}

func newSpectrum() *spectrum {
	s := new(spectrum)
	for k := range s.cos {
		for i := range window {
			w := 1 - math.Cos(2*math.Pi*(float64(i)+0.5)/window)
			phase := 2 * math.Pi * float64((firstBin+k)*i) / window
			s.cos[k][i], s.sin[k][i] = w*math.Cos(phase), w*math.Sin(phase)
		}
	}
	return s
}

// levels returns the levels of the bands of a window of sound in dBFS.
func (s *spectrum) levels(pcm []int16) (out [bands]float64) {
	for b := range out {
		power := 0.0
		for k := b * bandBins; k < (b+1)*bandBins; k++ {
			re, im := 0.0, 0.0
			for i, x := range pcm[:window] {
				re += float64(x) * s.cos[k][i]
				im += float64(x) * s.sin[k][i]
			}
			power += re*re + im*im
		}
		// A band that holds a whole sine of power 1 has (window/2)^2 * 2 * 1.5.
		out[b] = max(weakest, decibels(power/(window*window)*4/3/(1<<30)))
	}
	return out
}

// wrong returns the RMS difference in dB between the bands of two sounds, over
// the lost frames in which the first is no silence.
func (s *spectrum) wrong(whole, made []int16, lost []bool) mean {
	var m mean
	for i, gone := range lost {
		at := i*frame + frame/2 - window/2
		if !gone || at < 0 || at+window > len(whole) || level(whole[i*frame:(i+1)*frame]) < faint {
			continue
		}
		a, b := s.levels(whole[at:]), s.levels(made[at:])
		sum := 0.0
		for k := range a {
			sum += (a[k] - b[k]) * (a[k] - b[k])
		}
		m.add(math.Sqrt(sum / bands))
	}
	return m
}

// steps returns, for each join of a gap that lies in speech, how much more or
// less the level changes from 5 ms before to 5 ms behind it than it does in the
// undamaged sound.
func steps(sent, heard []int16, lost []bool) (out []float64) {
	join := func(at int) {
		if at < joinPiece || at+joinPiece > len(sent) {
			return
		}
		before, behind := level(sent[at-joinPiece:at]), level(sent[at:at+joinPiece])
		if min(before, behind) < faint {
			return
		}
		change := level(heard[at:at+joinPiece]) - level(heard[at-joinPiece:at])
		out = append(out, math.Abs(change-(behind-before)))
	}
	gaps(lost, func(from, to int) {
		join(from * frame)
		join(to * frame)
	})
	return out
}

// mean is the mean of what is added.
type mean struct {
	sum float64
	n   int
}

func (m *mean) add(x float64) {
	if !math.IsNaN(x) {
		m.sum += x
		m.n++
	}
}

func (m *mean) join(o mean) { m.sum, m.n = m.sum+o.sum, m.n+o.n }

// value is NaN of nothing.
func (m mean) value() float64 { return m.sum / float64(m.n) }

// quantile returns the value that a part of all is at or below.
func quantile(values []float64, part float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(values))
	return sorted[int(part*float64(len(sorted)-1)+0.5)]
}

// level returns the RMS of pcm in dBFS, -100 at the least.
func level(pcm []int16) float64 {
	sum := 0.0
	for _, s := range pcm {
		sum += float64(s) * float64(s)
	}
	return decibels(sum / float64(max(len(pcm), 1)) / (1 << 30))
}

func decibels(power float64) float64 { return 10 * math.Log10(max(power, 1e-10)) }
