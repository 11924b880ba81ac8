package jitterbench

import (
	"time"

	"github.com/talkpath/talkpath/bench/audio/corpus"
	"github.com/talkpath/talkpath/bench/audio/neteq"
	"github.com/talkpath/talkpath/bench/audio/trace"
)

// totals are what a run comes to from a time on.
type totals struct {
	// delay is how long a packet was held until its first sample was played, on
	// average: NetEq counts the time until it takes a packet out to decode it,
	// for all of its samples. bySample counts each sample until it is played.
	delay, bySample time.Duration
	concealed       float64 // parts of what was heard, in percent, as are
	silent          float64
	removed         float64 // changes of speech
	added           float64
	skipped         float64 // changes of silence
	padded          float64
}

func (r run) totals(from time.Duration) totals {
	a, b := r.steps[int((from-phase)/beat)].stats, r.steps[len(r.steps)-1].stats
	played := b.Played - a.Played
	concealed, silent := b.Concealed-a.Concealed, b.Comfort-a.Comfort
	part := func(d time.Duration) float64 { return 100 * float64(d) / float64(played+concealed+silent) }
	waited := b.Waited.Seconds()*b.Played.Seconds() - a.Waited.Seconds()*a.Played.Seconds()
	return totals{
		delay: r.held(from), bySample: time.Duration(waited / played.Seconds() * float64(time.Second)),
		concealed: part(concealed), silent: part(silent),
		removed: part(b.Removed - a.Removed), added: part(b.Added - a.Added),
		skipped: part(b.Skipped - a.Skipped), padded: part(b.Padded - a.Padded),
	}
}

// delays returns for each packet how long after its sending its first sample
// was played, or would have been had it not been left out; packets that were
// never reached are missing at the end.
func (r run) delays() []time.Duration {
	out := make([]time.Duration, 0, len(r.trace.Packets))
	for i, s := range r.steps[:len(r.steps)-1] {
		reached := r.steps[i+1].media
		for len(out) < len(r.trace.Packets) && r.trace.Packets[len(out)].Sent < reached {
			out = append(out, s.at-r.trace.Packets[len(out)].Sent)
		}
	}
	return out
}

// held returns how long a packet that was sent from a time on was held until its
// first sample was played, on average.
func (r run) held(from time.Duration) time.Duration {
	var sum time.Duration
	n := 0
	for i, d := range r.delays() {
		if p := r.trace.Packets[i]; p.Sent >= from {
			sum += d - p.Lateness()
			n++
		}
	}
	return sum / time.Duration(max(n, 1))
}

// curve returns the delay over time, as neteq.Result has it: of the packets that
// were taken out within each neteq.Every.
func (r run) curve() (points []neteq.Point) {
	var sum time.Duration
	n, end := 0, neteq.Every
	for i, d := range r.delays() {
		p := r.trace.Packets[i]
		for ; p.Sent+d > end; end += neteq.Every {
			if n > 0 {
				points = append(points, neteq.Point{At: end, Delay: sum / time.Duration(n)})
			}
			sum, n = 0, 0
		}
		sum += d - p.Lateness()
		n++
	}
	return points
}

// concealedSpeech returns how much sound was made up from a time on while
// somebody was speaking.
func (r run) concealedSpeech(speech []bool, from time.Duration) (sum time.Duration) {
	for i, s := range r.steps[1:] {
		if s.at >= from && speechAt(speech, s.media) {
			sum += s.stats.Concealed - r.steps[i].stats.Concealed
		}
	}
	return sum
}

func speechAt(speech []bool, media time.Duration) bool {
	i := int(media / corpus.Step)
	return i >= 0 && i < len(speech) && speech[i]
}

// spurts returns the talk spurts of what was sent from a time on, and the mean
// delay at which we played their packets.
func (r run) spurts(speech []bool, from time.Duration) (mean time.Duration, spurts []spurt) {
	var sum time.Duration
	n, within := 0, false
	for i, d := range r.delays() {
		p := r.trace.Packets[i]
		if p.Sent < from || !speechAt(speech, p.Sent) && !speechAt(speech, p.Sent+corpus.Step) {
			within = false
			continue
		}
		if !within {
			spurts = append(spurts, nil)
			within = true
		}
		last := &spurts[len(spurts)-1]
		*last = append(*last, p.Lateness())
		sum += d
		n++
	}
	return sum / time.Duration(max(n, 1)), spurts
}

// concealedPackets returns how many packets' time of speech was made up from a
// time on. The packets themselves were played later, but the oracle's loss is
// a hole too, and so each hole counts.
func (r run) concealedPackets(speech []bool, from time.Duration) int {
	return int((r.concealedSpeech(speech, from) + trace.Interval - 1) / trace.Interval)
}
