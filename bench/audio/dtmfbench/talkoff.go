package dtmfbench

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/talkpath/talkpath/bench/audio/corpus"
	"github.com/talkpath/talkpath/bench/audio/report"
	"github.com/talkpath/talkpath/codec/g711"
	"github.com/talkpath/talkpath/codec/resample"
)

const (
	// source is the rate of the sound that is played at other speeds.
	source = 16000
	// A voice is played at up to 32 speeds from 0.72 to 1.47 of its own, which
	// moves its pitch and its formants as well.
	speeds              = 32
	slowest, fasterEach = 11520, 384 // in samples of the source that fill a second
	// ofVoice and ofMusic are how much of a voice, and of a noise of the test
	// sets, is played at each speed, at its own pace.
	ofVoice, ofMusic = 8 * time.Minute, time.Minute
	// chordHours of random chords are played.
	chordHours = 2
)

// tally is what was played, and what was taken for keys.
type tally struct {
	length       time.Duration
	ours, theirs int
	where        []string
}

// talkOff plays speech and music in which no key is pressed.
func (b *bench) talkOff(ctx context.Context, s *report.Section) error {
	var talk, music tally
	voices := slices.Concat(b.Corpus.Voices(corpus.Tuning), b.Corpus.Voices(corpus.HeldOut))
	length, steps, chords := ofVoice, speeds, chordHours*60
	if b.Short {
		voices, length, steps, chords = voices[:2], 10*time.Second, 2, 1
	}
	for _, voice := range voices {
		pcm, err := b.Corpus.Speech(voice, length, source)
		if err != nil {
			return err
		}
		if err := b.atSpeeds(ctx, &talk, voice, pcm, steps); err != nil {
			return err
		}
		b.Say("talk-off: %v of speech, %d hits, spandsp %d", talk.length.Round(time.Minute), talk.ours, talk.theirs)
	}
	for _, kind := range []string{"music", "organ"} {
		pcm, err := b.Corpus.Noise(kind, min(length, ofMusic), source, b.Seed)
		if err != nil {
			return err
		}
		if err := b.atSpeeds(ctx, &music, kind, pcm, steps); err != nil {
			return err
		}
	}
	for minute := range chords {
		if err := b.play(ctx, &music, "chords", chordsOf(time.Minute, b.Seed+uint64(minute))); err != nil {
			return err
		}
	}
	s.Rows = append(s.Rows, talk.row("speech"), music.row("music"), played(talk.length+music.length))
	return nil
}

// atSpeeds plays pcm, at the source's rate, at so many speeds.
func (b *bench) atSpeeds(ctx context.Context, t *tally, name string, pcm []int16, steps int) error {
	for i := range steps {
		speed := slowest + fasterEach*i*(speeds/steps)
		r, err := resample.New(speed, rate)
		if err != nil {
			return err
		}
		if err := b.play(ctx, t, fmt.Sprintf("%s at %.2f", name, float64(speed)/source), r.Resample(nil, pcm)); err != nil {
			return err
		}
	}
	return nil
}

// play counts what both take for keys in pcm.
func (b *bench) play(ctx context.Context, t *tally, name string, pcm []int16) error {
	law, err := g711.NewMuLaw(rate)
	if err != nil {
		return err
	}
	if pcm, err = throughLaw(law, pcm); err != nil {
		return err
	}
	our, err := ours(pcm, packet)
	if err != nil {
		return err
	}
	their, _, err := b.theirs(ctx, pcm, len(pcm), packet)
	if err != nil {
		return err
	}
	t.length += time.Duration(len(pcm)) * time.Second / rate
	t.ours += len(our.keys)
	for _, h := range their {
		t.theirs += len(h.keys)
	}
	if our.keys != "" {
		t.where = append(t.where, name+": "+our.keys)
	}
	return nil
}

func (t tally) row(what string) report.Row {
	row := report.Row{
		Name: "talk-off: keys told in " + what, Ours: float64(t.ours), Anchor: float64(t.theirs), AnchorName: "spandsp", Goal: report.Most(0),
		Note: fmt.Sprintf("%.1f hours", t.length.Hours()),
	}
	if len(t.where) > 0 {
		row.Note += ", in " + strings.Join(t.where[:min(4, len(t.where))], "; ")
	}
	return row
}

func played(length time.Duration) report.Row {
	return report.Row{
		Name: "talk-off: speech and music played", Unit: "h", Decimals: 1, Ours: length.Hours(), Anchor: report.None(), Goal: report.Least(50), Slack: 0.1,
	}
}

// chordsOf returns chords of two to four notes of the tempered scale, with the
// harmonics of pipes and strings, of a quarter of a second each.
func chordsOf(length time.Duration, seed uint64) []int16 {
	const each = rate / 4
	random := rand.New(rand.NewPCG(seed, 5))
	pcm := make([]int16, 0, int(length.Seconds()*rate))
	var x [each]float64
	for len(pcm)+each <= cap(pcm) {
		clear(x[:])
		fall := 1 + 0.4*random.Float64()
		for range 2 + random.IntN(3) {
			note := 220 * math.Pow(2, float64(random.IntN(37))/12)
			for k := 1.0; k*note < 3500; k++ {
				amplitude := 0.15 * math.Pow(k, -fall) * (0.6 + 0.4*random.Float64())
				sine(x[:], 2*math.Pi*k*note/rate, amplitude, 2*math.Pi*random.Float64())
			}
		}
		for _, v := range x {
			pcm = append(pcm, int16(32767*max(-1, min(v, 1))))
		}
	}
	return pcm
}

// sine adds a sine that turns by so much a sample.
func sine(x []float64, turn, amplitude, angle float64) {
	twice := 2 * math.Cos(turn)
	before, now := amplitude*math.Sin(angle-turn), amplitude*math.Sin(angle)
	for i := range x {
		x[i] += now
		before, now = now, twice*now-before
	}
}
