package jitterbench

import (
	"fmt"
	"slices"
	"time"

	"github.com/talkpath/talkpath/bench/audio/corpus"
	"github.com/talkpath/talkpath/bench/audio/lab"
	"github.com/talkpath/talkpath/bench/audio/report"
	"github.com/talkpath/talkpath/bench/audio/trace"
	"github.com/talkpath/talkpath/jitter/playout"
)

const (
	stallAt     = 6 * time.Second
	stallLength = 300 * time.Millisecond
	stallEnd    = stallAt + stallLength
	stallTrace  = 10 * time.Second
	stallStep   = 4*time.Second + 300*time.Millisecond
	// near is how near the delay is to that before when it is back.
	near = 20 * time.Millisecond
	// speedOver is the time over which speed is measured: that within which
	// a listener might notice, and long enough for what is found to be exact.
	speedOver = 500 * time.Millisecond
)

// stalls measures stalls at places all over the speech of the held-out voices.
func stalls(l *lab.Lab) ([]report.Row, report.Table, error) {
	voices, places := l.Corpus.Voices(corpus.HeldOut), 8
	if l.Short {
		voices, places = voices[:1], 1
	}
	t := report.Table{
		Title: "One stall of 300 ms in the midst of speech, by what was heard",
		Head:  []string{"Voice", "stalls", "back after, mean s", "longest s", "highest speed"},
	}
	var worst recovery
	for _, voice := range voices {
		c, err := contents(l, voice, stallTrace+time.Duration(places)*stallStep)
		if err != nil {
			return nil, t, err
		}
		var sum time.Duration
		var here recovery
		for i := range places {
			rec := recoverFrom(c[1].pcm[samples(time.Duration(i)*stallStep):])
			sum += rec.back
			here = here.worse(rec)
		}
		worst = worst.worse(here)
		t.Lines = append(t.Lines, []string{
			voice, fmt.Sprint(places), f2((sum / time.Duration(places)).Seconds()), f2(here.back.Seconds()), f2(here.speed),
		})
	}
	rows := []report.Row{
		{
			Name: "Back within 20 ms after a stall, the slowest", Unit: "s", Decimals: 2,
			Ours: worst.back.Seconds(), Anchor: report.None(), Goal: report.Most(1.5), SlackPart: 0.05,
		},
		{
			Name: "Speed of speech after a stall, the highest", Decimals: 2,
			Ours: worst.speed, Anchor: report.None(), Goal: report.Most(1.25), SlackPart: 0.01,
		},
	}
	return rows, t, nil
}

// worse returns the longer way back and the higher speed.
func (r recovery) worse(o recovery) recovery {
	return recovery{back: max(r.back, o.back), speed: max(r.speed, o.speed), found: r.found + o.found}
}

// recovery is what a listener hears of one stall.
type recovery struct {
	back  time.Duration // from the end of the stall until the delay is near that before
	speed float64       // the highest, with which speech is played while it is on
	found int           // looks that found something
}

// recover measures one stall in the midst of sent, by what was played.
func recoverFrom(sent []int16) recovery {
	r := play(trace.OneStall(stallAt, stallLength, stallTrace), sent, playout.Config{})
	before := listen(r, sent, stallAt-time.Second, stallAt-look)
	after := listen(r, sent, stallEnd, stallEnd+3*time.Second)
	if len(before) == 0 || len(after) == 0 {
		return recovery{}
	}
	usual := median(before)
	rec := recovery{found: len(before) + len(after), speed: fastest(after, sent)}
	for _, h := range after {
		if h.delay > usual+near {
			rec.back = h.at - stallEnd
		}
	}
	return rec
}

func median(of []heard) time.Duration {
	delays := make([]time.Duration, 0, len(of))
	for _, h := range of {
		delays = append(delays, h.delay)
	}
	slices.Sort(delays)
	return delays[len(delays)/2]
}

// fastest returns the highest speed between two looks a while apart, where
// there is no pause between what they found.
func fastest(found []heard, sent []int16) float64 {
	top := 0.0
	for i, a := range found {
		for _, b := range found[i+1:] {
			if b.at-a.at != speedOver || paused(sent[samples(a.at-a.delay):samples(b.at-b.delay)]) {
				continue
			}
			top = max(top, 1+float64(a.delay-b.delay)/float64(speedOver))
		}
	}
	return top
}

const (
	// pause is the shortest silence that is no part of speech (ITU-T P.56), and
	// pauseLevel the RMS below which it is silent, -45 dBFS.
	pause      = 200 * time.Millisecond
	pauseLevel = 184
)

// paused tells whether there is a pause in pcm.
func paused(pcm []int16) bool {
	run := 0
	for block := samples(beat); len(pcm) >= block; pcm = pcm[block:] {
		if run += block; rms(pcm[:block]) > pauseLevel {
			run = 0
		}
		if run >= samples(pause) {
			return true
		}
	}
	return false
}
