package main

import (
	"math"
	"math/rand/v2"

	"github.com/talkpath/talkpath/bench/audio/corpus"
)

// talker is speech by rule, unlike any voice of the test set: a pitch that
// glides, two formants or plain harmonics, some breath, and syllables.
func talker(r *rand.Rand, seconds int) corpus.Talk {
	n := seconds * rate
	t := corpus.Talk{PCM: make([]int16, n), Rate: rate, Speech: make([]bool, n/80), Level: -26}
	x := make([]float64, n)
	for at := int((0.3 + 2*r.Float64()) * rate); at < n; at += int((0.3 + 2.5*r.Float64()) * rate) {
		length := min(n-at, int((0.4+2*r.Float64())*rate))
		spurt(r, x[at:at+length])
		for i := at / 80; i < (at+length)/80; i++ {
			t.Speech[i] = true
		}
		at += length
	}
	var power float64
	var count int
	for i, v := range x {
		if t.Speech[min(i/80, len(t.Speech)-1)] {
			power += v * v
			count++
		}
	}
	gain := 32768 * math.Pow(10, t.Level/20) / math.Sqrt(power/float64(max(count, 1))+1e-12)
	for i, v := range x {
		t.PCM[i] = int16(max(-32768, min(32767, gain*v)))
	}
	return t
}

func spurt(r *rand.Rand, x []float64) {
	hertz, glide, turn := 80+200*r.Float64(), 0.3*r.Float64(), 0.3+2*r.Float64()
	speed, floor, breath := 2.5+3*r.Float64(), 0.4*r.Float64()*r.Float64(), 0.1*r.Float64()
	harmonics, shape := r.IntN(3) == 0, r.IntN(2)
	switch r.IntN(6) {
	case 0:
		vowel(r, x, hertz)
		return
	case 1, 2:
		hummed(r, x)
		return
	}
	var first, second resonator
	var phase float64
	spoken := -1.0
	for i := range x {
		t := float64(i) / rate
		phase += hertz * (1 + glide*math.Sin(2*math.Pi*turn*t)) / rate
		syllable := math.Floor(speed * t)
		if syllable != spoken {
			spoken = syllable
			first.set(300+500*r.Float64(), 60+60*r.Float64())
			second.set(900+1500*r.Float64(), 80+100*r.Float64())
		}
		open := floor + (1-floor)*math.Abs(math.Sin(math.Pi*(speed*t-syllable)*0.97+0.1))
		if shape == 1 {
			open *= open
		}
		noise := breath * r.NormFloat64()
		var v float64
		if harmonics {
			for h := 1.0; h < 14; h++ {
				v += math.Sin(2*math.Pi*phase*h) / h
			}
			v += 0.3 * noise
		} else {
			source := noise
			if math.Floor(phase) != math.Floor(phase-hertz/rate) {
				source++
			}
			a := first.next(source)
			v = a + second.next(a+source)
		}
		x[i] = open * v
	}
}

// vowel is a vowel held up to a second: few harmonics, and no change at all.
func vowel(r *rand.Rand, x []float64, hertz float64) {
	x = x[:min(len(x), rate)]
	second, third := float64(2+r.IntN(5)), float64(7+r.IntN(6))
	loud, soft := 0.3+0.7*r.Float64(), 0.1+0.4*r.Float64()
	turn := 2 * math.Pi * hertz / rate
	for i := range x {
		at := turn * float64(i)
		x[i] = 0.3 * (math.Sin(at) + loud*math.Sin(second*at) + soft*math.Sin(third*at))
	}
}

// hummed is one tone in syllables, as test callers have it.
func hummed(r *rand.Rand, x []float64) {
	turn := 2 * math.Pi * 350 * math.Pow(9, r.Float64()) / rate
	speed, floor, shape := 3+2*r.Float64(), 0.12*r.Float64(), 1+float64(r.IntN(2))
	for i := range x {
		open := floor + (1-floor)*math.Pow(math.Abs(math.Sin(math.Pi*speed*float64(i)/rate)), shape)
		x[i] = 0.4 * open * math.Sin(turn*float64(i))
	}
}

// resonator is one formant.
type resonator struct{ a, b, y1, y2 float64 }

func (q *resonator) set(hertz, width float64) {
	radius := math.Exp(-math.Pi * width / rate)
	q.a, q.b = 2*radius*math.Cos(2*math.Pi*hertz/rate), -radius*radius
}

func (q *resonator) next(x float64) float64 {
	y := x + q.a*q.y1 + q.b*q.y2
	q.y1, q.y2 = y, q.y1
	return y
}
