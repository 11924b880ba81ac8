// Package jitterbench holds the adaptive playout buffer against WebRTC's NetEq
// on the six arrival traces, and against what hindsight could have done.
package jitterbench

import (
	"context"
	"fmt"
	"time"

	"github.com/talkpath/talkpath/bench/audio/corpus"
	"github.com/talkpath/talkpath/bench/audio/lab"
	"github.com/talkpath/talkpath/bench/audio/neteq"
	"github.com/talkpath/talkpath/bench/audio/report"
	"github.com/talkpath/talkpath/bench/audio/trace"
	"github.com/talkpath/talkpath/jitter/playout"
)

const (
	// long and short are the lengths of the traces.
	long, short = 63 * time.Second, 12 * time.Second
	// rare is the place of the trace of rare stalls among trace.All.
	rare = 5
)

// New returns the experiments 1 and 2: delay and concealment on all traces, and
// the return after one stall.
func New() lab.Experiment { return lab.Experiment{Name: "jitter", Run: measure} }

// side is one content over all traces, by us and by NetEq.
type side struct {
	content content
	traces  []trace.Trace // the six, and one with a single stall
	ours    []run
	neteq   []neteq.Result // with PCMU
	opus    []neteq.Result // NetEq again, with Opus: its delay varies from run to run
}

func measure(ctx context.Context, l *lab.Lab) (report.Section, error) {
	length := long
	if l.Short {
		length = short
	}
	voice := l.Corpus.Voices(corpus.HeldOut)[0]
	all, err := contents(l, voice, length)
	if err != nil {
		return report.Section{}, err
	}
	s := report.Section{Number: "1", Title: "Playout buffer, and its return after a burst (experiments 1 and 2)", Conditions: conditions(voice, length)}
	var sides []side
	for _, c := range all {
		l.Say("jitter: %s over NetEq, in real time", c.name)
		one, failed := both(ctx, l, c, length)
		if failed != nil {
			return s, failed
		}
		sides = append(sides, one)
		s.Rows = append(s.Rows, one.rows()...)
		s.Tables = append(s.Tables, one.table(), one.changes())
	}
	l.Say("jitter: single stalls")
	stallRows, stallTable, err := stalls(l)
	if err != nil {
		return s, err
	}
	s.Rows = append(s.Rows, stallRows...)
	l.Say("jitter: the oracle")
	oracleRows, oracleTable, err := oracles(l, length)
	if err != nil {
		return s, err
	}
	s.Rows = append(s.Rows, oracleRows...)
	s.Rows = append(s.Rows, cost(l.Runs(), length, all[1].pcm)...)
	s.Tables = append(s.Tables, stallTable, oracleTable)
	s.Plots = append(s.Plots, sides[1].plot())
	return s, nil
}

func conditions(voice string, length time.Duration) string {
	return fmt.Sprintf("No call has this buffer yet: carriers play what we send. Packets of 20 ms at 8 kHz, in order as TCP delivers them, over six arrival traces of %v of which the first %v "+
		"are left out. What is played is the held-out voice %s over a telephone line with the noise of a quiet room (40 dB): "+
		"*talk* is 40 %% speech as one party of a call has, *speech* sentence after sentence. NetEq (libwebrtc in "+
		"@roamhq/wrtc) gets the same sound and the same arrivals in the same run, in real time, once with PCMU and once with Opus: its delay is the mean of the two, since it varies from run to run, the rest PCMU's. The listener's beat is 10 ms, "+
		"and lies 5 ms behind the sending of packets. Delay is counted as in NetEq's jitterBufferDelay: for each packet from its arrival until it is "+
		"taken out to be played (its second half is played 10 ms later; the tables also have the delay of each sample by itself). "+
		"Concealed is the part of what was played that was made up, without silence and comfort noise (for NetEq, concealedSamples less "+
		"silentConcealedSamples); the tables have that too. Goals are those of this very run: 0.7 of NetEq's delay, at no more "+
		"concealed than it has. The oracle is that of Moon, Kurose and Towsley (1998): it knows all arrivals, chooses one delay for each "+
		"talk spurt, and loses as many packets as we concealed. It loses them for good, while we play them after the hole; where stalls come out of "+
		"nothing no algorithm without hindsight is near it. After single stalls delay and speed are found by looking for what was heard in what was sent.",
		length, neteq.Drop, voice)
}

// both plays c over all traces.
func both(ctx context.Context, l *lab.Lab, c content, length time.Duration) (side, error) {
	s := side{content: c, traces: trace.All(l.Seed, length)}
	s.traces = append(s.traces, trace.OneStall(length/2, stallLength, length))
	for _, t := range s.traces {
		s.ours = append(s.ours, play(t, c.pcm, playout.Config{}))
	}
	file, err := c.file(l.Dir)
	if err != nil {
		return s, err
	}
	results, err := neteq.Run(ctx, l, s.traces, file)
	if err != nil {
		return s, fmt.Errorf("jitter: %w", err)
	}
	for _, r := range results {
		if r.Codec == neteq.Codecs()[0] {
			s.neteq = append(s.neteq, r)
		} else {
			s.opus = append(s.opus, r)
		}
	}
	if len(s.neteq) != len(s.traces) || len(s.opus) != len(s.traces) {
		return s, fmt.Errorf("jitter: %d results of NetEq for %d traces", len(results), len(s.traces))
	}
	return s, nil
}
