package jitterbench

import (
	"fmt"
	"time"

	"github.com/talkpath/talkpath/bench/audio/corpus"
	"github.com/talkpath/talkpath/bench/audio/lab"
	"github.com/talkpath/talkpath/bench/audio/neteq"
	"github.com/talkpath/talkpath/bench/audio/report"
	"github.com/talkpath/talkpath/bench/audio/trace"
	"github.com/talkpath/talkpath/jitter/playout"
)

// bounds is what our buffer and the oracle come to on one trace.
type bounds struct {
	name                string
	ours, bound, unlost time.Duration // sums over the voices
	lost                int
}

// oracles measures how far we are from the oracle, on talk of the held-out
// voices, each with traces of its own.
func oracles(l *lab.Lab, length time.Duration) ([]report.Row, report.Table, error) {
	voices := l.Corpus.Voices(corpus.HeldOut)
	if l.Short {
		voices = voices[:1]
	}
	var all []bounds
	for i, voice := range voices {
		c, err := contents(l, voice, length)
		if err != nil {
			return nil, report.Table{}, err
		}
		for k, t := range trace.All(l.Seed+uint64(i), length) {
			if i == 0 {
				all = append(all, bounds{name: t.Name})
			}
			all[k].add(play(t, c[0].pcm, playout.Config{}), c[0].speech)
		}
	}
	return oracleRows(all), oracleTable(all, len(voices)), nil
}

func (b *bounds) add(r run, speech []bool) {
	ours, spurts := r.spurts(speech, neteq.Drop)
	lost := r.concealedPackets(speech, neteq.Drop)
	b.ours += ours
	b.bound += oracle(spurts, lost)
	b.unlost += oracle(spurts, 0)
	b.lost += lost
}

func oracleRows(all []bounds) (rows []report.Row) {
	for _, b := range all {
		rows = append(rows, report.Row{
			Name: "Delay above the oracle's, talk, " + b.name, Unit: "%", Decimals: 1,
			Ours:   100 * (float64(b.ours)/float64(b.bound) - 1),
			Anchor: report.None(), Goal: report.Most(15), Slack: 1,
			Note: fmt.Sprintf("an oracle that loses nothing for good, as we do: %+.0f %%", 100*(float64(b.ours)/float64(b.unlost)-1)),
		})
	}
	return rows
}

func oracleTable(all []bounds, voices int) report.Table {
	t := report.Table{
		Title: "The oracle: mean delay from sending to playing, packets of talk spurts",
		Head:  []string{"Trace", "ours, ms", "oracle that loses what we concealed, ms", "packets of that", "oracle that loses none, as we do, ms"},
	}
	for _, b := range all {
		n := time.Duration(voices)
		t.Lines = append(t.Lines, []string{
			b.name, f1(millis(b.ours / n)), f1(millis(b.bound / n)), fmt.Sprint(b.lost), f1(millis(b.unlost / n)),
		})
	}
	return t
}
