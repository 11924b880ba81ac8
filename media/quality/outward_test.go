package quality_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/talkpath/talkpath/media/quality"
)

// reply sends sound of so many messages of 100 ms in real time.
func (w *wire) reply(from time.Duration, messages int) {
	for i := range messages {
		w.beats(from + time.Duration(i)*100*ms)
		w.Sent(100 * ms)
	}
}

func TestAHoleInAReplyIsPutDownToWhatWasWaitedFor(t *testing.T) {
	for _, why := range []quality.Cause{quality.Voice, quality.Dialogue, quality.Own, quality.Nothing} {
		w := newWire(quality.Config{})
		w.reply(0, 5)
		for at := 520 * ms; at <= 800*ms; at += 20 * ms {
			w.sleeps(at)
			if w.Dry() {
				w.Waits(why)
			}
		}
		w.reply(800*ms, 5)
		o := w.measures().Out
		want := quality.Stalls{Times: 1, Total: 300 * ms, Longest: 300 * ms}
		got := map[quality.Cause]quality.Stalls{quality.Voice: o.Voice, quality.Dialogue: o.Dialogue, quality.Own: o.Own}
		for cause, s := range got {
			if cause == why && s != want || cause != why && s != (quality.Stalls{}) {
				t.Errorf("waiting for %d: %d has %+v", why, cause, s)
			}
		}
		if o.Sent != time.Second || o.Messages != 10 {
			t.Errorf("sent %v", o.Sent)
		}
	}
}

func TestWhatIsClearedLeavesNoHole(t *testing.T) {
	w := newWire(quality.Config{})
	w.reply(0, 2)
	w.beats(400 * ms)
	w.Waits(quality.Voice)
	w.Cleared()
	w.beats(900 * ms)
	if w.Dry() {
		t.Error("a cleared reply waits for sound")
	}
	w.reply(900*ms, 2)
	if o := w.measures().Out; o.Voice.Times != 0 {
		t.Errorf("counted %+v", o)
	}
}

// Sound between the sentences of a reply that is none of it, such as comfort
// noise, hides no hole; and the mark of what is sent behind it comes later by as
// much without anybody's fault.
func TestSoundThatIsNoPartOfAReplyIsPlayedBeforeWhatFollows(t *testing.T) {
	w := newWire(quality.Config{})
	w.reply(0, 5)
	w.Marked(500 * ms)
	w.beats(540 * ms)
	w.MarkPlayed(500 * ms)
	for at := 560 * ms; at <= 800*ms; at += 20 * ms {
		w.beats(at)
		if !w.Dry() {
			t.Fatalf("no hole at %v", at)
		}
		w.Waits(quality.Voice)
		if at == 640*ms {
			w.Filled(400 * ms) // up to 1040 ms
		}
	}
	w.reply(800*ms, 1) // played up to 1140 ms
	w.Marked(600 * ms)
	w.beats(1180 * ms)
	w.MarkPlayed(600 * ms)
	o := w.measures().Out
	if o.Voice.Times != 1 || o.Voice.Total != 300*ms || o.Player.Times != 0 {
		t.Errorf("holes %+v, of the player %+v; want one of 300 ms and none", o.Voice, o.Player)
	}
	if o.Sent != 600*ms || o.Messages != 6 {
		t.Errorf("%v in %d messages are the agent's, want 600 ms in 6", o.Sent, o.Messages)
	}
}

func TestMarksThatComeLateTellOfHolesAtTheCarriersPlayer(t *testing.T) {
	cases := map[string]struct {
		late  []time.Duration // how long after its time each mark comes
		holes int
		total time.Duration
		gone  int
	}{
		"all in time":         {[]time.Duration{40 * ms, 50 * ms, 40 * ms}, 0, 0, 0},
		"some jitter":         {[]time.Duration{40 * ms, 120 * ms, 60 * ms}, 0, 0, 0},
		"one hole":            {[]time.Duration{40 * ms, 240 * ms, 240 * ms}, 1, 200 * ms, 0},
		"two holes":           {[]time.Duration{40 * ms, 240 * ms, 540 * ms}, 2, 500 * ms, 0},
		"one that never came": {[]time.Duration{40 * ms, -1, 40 * ms}, 0, 0, 1},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWire(quality.Config{})
			const each = time.Second
			for i := range c.late { // all sent ahead, so that no reply ends between
				w.Sent(each)
				w.Marked(time.Duration(i+1) * each)
			}
			heard := time.Duration(0)
			for i, late := range c.late {
				due := time.Duration(i+1) * each
				if late >= 0 { // the caller's sound comes in time
					w.run(heard, due+late, 0)
					heard = due + late
					w.beats(due + late)
					w.MarkPlayed(due)
				}
			}
			o := w.measures().Out
			if o.Player.Times != c.holes || o.Player.Total != c.total || o.MarksMissing != c.gone || o.MarkDelay != 40*ms {
				t.Errorf("counted %+v, %d missing, %v at the least", o.Player, o.MarksMissing, o.MarkDelay)
			}
		})
	}
}

// All that comes late comes late: a mark in a stall of the way here tells
// nothing of the way back.
func TestAStallOnTheWayHereIsNoHoleAtThePlayer(t *testing.T) {
	w := newWire(quality.Config{})
	w.Sent(3 * time.Second)
	w.Marked(3 * time.Second)
	w.run(0, 2500*ms, 0)
	w.Sent(time.Second)
	w.Marked(4 * time.Second)
	w.run(2500*ms, 3*time.Second, 0)
	w.MarkPlayed(3 * time.Second)
	w.run(3*time.Second, 3900*ms, 0)
	for at := 3900 * ms; at < 4400*ms; at += 20 * ms { // all at once, in the order of sending
		w.arrives(4400*ms, at, 20*ms)
		if at == 3980*ms {
			w.MarkPlayed(4 * time.Second)
		}
	}
	m := w.measures()
	if m.Out.Marks != 2 || m.Out.Player.Times != 0 || m.Arrivals.Stalls.Times != 1 {
		t.Errorf("%d marks, %+v at the player, %+v on the way here", m.Out.Marks, m.Out.Player, m.Arrivals.Stalls)
	}
}

// Whatever is told in whatever order, the counts stay sane.
func TestHolesNeverOutlastTheCall(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWire(quality.Config{})
		at, position := time.Duration(0), time.Duration(0)
		for range rapid.IntRange(1, 200).Draw(t, "steps") {
			at += time.Duration(rapid.IntRange(0, 300).Draw(t, "pause")) * ms
			w.sleeps(at)
			w.Passed()
			if w.Dry() {
				w.Waits(quality.Cause(rapid.IntRange(0, 3).Draw(t, "why")))
			}
			switch rapid.IntRange(0, 4).Draw(t, "what") {
			case 0, 1:
				w.Sent(100 * ms)
				position += 100 * ms
			case 2:
				w.Marked(position)
			case 3:
				w.MarkPlayed(time.Duration(rapid.IntRange(0, int(position/ms)).Draw(t, "mark")/100) * 100 * ms)
			case 4:
				w.Cleared()
			}
		}
		o := w.measures().Out
		if all := o.Voice.Total + o.Dialogue.Total + o.Own.Total; all < 0 || all > at || o.MarksMissing < 0 {
			t.Fatalf("%v of holes in %v: %+v", all, at, o)
		}
		quality.Assess(w.measures())
	})
}
