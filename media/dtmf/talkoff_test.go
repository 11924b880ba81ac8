package dtmf_test

import (
	"fmt"
	"math"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/talkpath/talkpath/codec/resample"
	"github.com/talkpath/talkpath/media/wav"
)

// spoken are words with many vowels, which hold what is nearest to tones.
const spoken = `Seven, nine, eleven, twenty nine, one thousand and eighty eight. I would like to know how you are, and whether
you could call me back about the loan on Monday. A low moon, a new room, a whole year of rain. Hello, hello, who is there?
Oh no, we do not owe you any money. She sells sea shells. Eeny, meeny, miny, moe. You said zero, eight, zero, zero.`

// Synthetic voices, pitched over their whole range. They end in mu-law at 8000
// samples per second.
func TestSpeechIsNoKey(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var voices [][]string
	for i, voice := range []string{"en-us", "en-us+f3", "de", "it+f2", "es", "fr-fr"} {
		for pitch := 5 + i; pitch < 100; pitch += 60 {
			voices = append(voices, []string{"espeak-ng", "-v", voice, "-p", strconv.Itoa(pitch), "-s", strconv.Itoa(130 + pitch), "-w"})
		}
	}
	for _, voice := range []string{"kal", "awb", "rms", "slt"} {
		voices = append(voices, []string{"flite", "-voice", voice, "-t", spoken, "-o"})
	}
	var heard time.Duration
	for i, args := range voices {
		if _, err := exec.LookPath(args[0]); err != nil {
			t.Skipf("%s is not installed", args[0])
		}
		file := filepath.Join(dir, fmt.Sprint(i, ".wav"))
		args = append(args, file)
		if args[0] != "flite" {
			args = append(args, spoken)
		}
		if out, err := exec.CommandContext(t.Context(), args[0], args[1:]...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %v: %s", args, err, out)
		}
		pcm, rate, err := wav.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if rate != 8000 {
			down, err := resample.New(rate, 8000)
			if err != nil {
				t.Fatal(err)
			}
			pcm = down.Resample(nil, pcm)
		}
		l := newLine(8000, 1)
		for _, s := range pcm {
			l.x = append(l.x, float64(s)/32768)
		}
		heard += time.Duration(len(l.x)) * time.Second / 8000
		if all := detect(newDetector(t, 8000), l.pcm(), 160); len(all) > 0 {
			t.Errorf("%v: %s was heard", args, keysOf(all))
		}
	}
	t.Logf("%v of speech", heard)
}

// Voices of any steady pitch, with all their harmonics.
func TestABuzzOfAnyPitchIsNoKey(t *testing.T) {
	for pitch := 60.0; pitch < 900; pitch *= 1.005 {
		l := newLine(8000, 1)
		l.buzz(200*ms, pitch, 0.4)
		if all := detect(newDetector(t, 8000), l.pcm(), 160); len(all) > 0 {
			t.Errorf("%.1f Hz is taken for %s", pitch, keysOf(all))
		}
	}
}

// Chords of two to four notes of the tempered scale, as pipes and strings sound.
func TestMusicIsNoKey(t *testing.T) {
	t.Parallel()
	const chords = 800
	for name, fall := range map[string]float64{"pipes": 1, "strings": 1.3} {
		l := newLine(8000, 5)
		d := newDetector(t, 8000)
		for range chords {
			l.x = make([]float64, 2000)
			for range 2 + l.rng.IntN(3) {
				note := 220 * math.Pow(2, float64(l.rng.IntN(37))/12)
				for k := 1.0; k*note < 3500; k++ {
					a, phase := 0.15*math.Pow(k, -fall)*(0.6+0.4*l.rng.Float64()), 7*l.rng.Float64()
					for i := range l.x {
						l.x[i] += a * math.Sin(2*math.Pi*k*note*float64(i)/8000+phase)
					}
				}
			}
			if all := detect(d, l.pcm(), 160); len(all) > 0 {
				t.Errorf("%s: %s was heard", name, keysOf(all))
			}
		}
	}
}

func TestNoiseIsNoKey(t *testing.T) {
	l := newLine(8000, 6)
	l.silence(2 * time.Minute)
	l.white(-12)
	if all := detect(newDetector(t, 8000), l.pcm(), 160); len(all) > 0 {
		t.Errorf("%s was heard", keysOf(all))
	}
}
