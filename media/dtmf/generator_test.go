package dtmf_test

import (
	"errors"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/talkpath/talkpath/media/dtmf"
)

func TestWhatTheGeneratorMakesTheDetectorHears(t *testing.T) {
	for _, rate := range []int{8000, 16000, 24000, 48000} {
		for _, cfg := range []dtmf.Config{
			{Rate: rate}, {Rate: rate, Level: -6}, {Rate: rate, Level: -35}, {Rate: rate, Level: -12, Twist: 4}, {Rate: rate, Level: -12, Twist: -8},
		} {
			g, l := newGenerator(t, cfg), newLine(rate, 1)
			for _, key := range []byte(dtmf.Keys) {
				l.key(t, g, key, 50*ms, 50*ms)
			}
			if got := keysOf(detect(newDetector(t, rate), l.pcm(), rate/50)); got != dtmf.Keys {
				t.Errorf("%+v: heard %q", cfg, got)
			}
		}
	}
}

func TestTonesHaveTheLevelAndTheLengthAskedFor(t *testing.T) {
	g := newGenerator(t, dtmf.Config{Rate: 8000, Level: -20, Twist: 3})
	if err := g.Press('5', time.Second); err != nil {
		t.Fatal(err)
	}
	pcm := make([]int16, 9000)
	if n := g.Fill(pcm); n != 8000 || slices.Max(pcm[8000:]) != 0 || slices.Min(pcm[8000:]) != 0 {
		t.Errorf("%d samples sound, want 8000", n)
	}
	for hertz, want := range map[float64]float64{770: -20, 1336: -17} {
		var re, im float64
		for i, s := range pcm[1000:5000] {
			re += float64(s) * math.Cos(2*math.Pi*hertz*float64(i)/8000)
			im += float64(s) * math.Sin(2*math.Pi*hertz*float64(i)/8000)
		}
		if got := 20 * math.Log10(math.Hypot(re, im)/2000/32767); math.Abs(got-want) > 0.1 {
			t.Errorf("%v Hz: amplitude %.2f dB, want %v", hertz, got, want)
		}
	}
}

func TestTonesRiseAndFallSoftly(t *testing.T) {
	g := newGenerator(t, dtmf.Config{Rate: 8000, Level: -6})
	for _, held := range []time.Duration{50 * ms, 3 * ms, ms, 0, -ms} {
		if err := g.Press('1', held); err != nil {
			t.Fatal(err)
		}
		pcm := make([]int16, 480)
		n := g.Fill(pcm)
		if n != max(0, samples(held, 8000)) {
			t.Errorf("%v: %d samples", held, n)
		}
		if n > 0 && (math.Abs(float64(pcm[0])) > 500 || math.Abs(float64(pcm[n-1])) > 700) {
			t.Errorf("%v: begins with %d and ends with %d", held, pcm[0], pcm[n-1])
		}
	}
}

func TestTheWayItIsCutChangesNoTone(t *testing.T) {
	fill := func(parts ...int) (all []int16) {
		g := newGenerator(t, dtmf.Config{Rate: 16000})
		if err := g.Press('#', 30*ms); err != nil {
			t.Fatal(err)
		}
		for _, n := range parts {
			part := make([]int16, n)
			g.Fill(part)
			all = append(all, part...)
		}
		return all
	}
	if !slices.Equal(fill(640), fill(1, 319, 0, 200, 120)) {
		t.Error("the sound differs")
	}
}

func TestWhatCantBeMadeIsRefused(t *testing.T) {
	for _, cfg := range []dtmf.Config{
		{},
		{Rate: 7999},
		{Rate: 1 << 20},
		{Rate: 8000, Level: -61},
		{Rate: 8000, Level: -5},
		{Rate: 8000, Level: math.NaN()},
		{Rate: 8000, Twist: 13},
		{Rate: 8000, Twist: math.NaN()},
		{Rate: 8000, Level: -6, Twist: 2},
	} {
		if _, err := dtmf.NewGenerator(cfg); !errors.Is(err, dtmf.ErrConfig) {
			t.Errorf("%+v: %v, want ErrConfig", cfg, err)
		}
	}
	g := newGenerator(t, dtmf.Config{Rate: 8000})
	for _, key := range []byte{0, ' ', 'E', 'a', 0xff} {
		if err := g.Press(key, time.Second); !errors.Is(err, dtmf.ErrKey) {
			t.Errorf("%q: %v, want ErrKey", key, err)
		}
	}
	if n := g.Fill(make([]int16, 100)); n != 0 {
		t.Errorf("%d samples sound after keys that were refused", n)
	}
}
