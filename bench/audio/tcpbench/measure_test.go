package tcpbench

import (
	"testing"
	"time"
)

func TestHandingsTellWhenSoundWasHandedOn(t *testing.T) {
	var h handings
	h.note(0, epoch) // nothing yet
	h.note(20*ms, epoch.Add(1*ms))
	h.note(20*ms, epoch.Add(2*ms)) // no further
	h.note(80*ms, epoch.Add(3*ms))
	for upTo, want := range map[time.Duration]time.Duration{20 * ms: ms, 21 * ms: 3 * ms, 80 * ms: 3 * ms} {
		if got, ok := h.when(upTo); !ok || got.Sub(epoch) != want {
			t.Errorf("%v handed on after %v %v, want %v", upTo, got.Sub(epoch), ok, want)
		}
	}
	if _, ok := h.when(81 * ms); ok {
		t.Error("what never came was handed on")
	}
}

func TestFiguresOfACondition(t *testing.T) {
	at := func(all ...time.Duration) (times []time.Time) {
		for _, d := range all {
			times = append(times, epoch.Add(d))
		}
		return times
	}
	c := condition{calls: 1, length: 80 * ms}
	f := c.figures([]call{{
		sent:      at(0, 20*ms, 40*ms, 60*ms),
		delivered: at(30*ms, 50*ms, 150*ms, 150*ms),
		read:      at(31*ms, 51*ms, 152*ms, 152*ms),
		handed:    at(32*ms, 52*ms, 155*ms, 155*ms),
		lost:      20 * ms,
	}})
	for name, got := range map[string][2]time.Duration{
		"latest on the line":      {f.link.most(), 80 * ms},
		"mean from line to read":  {f.woken.mean(), 1500 * time.Microsecond},
		"most that was added":     {f.added.most(), 3 * ms},
		"most in all":             {f.total.most(), 5 * ms},
		"hole of the line":        {f.linkHoles.most(), 100 * ms},
		"hole passed on":          {f.ourHoles.most(), 103 * ms},
		"longer than the line's":  {f.moreHole, 3 * ms},
		"quantile of no duration": {spread{}.quantile(0.5) + spread{}.mean(), 0},
	} {
		if got[0] != got[1] {
			t.Errorf("%s: %v, want %v", name, got[0], got[1])
		}
	}
	if f.lost != 0.25 || f.perMinute(f.linkHoles) != 750 {
		t.Errorf("%g lost, %g holes a minute", f.lost, f.perMinute(f.linkHoles))
	}
}
