package sim

import (
	"time"

	"github.com/talkpath/talkpath/media"
)

const (
	// speechPause is the silence that ends a stretch of the agent's speech
	// where the caller spoke over it and no Clear tells its end.
	speechPause = 300 * time.Millisecond
	// lateClear is how long after the caller's last word a Clear is still
	// taken to be about that word.
	lateClear = 500 * time.Millisecond
)

// utterance is where the caller's turn lies in the waveform, in samples.
type utterance struct {
	turn     Turn
	from, to int
}

// cut is a Clear: where in the waveform the caller stopped to hear what was
// queued before it, and whether anything was.
type cut struct {
	at      int
	dropped bool
}

// recording is what a call sounded like at both of the caller's ends.
type recording struct {
	heard, said waveform
	utterances  []utterance
	cuts        []cut
	drops       []int // where the carrier's queue was lost with its stream
}

// span is a stretch of the waveform: from its first sample to behind its last.
type span struct{ from, to int }

// turns measures the call turn by turn; the greeting is what the agent said
// before the first.
func (r recording) turns() (greeting *AgentReport, reports []TurnReport) {
	callers := r.callers()
	overs := make([]overlap, len(callers))
	for i, s := range callers {
		overs[i] = r.overlap(s, r.nextFrom(callers, i))
	}
	reports = make([]TurnReport, 0, len(callers))
	for i, s := range callers {
		turn := r.utterances[i].turn
		report := TurnReport{
			Caller: CallerReport{Say: turn.Say, Digits: turn.Digits, Start: r.millis(s.from), End: r.millis(s.to)},
			Agent:  r.agent(max(overs[i].stop, s.to), overs[i+1:]),
		}
		if report.Agent != nil {
			wait := report.Agent.Start - report.Caller.End
			report.Response = &wait
		}
		report.BargeIn, report.Stale = r.bargeIn(s, overs[i])
		reports = append(reports, report)
	}
	return r.agent(0, overs), reports
}

// callers returns the voiced part of each utterance; where nothing is voiced,
// as with keys, the whole of it.
func (r recording) callers() []span {
	spans := make([]span, 0, len(r.utterances))
	for _, u := range r.utterances {
		s := span{u.from, u.to}
		if first := r.said.first(u.from, u.to); first >= 0 && u.turn.Digits == "" {
			s = span{first, r.said.last(u.from, u.to)}
		} else if first >= 0 {
			s.from = first
		}
		spans = append(spans, s)
	}
	return spans
}

// agent returns what the agent says from a sample on, until the first of what
// follows stops it; nil where that is nothing.
func (r recording) agent(from int, follow []overlap) *AgentReport {
	next := overlap{stop: len(r.heard.pcm)}
	if len(follow) > 0 {
		next = follow[0]
	}
	first := r.heard.first(from, next.stop)
	if first < 0 {
		return nil
	}
	return &AgentReport{
		Start:       r.millis(first),
		End:         r.millis(r.heard.last(from, next.stop)),
		Interrupted: next.interrupted,
	}
}

// overlap is what became of the agent's speech when the caller began to talk.
type overlap struct {
	stop        int // where the old speech ends, at least
	cleared     bool
	interrupted bool
}

// overlap looks at the agent's old speech around the caller's utterance s.
// next is where the caller's following utterance begins.
func (r recording) overlap(s span, next int) overlap {
	for _, c := range r.cuts {
		if c.at < s.from || c.at >= min(s.to+r.samples(lateClear), next) {
			continue
		}
		if c.dropped || r.heard.first(s.from, c.at) >= 0 {
			return overlap{stop: c.at, cleared: true, interrupted: true}
		}
	}
	speaking := r.heard.last(s.from-r.samples(speechPause), s.from) >= 0
	if !speaking || r.heard.first(s.from, s.from+r.samples(speechPause)) < 0 {
		return overlap{stop: s.from}
	}
	stop := r.heard.quietAfter(s.from, next, r.samples(speechPause))
	if stop >= s.to {
		return overlap{stop: s.to} // the agent spoke on as if nothing had been said
	}
	return overlap{stop: stop, interrupted: !r.lostIn(s.from, stop+r.samples(speechPause))}
}

// bargeIn returns how long after the first sample of s the agent was heard,
// and how much of it after its clear; nil where s didn't cut it short.
func (r recording) bargeIn(s span, over overlap) (stopped, stale *Millis) {
	if !over.interrupted {
		return nil, nil
	}
	stopped, stale = new(Millis), new(Millis)
	if last := r.heard.last(s.from, over.stop); last >= 0 {
		*stopped = r.millis(last - s.from)
	}
	if over.cleared {
		*stale = r.millis(r.heard.voicedIn(over.stop, s.to))
	}
	return stopped, stale
}

// nextFrom returns where the utterance after the i-th begins, or the
// waveform's end.
func (r recording) nextFrom(callers []span, i int) int {
	if i+1 < len(callers) {
		return callers[i+1].from
	}
	return len(r.heard.pcm)
}

func (r recording) millis(n int) Millis { return Millis(media.PCMDuration(n, r.heard.rate)) }

func (r recording) samples(d time.Duration) int { return media.PCMSamples(d, r.heard.rate) }
