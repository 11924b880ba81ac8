package dtmfbench

import (
	"context"
	"math"
	"slices"
	"time"

	"github.com/talkpath/talkpath/bench/audio/corpus"
	"github.com/talkpath/talkpath/bench/audio/lab"
	"github.com/talkpath/talkpath/bench/audio/report"
	"github.com/talkpath/talkpath/codec/g711"
	"github.com/talkpath/talkpath/media/dtmf"
)

// cost measures what 20 ms cost by what is heard.
func (b *bench) cost(ctx context.Context, s *report.Section) error {
	speech, err := b.Corpus.Speech(b.Corpus.Voices(corpus.HeldOut)[0], 20*time.Second, rate)
	if err != nil {
		return err
	}
	for _, c := range []struct {
		name, note string
		pcm        []int16
	}{
		{"speech", "what nearly all of a call is", speech},
		{"silence", "", make([]int16, 20*rate)},
		{"a key that is held", "a fraction of a second in a call", tones(20*rate, 0, 770, 1336)},
		{"a steady voice", "which is looked at as closely as a key; music has it now and then", tones(20*rate, 1, 600, 1200, 1800, 2400, 3000)},
	} {
		law, err := g711.NewMuLaw(rate)
		if err != nil {
			return err
		}
		pcm, err := throughLaw(law, slices.Clone(c.pcm))
		if err != nil {
			return err
		}
		least := lab.Least{}
		for range b.Runs() {
			our, err := ourCost(pcm)
			if err != nil {
				return err
			}
			_, their, err := b.theirs(ctx, pcm, len(pcm), packet)
			if err != nil {
				return err
			}
			least.Add("ours", our)
			least.Add("theirs", their)
		}
		s.Rows = append(s.Rows, report.Row{
			Name: "CPU for 20 ms of " + c.name, Unit: "µs", Decimals: 2, Ours: least["ours"], Anchor: least["theirs"], AnchorName: "spandsp",
			Goal: report.Most(1), SlackPart: 0.5, Note: c.note,
		})
	}
	return nil
}

// tones returns the sum of steady sines, of which the k-th is weaker than the
// first by k to the power of fall; each is at -19.5 dBFS at the most.
func tones(n int, fall float64, hertz ...float64) []int16 {
	pcm := make([]int16, n)
	for i := range pcm {
		sum := 0.0
		for k, f := range hertz {
			sum += math.Sin(2*math.Pi*math.Mod(f*float64(i)/rate, 1)) / math.Pow(float64(k+1), fall)
		}
		pcm[i] = int16(0.15 * 32767 * sum)
	}
	return pcm
}

// ourCost returns the CPU time of a packet in µs.
func ourCost(pcm []int16) (float64, error) {
	const rounds = 20
	d, err := dtmf.New(rate)
	if err != nil {
		return 0, err
	}
	events := make([]dtmf.Event, 0, 8)
	return lab.Spent(rounds*(len(pcm)/packet), func() {
		for range rounds {
			for at := 0; at+packet <= len(pcm); at += packet {
				events = d.Push(events[:0], pcm[at:at+packet])
			}
		}
	}), nil
}
