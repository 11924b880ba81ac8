package corpus

import (
	"math"
	"time"

	"github.com/talkpath/talkpath/media"
)

// Step is the grid of Talk.Speech.
const Step = 10 * time.Millisecond

const (
	// level is what each sentence is brought to: an active speech level of
	// -26 dBFS, the nominal one of ITU-T P.56 and of many of its users.
	level = -26.0
	// margin is how far below the active level speech begins (ITU-T P.56), and
	// hold the longest pause within it that counts as speech (P.56's hangover).
	margin = 15.9
	hold   = 200 * time.Millisecond
	// Pauses between sentences are from 0.3 to 2.5 s; a share of them is longer
	// so that speech comes to 40 % in all.
	shortest, longest = 300 * time.Millisecond, 2500 * time.Millisecond
	share             = 0.4
)

// Talk is speech with pauses, and where it is.
type Talk struct {
	PCM  []int16
	Rate int
	// Speech tells for each Step of PCM whether somebody speaks: whether the
	// clean signal, over 30 ms, is at most 15.9 dB below the active level of
	// its sentence, with holes up to 200 ms filled (ITU-T P.56).
	Speech []bool
	// Level is the active speech level in dBFS.
	Level float64
}

// Speech returns sentences of a voice, one after another with the pauses that
// the synthesizer leaves, from the first on. All are at the same active level.
func (c *Corpus) Speech(voice string, length time.Duration, rate int) ([]int16, error) {
	files, err := c.sentences(voice)
	if err != nil {
		return nil, err
	}
	out := make([]int16, 0, media.PCMSamples(length, rate))
	for i := 0; len(out) < cap(out); i++ {
		pcm, _, err := c.sentence(files[i%len(files)], rate)
		if err != nil {
			return nil, err
		}
		out = append(out, pcm[:min(len(pcm), cap(out)-len(out))]...)
	}
	return out, nil
}

// Talk returns sentences of a voice with pauses of digital silence between
// them, so that 40 % of it is speech, and labels. The seed picks sentences and
// pauses.
func (c *Corpus) Talk(voice string, length time.Duration, rate int, seed uint64) (Talk, error) {
	files, err := c.sentences(voice)
	if err != nil {
		return Talk{}, err
	}
	d := newDice(seed)
	step := media.PCMSamples(Step, rate)
	steps := int(length / Step)
	t := Talk{Rate: rate, Level: level}
	said := 0
	for at := d.below(uint64(len(files))); len(t.Speech) < steps; at++ {
		t.pause(d, said)
		pcm, speech, err := c.sentence(files[at%uint64(len(files))], rate)
		if err != nil {
			return Talk{}, err
		}
		t.PCM = append(t.PCM, pcm[:len(speech)*step]...)
		t.Speech = append(t.Speech, speech...)
		said += count(speech)
	}
	t.PCM, t.Speech = t.PCM[:steps*step], t.Speech[:steps]
	return t, nil
}

// pause adds a pause, longer where there was too much speech.
func (t *Talk) pause(d *dice, said int) {
	steps := int((shortest + time.Duration(d.below(uint64(longest-shortest)))) / Step)
	if behind := int(float64(said)/share) - len(t.Speech); behind > steps {
		steps = behind
	}
	t.PCM = append(t.PCM, make([]int16, steps*media.PCMSamples(Step, t.Rate))...)
	t.Speech = append(t.Speech, make([]bool, steps)...)
}

// sentence returns a sentence at the nominal level, and its labels; what is
// left of the last step has none.
func (c *Corpus) sentence(file string, rate int) ([]int16, []bool, error) {
	raw, err := c.file(file, rate)
	if err != nil {
		return nil, nil, err
	}
	step := media.PCMSamples(Step, rate)
	power := make([]float64, len(raw)/step)
	for i := range power {
		power[i] = meanSquare(raw[i*step : (i+1)*step])
	}
	active := activePower(power)
	speech := label(power, active)
	gain := math.Pow(10, level/20) / math.Sqrt(max(active, 1e-12))
	out := make([]int16, len(raw))
	for i, s := range raw {
		out[i] = clip(gain * float64(s))
	}
	return out, speech, nil
}

// activePower returns the mean power of the steps that are speech, by raising
// the threshold until it lies a margin below the mean of what is above it.
func activePower(power []float64) float64 {
	active := 0.0
	for range 20 {
		sum, n := 0.0, 0
		for _, p := range power {
			if p > 0 && p >= active*math.Pow(10, -margin/10) {
				sum += p
				n++
			}
		}
		if n == 0 {
			return 0
		}
		active = sum / float64(n)
	}
	return active
}

// label finds the steps that are speech.
func label(power []float64, active float64) []bool {
	out := make([]bool, len(power))
	last := -1
	for i := range power {
		sum, n := 0.0, 0.0
		for j := max(0, i-1); j <= min(len(power)-1, i+1); j++ {
			sum += power[j]
			n++
		}
		if sum/n < active*math.Pow(10, -margin/10) || active == 0 {
			continue
		}
		out[i] = true
		if last >= 0 && time.Duration(i-last)*Step <= hold {
			for j := last; j < i; j++ {
				out[j] = true
			}
		}
		last = i
	}
	return out
}

func meanSquare(pcm []int16) float64 {
	sum := 0.0
	for _, s := range pcm {
		sum += float64(s) * float64(s)
	}
	return sum / float64(max(len(pcm), 1)) / (1 << 30)
}

func count(of []bool) (n int) {
	for _, b := range of {
		if b {
			n++
		}
	}
	return n
}

// clip rounds to the nearest sample value.
func clip(x float64) int16 {
	return int16(math.Round(max(math.MinInt16, min(x, math.MaxInt16))))
}
