package jitter_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/talkpath/talkpath/jitter"
	"github.com/talkpath/talkpath/media"
)

const ms = time.Millisecond

var (
	mulaw = media.Format{Encoding: media.PCMU, Rate: 8000}
	epoch = time.Unix(1_000_000, 0)
)

// sound returns a frame whose every byte tells the sample it stands for.
func sound(at, length time.Duration) media.Frame {
	payload := make([]byte, mulaw.Samples(length))
	first := mulaw.Samples(at)
	for i := range payload {
		payload[i] = byte((first + i) % 251)
	}
	return media.Frame{Format: mulaw, At: at, Payload: payload}
}

// told is an Item in a form that outlives the next Pop.
type told struct {
	Outcome jitter.Outcome
	At, For time.Duration
	First   int // first payload byte, -1 for none
}

// drain pops until Wait.
func drain(b *jitter.Buffer, now time.Time) []told {
	var all []told
	for {
		it := b.Pop(now)
		switch it.Outcome {
		case jitter.Play:
			all = append(all, told{jitter.Play, it.Frame.At, it.Frame.Duration(), int(it.Frame.Payload[0])})
		case jitter.Lost:
			all = append(all, told{jitter.Lost, it.Frame.At, it.Gap, -1})
		default:
			return all
		}
	}
}

func played(at, length time.Duration) told { return playedAs(at, at, length) }

func playedAs(at, was, length time.Duration) told {
	return told{jitter.Play, at, length, mulaw.Samples(was) % 251}
}

func lost(at, length time.Duration) told { return told{jitter.Lost, at, length, -1} }

func push(t *testing.T, b *jitter.Buffer, f media.Frame, now time.Time) {
	t.Helper()
	if err := b.Push(f, now); err != nil {
		t.Fatalf("push of the frame at %v: %v", f.At, err)
	}
}

func check(t *testing.T, got []told, want ...told) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("popped (-want +got):\n%s", diff)
	}
}

func TestFramesInOrderLeaveAtOnce(t *testing.T) {
	for _, wait := range []time.Duration{0, 60 * ms} {
		b := jitter.New(jitter.Config{Wait: wait})
		for i := range 50 {
			at := time.Duration(i) * 20 * ms
			now := epoch.Add(at)
			push(t, b, sound(at, 20*ms), now)
			check(t, drain(b, now), played(at, 20*ms))
		}
	}
}

func TestAGapIsToldBeforeTheFrameBehindIt(t *testing.T) {
	b := jitter.New(jitter.Config{})
	push(t, b, sound(0, 20*ms), epoch)
	push(t, b, sound(80*ms, 20*ms), epoch.Add(80*ms))
	check(t, drain(b, epoch.Add(80*ms)), played(0, 20*ms), lost(20*ms, 60*ms), played(80*ms, 20*ms))
}

func TestAnOvertakenFrameIsAwaitedNoLongerThanWait(t *testing.T) {
	b := jitter.New(jitter.Config{Wait: 60 * ms})
	push(t, b, sound(0, 20*ms), epoch)
	push(t, b, sound(40*ms, 20*ms), epoch.Add(40*ms))
	check(t, drain(b, epoch.Add(99*ms)), played(0, 20*ms))

	due, ok := b.Due()
	if want := epoch.Add(100 * ms); !ok || !due.Equal(want) {
		t.Errorf("due %v %v, want %v", due.Sub(epoch), ok, want.Sub(epoch))
	}
	check(t, drain(b, due), lost(20*ms, 20*ms), played(40*ms, 20*ms))
	if err := b.Push(sound(20*ms, 20*ms), due); !errors.Is(err, jitter.ErrLate) {
		t.Errorf("the frame that was given up: error %v, want ErrLate", err)
	}
	if _, ok = b.Due(); ok {
		t.Error("an empty buffer is due")
	}
}

func TestAnOvertakenFrameThatComesInTimeIsPlayedInItsPlace(t *testing.T) {
	b := jitter.New(jitter.Config{Wait: 60 * ms})
	push(t, b, sound(0, 20*ms), epoch)
	push(t, b, sound(40*ms, 20*ms), epoch.Add(40*ms))
	push(t, b, sound(20*ms, 20*ms), epoch.Add(50*ms))
	if due, _ := b.Due(); due.After(epoch.Add(50 * ms)) {
		t.Errorf("due only %v after the start though a frame can be played", due.Sub(epoch))
	}
	check(t, drain(b, epoch.Add(50*ms)), played(0, 20*ms), played(20*ms, 20*ms), played(40*ms, 20*ms))
	if s := b.Stats(); s.Reordered != 1 || s.Gaps != 0 {
		t.Errorf("reordered %d, gaps %d; want 1, 0", s.Reordered, s.Gaps)
	}
}

func TestAFrameIsNotHeldBeyondItsWaitByALaterGap(t *testing.T) {
	b := jitter.New(jitter.Config{Wait: 60 * ms})
	push(t, b, sound(0, 20*ms), epoch)
	push(t, b, sound(80*ms, 20*ms), epoch.Add(10*ms))
	push(t, b, sound(40*ms, 20*ms), epoch.Add(50*ms))
	check(t, drain(b, epoch.Add(70*ms)), played(0, 20*ms), lost(20*ms, 20*ms), played(40*ms, 20*ms),
		lost(60*ms, 20*ms), played(80*ms, 20*ms))
}

func TestMediaTimeBeginsAtTheFirstFrame(t *testing.T) {
	b := jitter.New(jitter.Config{})
	push(t, b, sound(37*time.Second, 20*ms), epoch)
	push(t, b, sound(37*time.Second+20*ms, 20*ms), epoch)
	check(t, drain(b, epoch), playedAs(0, 37*time.Second, 20*ms), playedAs(20*ms, 37*time.Second+20*ms, 20*ms))
}

func TestAFirstFrameFromTheMiddleLetsAnEarlierOneOvertake(t *testing.T) {
	b := jitter.New(jitter.Config{Wait: 60 * ms})
	push(t, b, sound(1020*ms, 20*ms), epoch)
	check(t, drain(b, epoch))
	push(t, b, sound(1000*ms, 20*ms), epoch.Add(5*ms))
	check(t, drain(b, epoch.Add(60*ms)), playedAs(0, 1000*ms, 20*ms), playedAs(20*ms, 1020*ms, 20*ms))
}

func TestSmallDeviationsAreNoGap(t *testing.T) {
	b := jitter.New(jitter.Config{})
	var all []told
	for i, off := range []time.Duration{0, 9 * ms, -9 * ms, 5 * ms, 0} {
		push(t, b, sound(time.Duration(i)*20*ms+off, 20*ms), epoch)
		all = append(all, drain(b, epoch)...)
	}
	for i, it := range all {
		if at := time.Duration(i) * 20 * ms; it.Outcome != jitter.Play || it.At != at || it.For != 20*ms {
			t.Errorf("item %d is %v at %v for %v, want a whole frame at %v", i, it.Outcome, it.At, it.For, at)
		}
	}
	if len(all) != 5 {
		t.Errorf("%d items, want 5", len(all))
	}
}

func TestDeviationsDoNotAddUp(t *testing.T) {
	b := jitter.New(jitter.Config{})
	var media time.Duration
	for i := range 6000 { // two minutes whose clock runs 1 % slow
		at := time.Duration(i) * 20200 * time.Microsecond
		push(t, b, sound(at, 20*ms), epoch.Add(at))
		drain(b, epoch.Add(at))
		media = at + 20*ms
	}
	if off := media - b.Stats().Media; off < 0 || off > 10*ms {
		t.Errorf("media time is %v behind the carrier's clock, want 10ms at most", off)
	}
}

func TestOverlapIsCutToTheSample(t *testing.T) {
	b := jitter.New(jitter.Config{})
	push(t, b, sound(0, 100*ms), epoch)
	push(t, b, sound(60*ms, 100*ms), epoch)
	check(t, drain(b, epoch), played(0, 100*ms), played(100*ms, 60*ms))
	if got := b.Stats().Trimmed; got != 40*ms {
		t.Errorf("trimmed %v, want 40ms", got)
	}
}

func TestWhatIsKnownOrOverIsRefused(t *testing.T) {
	b := jitter.New(jitter.Config{Wait: 100 * ms})
	numbered := func(at time.Duration, seq uint64) media.Frame {
		f := sound(at, 20*ms)
		f.Seq = seq
		return f
	}
	push(t, b, numbered(0, 3), epoch)
	push(t, b, numbered(60*ms, 7), epoch)
	if err := b.Push(numbered(60*ms, 7), epoch); !errors.Is(err, jitter.ErrDuplicate) {
		t.Errorf("again while held: %v, want ErrDuplicate", err)
	}
	drain(b, epoch)
	if err := b.Push(numbered(0, 3), epoch); !errors.Is(err, jitter.ErrDuplicate) {
		t.Errorf("again after it was played: %v, want ErrDuplicate", err)
	}
	if err := b.Push(numbered(0, 4), epoch); !errors.Is(err, jitter.ErrLate) {
		t.Errorf("another one of a time that is over: %v, want ErrLate", err)
	}
	if s := b.Stats(); s.Duplicates != 2 || s.Late != 1 || s.Pushed != 2 {
		t.Errorf("counted %+v, want 2 duplicates, 1 late, 2 pushed", s)
	}
}

func TestUnusableFramesAreRefused(t *testing.T) {
	wide := media.Format{Encoding: media.L16, Rate: 16000}
	cases := map[string]media.Frame{
		"no payload":     {Format: mulaw},
		"no format":      {Payload: []byte{1, 2}},
		"other format":   {Format: wide, Payload: []byte{1, 2}},
		"above 2 s":      sound(0, 2*time.Second+20*ms),
		"half a sample":  {Format: wide, Payload: []byte{1, 2, 3}},
		"negative rate":  {Format: media.Format{Encoding: media.PCMU, Rate: -8000}, Payload: []byte{1}},
		"wrong encoding": {Format: media.Format{Encoding: 99, Rate: 8000}, Payload: []byte{1}},
	}
	for name, f := range cases {
		b := jitter.New(jitter.Config{})
		push(t, b, sound(0, 20*ms), epoch)
		if err := b.Push(f, epoch); !errors.Is(err, jitter.ErrFrame) {
			t.Errorf("%s: error %v, want ErrFrame", name, err)
		}
		check(t, drain(b, epoch), played(0, 20*ms))
	}
}

func TestABufferWithoutRoomStopsWaiting(t *testing.T) {
	b := jitter.New(jitter.Config{Wait: time.Hour, Depth: 3})
	push(t, b, sound(0, 20*ms), epoch)
	drain(b, epoch)
	for _, at := range []time.Duration{40 * ms, 60 * ms, 80 * ms} {
		push(t, b, sound(at, 20*ms), epoch)
	}
	if err := b.Push(sound(100*ms, 20*ms), epoch); !errors.Is(err, jitter.ErrFull) {
		t.Errorf("the fourth of three: %v, want ErrFull", err)
	}
	check(t, drain(b, epoch), lost(20*ms, 20*ms), played(40*ms, 20*ms), played(60*ms, 20*ms), played(80*ms, 20*ms))
}

func TestAPayloadStaysUntilTheNextPop(t *testing.T) {
	b := jitter.New(jitter.Config{Depth: 2})
	f := sound(0, 20*ms)
	push(t, b, f, epoch)
	clear(f.Payload)
	it := b.Pop(epoch)
	push(t, b, sound(20*ms, 20*ms), epoch)
	push(t, b, sound(40*ms, 20*ms), epoch)
	if diff := cmp.Diff(sound(0, 20*ms).Payload, it.Frame.Payload); diff != "" {
		t.Errorf("payload changed (-want +got):\n%s", diff)
	}
}
