package echobench

import (
	"context"
	"fmt"
	"strconv"

	"github.com/talkpath/talkpath/bench/audio/corpus"
	"github.com/talkpath/talkpath/bench/audio/lab"
	"github.com/talkpath/talkpath/bench/audio/report"
)

// New returns the experiment.
func New() lab.Experiment { return lab.Experiment{Name: "echo", Run: run} }

const conditions = `Half of the prompts are in voices of the tuning half, half in held-out ones. Each is the first of
its call, through the bridge's core at 8 kHz mu-law as Twilio plays it: nothing is known of the line yet. The agent speaks
at -20 dBFS. A third of the echoes are plain, a third go through a telephone's band (250 to 3500 Hz), mu-law and noise at
-60 dBFS, a third through a room of 300 ms on top. Delays are even from 0 to 300 ms. A prompt counts as interrupted where the
agent stops or the recognizer is given anything. A caller speaks for 1.5 s from 0.3 to 3.3 s into the prompt, and is missed
where the agent hasn't stopped by their end; the reference for the delay is the same call without echo and without a guard.
Noise suppression is compared with libwebrtc-audio-processing 0.3 at its level "high", on talk of six held-out voices, both
moved by their delays. Segmental SNR counts frames of 20 ms with speech, each from -10 to 35 dB.`

// levels of callers: the first three are judged, from the agent's level and
// louder to the nominal one; the last is as loud as the echo at 12 dB itself.
func callerLevels() []float64 { return []float64{-14, -20, -26, -32} }

const (
	judged    = 3 // of callerLevels
	judgedDB  = 12.0
	prompts   = 500
	perLevel  = 150 // callers in each half
	perLosses = 150 // prompts in each half, for the losses that have no goal
)

func run(ctx context.Context, l *lab.Lab) (report.Section, error) {
	s := report.Section{Number: "11", Title: "Echo and noise", Conditions: conditions}
	all, callers, others := prompts/2, perLevel, perLosses
	if l.Short {
		all, callers, others = 2, 1, 1
	}
	halves, err := casts(l)
	if err != nil {
		return s, err
	}
	l.Say("prompts with echo")
	if err = halves.selfEcho(l, &s, all, others); err != nil {
		return s, err
	}
	l.Say("callers over an echo")
	if err = halves.doubleTalk(l, &s, callers); err != nil {
		return s, err
	}
	s.Rows = append(s.Rows, guardCost(l))
	l.Say("noise suppression")
	return s, suppression(ctx, l, &s)
}

// both are the casts of both halves.
type both []*cast

func casts(l *lab.Lab) (all both, err error) {
	for _, h := range []corpus.Half{corpus.Tuning, corpus.HeldOut} {
		c, err := newCast(l, h)
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}

// selfEcho fills in how often the agent interrupts itself.
func (b both) selfEcho(l *lab.Lab, s *report.Section, all, others int) error {
	table := report.Table{
		Title: "Prompts that their own echo interrupted",
		Head:  []string{"echo return loss", "prompts", "with the guard", "without"},
	}
	for _, loss := range []float64{6, judgedDB, 20, 30} {
		n := others
		if loss == judgedDB {
			n = all
		}
		var sum interrupted
		for _, c := range b {
			of, err := c.prompts(l, n, loss)
			if err != nil {
				return err
			}
			sum.prompts, sum.guarded, sum.bare = sum.prompts+of.prompts, sum.guarded+of.guarded, sum.bare+of.bare
		}
		table.Lines = append(table.Lines, []string{
			fmt.Sprintf("%.0f dB", loss), strconv.Itoa(sum.prompts), strconv.Itoa(sum.guarded), strconv.Itoa(sum.bare),
		})
		if loss == judgedDB {
			s.Rows = append(s.Rows, report.Row{
				Name: "Self-echo barge-ins in 500 prompts, 12 dB, 0-300 ms", Ours: float64(sum.guarded),
				Anchor: float64(sum.bare), AnchorName: "no guard", Goal: report.Most(0),
			})
		}
	}
	s.Tables = append(s.Tables, table)
	return nil
}

// doubleTalk fills in what becomes of callers who speak over an echo.
func (b both) doubleTalk(l *lab.Lab, s *report.Section, n int) error {
	table := report.Table{
		Title: "Callers over the agent and its echo",
		Head:  []string{"echo return loss", "caller's level", "callers", "missed", "added delay: median", "90 %", "95 %"},
	}
	var sum, clean, everyone bargeIns
	for _, loss := range []float64{0, 6, judgedDB, 20, 30} {
		for i, level := range callerLevels() {
			var of bargeIns
			for _, c := range b {
				half, err := c.callers(l, n, loss, level)
				if err != nil {
					return err
				}
				of.join(half)
			}
			table.Lines = append(table.Lines, of.line(loss, level))
			if i >= judged {
				continue
			}
			everyone.join(of)
			switch loss {
			case judgedDB:
				sum.join(of)
			case 0:
				clean.join(of)
			}
		}
	}
	s.Tables = append(s.Tables, table)
	s.Rows = append(
		s.Rows,
		report.Row{
			Name: "True barge-ins missed over a 12 dB echo", Unit: "%", Decimals: 1, Ours: sum.missedPart(), Anchor: report.None(),
			Goal: report.Most(5), Slack: 0.5, Note: "callers at -14, -20 and -26 dBFS; the echo is at -32",
		},
		report.Row{
			Name: "Delay added to a true barge-in, median", Unit: "ms", Ours: quantile(everyone.added, 0.5),
			Anchor: report.None(), Goal: report.Most(0), Slack: 1, Note: "without echo and over echoes of 6 to 30 dB, all pooled",
		},
		report.Row{
			Name: "Delay added to a true barge-in over a 12 dB echo, median", Unit: "ms", Ours: quantile(sum.added, 0.5),
			Anchor: report.None(), Goal: report.Most(0), Slack: 1, Note: "the goal is our own",
		},
		report.Row{
			Name: "True barge-ins missed without echo", Unit: "%", Decimals: 1, Ours: clean.missedPart(), Anchor: report.None(),
			Goal: report.Most(0), Slack: 0.5,
		},
		report.Row{
			Name: "Delay added to a true barge-in without echo, 90 %", Unit: "ms", Ours: quantile(clean.added, 0.9),
			Anchor: report.None(), Goal: report.Most(0), Slack: 1,
			Note: "those within the first half second of a call wait until the echo is ruled out",
		},
	)
	return nil
}

// line returns the line of a table.
func (b *bargeIns) line(loss, level float64) []string {
	echo := fmt.Sprintf("%.0f dB", loss)
	if loss == 0 {
		echo = "no echo"
	}
	out := []string{echo, fmt.Sprintf("%.0f dBFS", level), strconv.Itoa(b.callers), fmt.Sprintf("%.1f %%", b.missedPart())}
	for _, part := range []float64{0.5, 0.9, 0.95} {
		out = append(out, fmt.Sprintf("%.0f ms", quantile(b.added, part)))
	}
	return out
}
