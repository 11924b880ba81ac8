package echobench

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/talkpath/talkpath/bench/audio/corpus"
	"github.com/talkpath/talkpath/bench/audio/lab"
	"github.com/talkpath/talkpath/bench/audio/report"
	"github.com/talkpath/talkpath/bench/audio/score"
)

// gains is what a suppressor does to talk, in the mean over all voices.
type gains struct {
	estoi, segmental, pauses float64
	cost                     float64 // µs of a step of 10 ms, in the talk where it was least
}

// compared is what both do on one kind of noise at one rate.
type compared struct {
	rate         int
	noise        string // empty for none
	ours, theirs gains
}

// snr is how far noise is below the talk.
const snr = 10.0

// suppression fills in what noise suppression does.
func suppression(ctx context.Context, l *lab.Lab, s *report.Section) error {
	a, err := buildAnchor(ctx, l)
	if err != nil {
		return err
	}
	table := report.Table{
		Title: "What noise suppression changes (ours, libwebrtc's)",
		Head:  []string{"rate", "noise at 10 dB", "ESTOI", "", "segmental SNR", "", "quieter in pauses", ""},
	}
	var gained, anchors float64
	kinds := []string{"", "white", "pink", "street", "fan", "crowd"}
	if l.Short {
		kinds = kinds[:2]
	}
	for _, rate := range []int{8000, 16000} {
		var cost, theirs float64 // in the noise that costs most
		for _, noise := range kinds {
			c, err := compare(ctx, l, a, noise, rate)
			if err != nil {
				return err
			}
			table.Lines = append(table.Lines, c.line())
			cost, theirs = max(cost, c.ours.cost), max(theirs, c.theirs.cost)
			if noise == "" {
				s.Rows = append(s.Rows, report.Row{
					Name: fmt.Sprintf("Noise suppression, ESTOI of clean speech changes, %d kHz", rate/1000), Decimals: 4,
					Ours: c.ours.estoi, Anchor: c.theirs.estoi, AnchorName: "libwebrtc 0.3", Goal: report.Least(-0.005), Slack: 0.001,
				})
			}
			if rate == 8000 && (noise == "white" || noise == "pink" || noise == "street") {
				gained, anchors = gained+c.ours.segmental/3, anchors+c.theirs.segmental/3
			}
		}
		s.Rows = append(s.Rows, report.Row{
			Name: fmt.Sprintf("Noise suppression of 10 ms, %d kHz", rate/1000), Unit: "µs", Decimals: 1, Ours: cost,
			Anchor: theirs, AnchorName: "libwebrtc 0.3", Goal: report.Most(6), SlackPart: 0.5,
		})
	}
	s.Rows = append(s.Rows, report.Row{
		Name: "Segmental SNR gained at 10 dB: white, pink, street, 8 kHz", Unit: "dB", Decimals: 2, Ours: gained,
		Anchor: anchors, AnchorName: "libwebrtc 0.3", Goal: report.Least(2), Slack: 0.1,
		Note: "the goal is our own",
	})
	s.Tables = append(s.Tables, table)
	return nil
}

// compare runs both suppressors on talk of all held-out voices.
func compare(ctx context.Context, l *lab.Lab, a anchor, noise string, rate int) (compared, error) {
	c := compared{rate: rate, noise: noise}
	voices, length := l.Corpus.Voices(corpus.HeldOut), 30*time.Second
	if l.Short {
		voices, length = voices[:1], 3*time.Second
	}
	for _, v := range voices {
		talk, err := l.Corpus.Talk(v, length, rate, l.Seed)
		if err != nil {
			return c, err
		}
		var beside []int16
		if noise != "" {
			if beside, err = l.Corpus.Noise(noise, length, rate, l.Seed); err != nil {
				return c, err
			}
		}
		if err = c.talk(ctx, a, talk, corpus.Mix(talk, beside, snr), len(voices)); err != nil {
			return c, err
		}
	}
	return c, nil
}

// talk runs both on in, one talk of n with its noise.
func (c *compared) talk(ctx context.Context, a anchor, talk corpus.Talk, in []int16, n int) error {
	own, spent, err := ours(in, c.rate)
	if err != nil {
		return err
	}
	other, spentThere, err := a.suppress(ctx, in, c.rate)
	if err != nil {
		return err
	}
	return errors.Join(c.ours.add(talk, in, own, spent, n), c.theirs.add(talk, in, other, spentThere, n))
}

// add takes what one suppressor made of in, as one of n.
func (g *gains) add(talk corpus.Talk, in, made []int16, spent float64, n int) error {
	made = moved(made, behind(made, talk.PCM, talk.Rate), len(in))
	before, err := score.ESTOI(talk.PCM, in, talk.Rate)
	if err != nil {
		return err
	}
	after, err := score.ESTOI(talk.PCM, made, talk.Rate)
	if err != nil {
		return err
	}
	part := 1 / float64(n)
	g.estoi += part * (after - before)
	g.segmental += part * (segmental(talk.PCM, made, talk.Speech, talk.Rate) - segmental(talk.PCM, in, talk.Speech, talk.Rate))
	g.pauses += part * pauses(in, made, talk.Speech, talk.Rate)
	if g.cost == 0 || spent < g.cost {
		g.cost = spent
	}
	return nil
}

func (c compared) line() []string {
	noise := c.noise
	if noise == "" {
		noise = "none"
	}
	return []string{
		fmt.Sprintf("%d kHz", c.rate/1000), noise,
		fmt.Sprintf("%+.3f", c.ours.estoi), fmt.Sprintf("%+.3f", c.theirs.estoi),
		fmt.Sprintf("%+.1f dB", c.ours.segmental), fmt.Sprintf("%+.1f dB", c.theirs.segmental),
		fmt.Sprintf("%.1f dB", c.ours.pauses), fmt.Sprintf("%.1f dB", c.theirs.pauses),
	}
}
