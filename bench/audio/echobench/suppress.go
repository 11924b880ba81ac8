package echobench

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/talkpath/talkpath/bench/audio/lab"
	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/media/denoise"
)

// strength is libwebrtc's level "high".
const strength = 2

// anchor is libwebrtc's noise suppression, as a program.
type anchor struct{ program string }

func buildAnchor(ctx context.Context, l *lab.Lab) (anchor, error) {
	program, err := l.BuildC(ctx, "echobench/anchor/ns.cpp", "-DWEBRTC_AUDIO_PROCESSING_ONLY_BUILD", "-DWEBRTC_POSIX",
		"-I/usr/include/webrtc_audio_processing", "-lwebrtc_audio_processing", "-lstdc++")
	return anchor{program}, err
}

// suppress returns what the program makes of pcm, and the time of the processor
// that each step of 10 ms took in µs.
func (a anchor) suppress(ctx context.Context, pcm []int16, rate int) ([]int16, float64, error) {
	written, told, err := lab.Run(ctx, pcm, a.program, strconv.Itoa(rate), strconv.Itoa(strength))
	if err != nil {
		return nil, 0, err
	}
	spent, err := strconv.Atoi(strings.TrimSpace(told))
	if err != nil {
		return nil, 0, fmt.Errorf("libwebrtc's noise suppression: %w", err)
	}
	out := lab.Samples(written)
	return out[:min(len(out), len(pcm))], float64(spent) / 1000, nil
}

// ours returns what our suppressor makes of pcm, and the time of the processor
// for each step in µs.
func ours(pcm []int16, rate int) (out []int16, spent float64, err error) {
	s, err := denoise.New(rate)
	if err != nil {
		return nil, 0, err
	}
	out = make([]int16, 0, len(pcm))
	spent = lab.Spent(len(pcm)/(rate/100), func() { out = s.Suppress(out, pcm) })
	return out, spent, nil
}

// longestLag is how far behind its input a suppressor's sound is looked for.
const longestLag = 30 * time.Millisecond

// behind returns by how many samples of follows, as correlation tells.
func behind(of, ref []int16, rate int) int {
	best, most := 0, math.Inf(-1)
	for lag := range media.PCMSamples(longestLag, rate) {
		sum := 0.0
		for i := lag; i < min(len(of), len(ref)+lag); i++ {
			sum += float64(of[i]) * float64(ref[i-lag])
		}
		if sum > most {
			best, most = lag, sum
		}
	}
	return best
}

// moved returns of from a sample on, with silence up to a length.
func moved(of []int16, from, length int) []int16 {
	out := make([]int16, length)
	copy(out, of[min(from, len(of)):])
	return out
}

// segmental returns the mean ratio of speech to what deg has beside it, over
// frames of 20 ms in which somebody speaks, each held to -10 to 35 dB.
func segmental(ref, deg []int16, speech []bool, rate int) float64 {
	n := rate / 50
	sum, count := 0.0, 0
	for at := 0; at+n <= min(len(ref), len(deg)); at += n {
		if i := at / (n / 2); i+1 >= len(speech) || !speech[i] || !speech[i+1] {
			continue
		}
		signal, noise := 0.0, 0.0
		for i := at; i < at+n; i++ {
			d := float64(deg[i]) - float64(ref[i])
			signal += float64(ref[i]) * float64(ref[i])
			noise += d * d
		}
		sum += max(-10, min(35, 10*math.Log10((signal+1e-9)/(noise+1e-9))))
		count++
	}
	return sum / float64(max(count, 1))
}

// pauses returns how many decibels quieter after is than before where nobody
// speaks.
func pauses(before, after []int16, speech []bool, rate int) float64 {
	n := rate / 100
	from, to := 0.0, 0.0
	for i, s := range speech {
		if s || (i+1)*n > min(len(before), len(after)) {
			continue
		}
		for j := i * n; j < (i+1)*n; j++ {
			from += float64(before[j]) * float64(before[j])
			to += float64(after[j]) * float64(after[j])
		}
	}
	return 10 * math.Log10((from+1e-9)/(to+1e-9))
}
