package concealbench

import (
	"context"
	"time"

	"github.com/talkpath/talkpath/bench/audio/corpus"
	"github.com/talkpath/talkpath/bench/audio/lab"
)

const (
	tailGap   = 10 // frames, 200 ms
	tailEvery = 50 // frames from one gap to the next
	// The tail is the gap from 80 ms on; where both sides are known, up to 80 ms
	// before its end.
	tailFrom, tailBack = 4, 4
	tailNoise          = -55 // dBFS
)

// tails returns how many dB the tail of a gap of 200 ms is from the line's
// noise, on the average, for ours of one side and of both, and for spandsp.
func tails(ctx context.Context, l *lab.Lab, refs references, h corpus.Half, length time.Duration) (out [3]float64, err error) {
	var sums [3]mean
	for _, voice := range l.Corpus.Voices(h) {
		speech, err := l.Corpus.Speech(voice, length, rate)
		if err != nil {
			return out, err
		}
		hum, err := l.Corpus.Noise("line", length, rate, l.Seed)
		if err != nil {
			return out, err
		}
		hum = corpus.Line(corpus.At(hum, tailNoise), rate)
		sent := corpus.Line(speech, rate)
		for i := range sent {
			sent[i] = add(sent[i], hum[i])
		}
		lost := make([]bool, len(sent)/frame)
		for i := range lost {
			lost[i] = i%tailEvery >= tailEvery-tailGap && i/tailEvery < len(lost)/tailEvery-1
		}
		noisy := func(fill func([]int16, []bool)) func(context.Context, []int16, []bool) (outcome, error) {
			return plain("", fill).conceal
		}
		for k, conceal := range []func(context.Context, []int16, []bool) (outcome, error){noisy(oneSide), noisy(bothSides), refs.spandsp} {
			o, err := conceal(ctx, sent, lost)
			if err != nil {
				return out, err
			}
			back := 0
			if k == 1 {
				back = tailBack
			}
			gaps(lost, func(from, to int) {
				sums[k].add(level(o.heard[(from+tailFrom)*frame:(to-back)*frame]) - level(hum))
			})
		}
	}
	for k := range out {
		out[k] = sums[k].value()
	}
	return out, nil
}

func add(a, b int16) int16 { return int16(max(-32768, min(32767, int(a)+int(b)))) }
