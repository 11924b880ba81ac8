package dtmf_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/zaf/g711"

	"github.com/talkpath/talkpath/media/dtmf"
)

const ms = time.Millisecond

// press is a key as a test line carries it.
type press struct {
	key        byte
	held       time.Duration
	level      float64    // of the low tone, its amplitude in dB of full scale
	twist      float64    // of the high tone over the low one, in dB
	off        [2]float64 // of both frequencies, as a part of them
	gap        time.Duration
	noise      float64 // below the key's power, in dB; none where zero
	breakAt    time.Duration
	breakFor   time.Duration
	distortion float64 // of the low tone's second harmonic below it, in dB; none where zero
}

func samples(d time.Duration, rate int) int { return int(d.Seconds()*float64(rate) + 0.5) }

// line is sound from -1 to 1 that grows.
type line struct {
	rate int
	x    []float64
	rng  *rand.Rand
}

func newLine(rate int, seed uint64) *line {
	return &line{rate: rate, rng: rand.New(rand.NewPCG(seed, 7))}
}

func (l *line) silence(d time.Duration) { l.x = append(l.x, make([]float64, samples(d, l.rate))...) }

// add adds a press that is begun at random within 20 ms, with silence, or noise,
// around. It returns where its tones began.
func (l *line) add(p press) (began int) {
	i := strings.IndexByte(dtmf.Keys, p.key)
	low := [...]float64{697, 770, 852, 941}[i/4] * (1 + p.off[0])
	high := [...]float64{1209, 1336, 1477, 1633}[i%4] * (1 + p.off[1])
	from := len(l.x)
	l.silence(100 * ms)
	l.x = append(l.x, make([]float64, l.rng.IntN(l.rate/50))...)
	began = len(l.x)
	a := math.Pow(10, p.level/20)
	b := a * math.Pow(10, p.twist/20)
	one, two, three := l.rng.Float64()*7, l.rng.Float64()*7, l.rng.Float64()*7
	var harmonic float64
	if p.distortion != 0 {
		harmonic = a * math.Pow(10, p.distortion/20)
	}
	n := samples(p.held, l.rate)
	for i := range n {
		at := 2 * math.Pi * float64(i) / float64(l.rate)
		if s := time.Duration(i) * time.Second / time.Duration(l.rate); p.breakFor > 0 && s >= p.breakAt && s < p.breakAt+p.breakFor {
			l.x = append(l.x, 0)
			continue
		}
		l.x = append(l.x, a*math.Sin(low*at+one)+b*math.Sin(high*at+two)+harmonic*math.Sin(2*low*at+three))
	}
	l.silence(max(p.gap, 1*ms))
	if p.noise != 0 {
		sigma := math.Sqrt((a*a + b*b) / 2 * math.Pow(10, -p.noise/10))
		for i := from; i < len(l.x); i++ {
			l.x[i] += sigma * l.rng.NormFloat64()
		}
	}
	return began
}

// pcm returns the line's sound through mu-law, as a telephone gives it.
func (l *line) pcm() []int16 {
	out := make([]int16, len(l.x))
	for i, x := range l.x {
		out[i] = g711.DecodeUlawFrame(g711.EncodeUlawFrame(int16(math.Round(32767 * max(-1, min(1, x))))))
	}
	return out
}

func newDetector(t testing.TB, rate int) *dtmf.Detector {
	t.Helper()
	d, err := dtmf.New(rate)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// told is an event, and how much had been pushed when it was told.
type told struct {
	dtmf.Event
	found int
}

// detect pushes pcm in blocks of n samples.
func detect(d *dtmf.Detector, pcm []int16, n int) (all []told) {
	for at := 0; at < len(pcm); at += n {
		end := min(at+n, len(pcm))
		for _, ev := range d.Push(nil, pcm[at:end]) {
			all = append(all, told{ev, end})
		}
	}
	return all
}

// keysOf returns the keys that went down.
func keysOf(all []told) string {
	var keys []byte
	for _, ev := range all {
		if ev.Down {
			keys = append(keys, ev.Key)
		}
	}
	return string(keys)
}

// rounds is how often each key is pressed for one point of a sweep.
const rounds = 12

// hits presses every key, each on a line of its own, and returns which part of
// them was found, exactly once and as themselves, and which part was found as
// anything.
func hits(t testing.TB, rate int, p press) (right, any float64) {
	t.Helper()
	if p.level == 0 {
		p.level = -16
	}
	if p.held == 0 {
		p.held = 50 * ms
	}
	if p.gap == 0 {
		p.gap = 100 * ms
	}
	for i := range rounds * len(dtmf.Keys) {
		l := newLine(rate, uint64(i))
		p.key = dtmf.Keys[i%len(dtmf.Keys)]
		l.add(p)
		keys := keysOf(detect(newDetector(t, rate), l.pcm(), rate/50))
		if keys == string(p.key) {
			right++
		}
		if keys != "" {
			any++
		}
	}
	n := float64(rounds * len(dtmf.Keys))
	return right / n, any / n
}

// percent shows a part.
func percent(part float64) string { return fmt.Sprintf("%.1f %%", 100*part) }

func newGenerator(t testing.TB, cfg dtmf.Config) *dtmf.Generator {
	t.Helper()
	g, err := dtmf.NewGenerator(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// key adds a generator's key and the pause behind it.
func (l *line) key(t testing.TB, g *dtmf.Generator, key byte, held, gap time.Duration) {
	t.Helper()
	if err := g.Press(key, held); err != nil {
		t.Fatal(err)
	}
	pcm := make([]int16, samples(held+gap, l.rate))
	g.Fill(pcm)
	for _, s := range pcm {
		l.x = append(l.x, float64(s)/32768)
	}
}

// white adds noise of a level in dB of a full-scale square wave to all there is.
func (l *line) white(level float64) {
	for i := range l.x {
		l.x[i] += math.Pow(10, level/20) * l.rng.NormFloat64()
	}
}

// buzz adds a voice-like sound: all harmonics of a pitch.
func (l *line) buzz(d time.Duration, pitch, peak float64) {
	for i := range samples(d, l.rate) {
		var x float64
		for h := 1.0; h*pitch < 3400; h++ {
			x += math.Sin(2*math.Pi*h*pitch*float64(i)/float64(l.rate)) / h
		}
		l.x = append(l.x, peak*x/2)
	}
}
