package conceal_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/talkpath/talkpath/media/conceal"
	"github.com/talkpath/talkpath/media/noise"
)

// anySound draws a sound of n samples of one of the kinds that lines carry or
// that go wrong easily.
func anySound(t *rapid.T, label string, n, rate int) []int16 {
	amplitude := rapid.Float64Range(0, 32767).Draw(t, label+" amplitude")
	hertz := rapid.Float64Range(20, 3400).Draw(t, label+" frequency")
	rnd := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, label+" seed"), 1))
	kinds := map[string]func(at float64) float64{
		"silence":  func(float64) float64 { return 0 },
		"constant": func(float64) float64 { return 1 },
		"tone":     func(at float64) float64 { return math.Sin(2 * math.Pi * hertz * at) },
		"square":   func(at float64) float64 { return math.Copysign(1, math.Sin(2*math.Pi*hertz*at)) },
		"noise":    func(float64) float64 { return 2*rnd.Float64() - 1 },
		"ramp":     func(at float64) float64 { return math.Mod(at*20, 2) - 1 },
		"voice and hum": func(at float64) float64 {
			return 0.5*math.Sin(2*math.Pi*50*at) + 0.5*math.Mod(at*hertz/10, 1)
		},
	}
	names := []string{"silence", "constant", "tone", "square", "noise", "ramp", "voice and hum"}
	kind := kinds[rapid.SampledFrom(names).Draw(t, label)]
	pcm := make([]int16, n)
	for i := range pcm {
		pcm[i] = int16(amplitude * kind(float64(i)/float64(rate)))
	}
	return pcm
}

// gap is a gap in any sound.
type gap struct {
	rate          int
	heard, behind []int16
	length        int
	bridged       bool
	level         float64
}

func anyGap(t *rapid.T) gap {
	rate := rapid.SampledFrom(rates).Draw(t, "rate")
	most := rate / 1000
	g := gap{
		rate:    rate,
		length:  rapid.IntRange(1, 150*most).Draw(t, "length"),
		bridged: rapid.Bool().Draw(t, "bridged"),
		level:   rapid.Float64Range(-96, -40).Draw(t, "noise"),
	}
	g.heard = anySound(t, "heard", rapid.IntRange(0, 60*most).Draw(t, "heard length"), rate)
	g.behind = anySound(t, "behind", rapid.IntRange(1, 60*most).Draw(t, "behind length"), rate)
	return g
}

// fill returns what is heard of the gap and behind it, made in blocks.
func (g gap) fill(block func(left int) int) []int16 {
	n := noise.New(g.rate)
	n.SetLevel(g.level)
	c := conceal.New(g.rate, n)
	for rest := g.heard; len(rest) > 0; {
		k := block(len(rest))
		c.Played(rest[:k])
		rest = rest[k:]
	}
	out := append(make([]int16, g.length), g.behind...)
	if g.bridged {
		c.Bridge(g.length, g.behind)
	}
	for rest := out[:g.length]; len(rest) > 0; {
		k := block(len(rest))
		c.Conceal(rest[:k])
		rest = rest[k:]
	}
	c.Join(out[g.length:])
	return out
}

func whole(left int) int { return left }

func TestTheWayItIsCutChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := anyGap(t)
		rnd := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "cuts"), 2))
		cut := g.fill(func(left int) int { return 1 + rnd.IntN(min(left, 1+rnd.IntN(400))) })
		if !slices.Equal(g.fill(whole), cut) {
			t.Fatal("blocks of other sizes make another sound")
		}
	})
}

func TestNothingIsLouderThanWhatWasHeardAndTheNoise(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := anyGap(t)
		limit := math.Sqrt(12)*32768*math.Pow(10, g.level/20) + 1 // no noise is above its peak
		for _, s := range slices.Concat(g.heard, g.behind) {
			limit = max(limit, math.Abs(float64(s))+math.Sqrt(12)*32768*math.Pow(10, g.level/20)+1)
		}
		for i, s := range g.fill(whole) {
			if math.Abs(float64(s)) > limit {
				t.Fatalf("sample %d is %d, want %.0f at most", i, s, limit)
			}
		}
	})
}

// A join has no step that is much steeper than those about it: twice, and a
// cross-fade's own slope from one end of the range to the other in a
// millisecond or two.
func TestNoJoinClicks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := anyGap(t)
		out := g.fill(whole)
		if len(g.heard) > g.rate/50 { // enough to go on from
			from := g.heard[len(g.heard)-1]
			limit := 2*steepest(g.heard[len(g.heard)-g.rate/50:]) + 400
			if got := step(from, out[0]); got > limit && g.length > g.rate/100 {
				t.Errorf("a step of %d into the gap, want %d at most", got, limit)
			}
		}
		if len(g.behind) < g.rate/100 || g.length < g.rate/100 {
			return // no room for a smooth way
		}
		limit := 2*max(steepest(g.behind), steepest(out[:g.length])) + 400
		if got := step(out[g.length-1], out[g.length]); got > limit {
			t.Errorf("a step of %d out of the gap, want %d at most", got, limit)
		}
	})
}

// Any bytes for sound, lengths and cuts.
func FuzzConceal(f *testing.F) {
	f.Add([]byte("some bytes that are taken for sound, and more of them"), uint16(160), uint8(1))
	f.Add(make([]byte, 1000), uint16(1), uint8(0))
	f.Fuzz(func(t *testing.T, data []byte, length uint16, how uint8) {
		pcm := make([]int16, len(data)/2)
		for i := range pcm {
			pcm[i] = int16(uint16(data[2*i]) | uint16(data[2*i+1])<<8)
		}
		half := len(pcm) / 2
		g := gap{
			rate: rates[int(how)%len(rates)], heard: pcm[:half], behind: pcm[half:],
			length: int(length%5000) + 1, bridged: how&64 != 0, level: -50,
		}
		one := g.fill(whole)
		if !slices.Equal(one, g.fill(func(left int) int { return min(left, 1+int(how)) })) {
			t.Error("blocks of other sizes make another sound")
		}
	})
}
