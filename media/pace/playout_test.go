package pace_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/talkpath/talkpath/media/pace"
)

var epoch = time.Unix(1_000_000, 0)

func at(d time.Duration) time.Time { return epoch.Add(d) }

func position(t *testing.T, p *pace.Playout, now, want time.Duration) {
	t.Helper()
	if got := p.Position(at(now)); got != want {
		t.Errorf("at %v the caller has heard %v, want %v", now, got, want)
	}
	if got := p.Lead(at(now)); got != p.SentTotal()-want {
		t.Errorf("at %v the lead is %v, want %v", now, got, p.SentTotal()-want)
	}
}

func TestPositionFollowsRealTime(t *testing.T) {
	var p pace.Playout
	position(t, &p, 0, 0)
	p.Sent(200*ms, at(100*ms))
	position(t, &p, 100*ms, 0)
	position(t, &p, 150*ms, 50*ms)
	p.Sent(20*ms, at(160*ms))
	position(t, &p, 310*ms, 210*ms)
	if got := p.SentTotal(); got != 220*ms {
		t.Errorf("sent %v, want 220ms", got)
	}
}

func TestPositionRestsWhileTheQueueIsDry(t *testing.T) {
	var p pace.Playout
	p.Sent(100*ms, at(0))
	position(t, &p, 500*ms, 100*ms)
	p.Sent(100*ms, at(time.Second))
	position(t, &p, time.Second, 100*ms)
	position(t, &p, time.Second+30*ms, 130*ms)
	position(t, &p, time.Hour, 200*ms)
}

func TestAMarkMovesAnEstimateThatLags(t *testing.T) {
	var p pace.Playout
	p.Sent(400*ms, at(0))
	p.Mark(200 * ms)
	if !p.Played(200*ms, at(150*ms)) {
		t.Error("a mark that is out did not count")
	}
	position(t, &p, 150*ms, 200*ms)
	position(t, &p, 180*ms, 230*ms)
}

func TestAMarkThatIsOutHoldsTheEstimateBack(t *testing.T) {
	p := pace.NewPlayout(pace.PlayoutConfig{Margin: 100 * ms})
	p.Sent(time.Second, at(0))
	p.Mark(200 * ms)
	position(t, p, 300*ms, 300*ms)
	position(t, p, 700*ms, 300*ms)
	p.Played(200*ms, at(700*ms)) // so the caller is there now, not at 700
	position(t, p, 700*ms, 300*ms)
	position(t, p, 800*ms, 300*ms)
	position(t, p, 850*ms, 350*ms)
}

func TestAMarkThatIsALittleLateChangesNothing(t *testing.T) {
	p := pace.NewPlayout(pace.PlayoutConfig{Margin: 100 * ms})
	p.Sent(time.Second, at(0))
	p.Mark(200 * ms)
	p.Played(200*ms, at(280*ms))
	position(t, p, 280*ms, 280*ms)
	position(t, p, 500*ms, 500*ms)
}

func TestALaterMarkBringsBackTheOnesBefore(t *testing.T) {
	p := pace.NewPlayout(pace.PlayoutConfig{Margin: 100 * ms})
	p.Sent(time.Second, at(0))
	for _, m := range []time.Duration{200 * ms, 400 * ms, 600 * ms} {
		p.Mark(m)
	}
	p.Played(400*ms, at(450*ms))
	position(t, p, 650*ms, 650*ms)
	position(t, p, 900*ms, 700*ms)
	if p.Played(200*ms, at(900*ms)) {
		t.Error("a mark that was passed over counted")
	}
}

func TestAMarkThatNeverComesIsForgotten(t *testing.T) {
	p := pace.NewPlayout(pace.PlayoutConfig{Margin: 100 * ms, Patience: time.Second})
	p.Sent(10*time.Second, at(0))
	p.Mark(200 * ms)
	position(t, p, 210*ms, 210*ms)
	position(t, p, 1210*ms, 300*ms)
	position(t, p, 1220*ms, 1220*ms)
	p.Played(200*ms, at(2*time.Second)) // it was only very late: the carrier had stalled
	position(t, p, 2500*ms, 2*time.Second)
	position(t, p, 4*time.Second, 2200*ms)
}

func TestClearCutsToWhatWasHeard(t *testing.T) {
	var p pace.Playout
	p.Sent(time.Second, at(0))
	p.Mark(time.Second)
	if heard := p.Clear(at(400 * ms)); heard != 400*ms {
		t.Errorf("heard %v, want 400ms", heard)
	}
	position(t, &p, 400*ms, 400*ms)
	position(t, &p, 600*ms, 400*ms)
	if got := p.SentTotal(); got != 400*ms {
		t.Errorf("sent %v after the clear, want 400ms", got)
	}
	p.Sent(2*time.Second, at(700*ms))
	if p.Played(time.Second, at(710*ms)) {
		t.Error("a mark that came back because of the clear counted")
	}
	position(t, &p, 710*ms, 410*ms)
}

func TestImpossibleReportsAreIgnored(t *testing.T) {
	var p pace.Playout
	p.Sent(-time.Second, at(0))
	p.Sent(100*ms, at(0))
	p.Mark(200 * ms)
	p.Mark(-ms)
	if p.Played(200*ms, at(10*ms)) || p.Played(50*ms, at(10*ms)) || p.Played(-ms, at(10*ms)) {
		t.Error("a mark that was never out counted")
	}
	position(t, &p, 10*ms, 10*ms)
	position(t, &p, 5*ms, 10*ms) // time runs backwards
}

func TestManyMarksDoNotGrow(t *testing.T) {
	p := pace.NewPlayout(pace.PlayoutConfig{Patience: time.Hour})
	p.Sent(time.Hour, at(0))
	for i := range 1000 {
		p.Mark(time.Duration(i) * 100 * ms)
	}
	if p.Played(0, at(0)) || !p.Played(99900*ms, at(0)) {
		t.Error("want the first mark forgotten and the last one out")
	}
}

func TestPlayoutKeepsItsPromises(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := pace.NewPlayout(pace.PlayoutConfig{
			Margin:   time.Duration(rapid.IntRange(1, 500).Draw(t, "margin")) * ms,
			Patience: time.Duration(rapid.IntRange(1, 3000).Draw(t, "patience")) * ms,
		})
		now, last, marks := epoch, time.Duration(0), []time.Duration{0}
		for range rapid.IntRange(1, 80).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(-5, 400).Draw(t, "pass")) * ms)
			switch rapid.IntRange(0, 5).Draw(t, "do") {
			case 0, 1:
				p.Sent(time.Duration(rapid.IntRange(-1, 600).Draw(t, "sent"))*ms, now)
			case 2:
				p.Mark(p.SentTotal())
				marks = append(marks, p.SentTotal())
			case 3:
				mark := rapid.SampledFrom(marks).Draw(t, "mark")
				if p.Played(mark, now) && p.Position(now) < mark {
					t.Fatalf("heard %v though the mark at %v came back", p.Position(now), mark)
				}
			case 4:
				before := p.Position(now)
				heard := p.Clear(now)
				if heard != before || p.SentTotal() != heard || p.Lead(now) != 0 {
					t.Fatalf("clear at %v gave %v, sent %v, lead %v", before, heard, p.SentTotal(), p.Lead(now))
				}
			}
			pos := p.Position(now)
			if pos < last || pos > p.SentTotal() || p.Lead(now) != p.SentTotal()-pos {
				t.Fatalf("position %v after %v, sent %v, lead %v", pos, last, p.SentTotal(), p.Lead(now))
			}
			last = pos
		}
		// All that was sent is heard in the end, whatever marks are missing.
		for range 70 {
			now = now.Add(time.Minute)
			p.Position(now)
		}
		if p.Lead(now) != 0 {
			t.Fatalf("lead %v long after the last audio", p.Lead(now))
		}
	})
}

func TestPlayoutAllocatesNothing(t *testing.T) {
	p := pace.NewPlayout(pace.PlayoutConfig{})
	now := epoch
	step := func() {
		now = now.Add(20 * ms)
		p.Sent(20*ms, now)
		p.Mark(p.SentTotal())
		p.Played(p.Position(now), now)
		p.Lead(now)
	}
	if n := testing.AllocsPerRun(1000, step); n != 0 {
		t.Errorf("%v allocations a beat, want none", n)
	}
}
