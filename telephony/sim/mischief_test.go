package sim_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/sim"
)

// bear lets a call of 2 s with mischief run against a server that answers
// nothing, and judges what the server got.
func bear(t *testing.T, s *server, mischief sim.Mischief, judge func(called)) {
	t.Helper()
	s.script = func(*agent) {}
	place(t, s, sim.Plan{Patience: 2 * time.Second, Mischief: []sim.Mischief{mischief}}, judge)
}

func isWrong(t *testing.T, c called, want error, times int) {
	t.Helper()
	n := 0
	for _, err := range c.agent.wrong {
		if errors.Is(err, want) {
			n++
		}
	}
	if n != times || len(c.agent.wrong) != times {
		t.Errorf("%s: server objected %v, want %d times %v", c.Carrier, c.agent.wrong, times, want)
	}
}

func TestEachMischiefIsWhatTheServerGets(t *testing.T) {
	both := func(t *testing.T, mischief func() sim.Mischief, judge func(called)) {
		t.Helper()
		bear(t, onTwilio(nil), mischief(), judge)
		bear(t, onExotel(8000, nil), mischief(), judge)
	}
	t.Run("no start", func(t *testing.T) {
		both(t, sim.NoStart, func(c called) {
			if n := len(c.agent.of(telephony.Started)); n != 0 || len(c.agent.of(telephony.Connected)) != 1 {
				t.Errorf("%d starts", n)
			}
			isWrong(t, c, telephony.ErrNotStarted, c.Media.SentFrames+1) // and the stop
		})
	})
	t.Run("media before start", func(t *testing.T) {
		both(t, func() sim.Mischief { return sim.MediaBeforeStart(2) }, func(c called) {
			isWrong(t, c, telephony.ErrNotStarted, 2)
			if n := len(c.agent.of(telephony.Started)); n != 1 {
				t.Errorf("%d starts", n)
			}
		})
	})
	t.Run("start twice", func(t *testing.T) {
		both(t, func() sim.Mischief { return sim.StartTwice(500 * ms) }, func(c called) {
			isWrong(t, c, telephony.ErrStartedTwice, 1)
		})
	})
	t.Run("wrong stream", func(t *testing.T) {
		both(t, func() sim.Mischief { return sim.WrongStream(500*ms, 900*ms) }, func(c called) {
			packets := int(400 * ms / packetOf(c))
			isWrong(t, c, telephony.ErrWrongStream, packets)
		})
	})
	t.Run("text that is no JSON", func(t *testing.T) {
		garbage := telephony.Message{Data: []byte("}{ what")}
		both(t, func() sim.Mischief { return sim.Stray(500*ms, garbage, garbage) }, func(c called) {
			isWrong(t, c, telephony.ErrMalformed, 2)
		})
	})
	t.Run("binary", func(t *testing.T) {
		both(t, func() sim.Mischief {
			return sim.Stray(500*ms, telephony.Message{Binary: true, Data: []byte{0, 1}})
		}, func(c called) {
			isWrong(t, c, telephony.ErrNotText, 1)
		})
	})
	t.Run("bad base64", func(t *testing.T) {
		both(t, func() sim.Mischief { return sim.Payload(500*ms, "*!") }, func(c called) {
			isWrong(t, c, telephony.ErrBadPayload, 1)
		})
	})
	t.Run("oversize", func(t *testing.T) {
		both(t, func() sim.Mischief { return sim.Payload(500*ms, strings.Repeat("A", 1<<20)) }, func(c called) {
			if c.Closed == nil || c.Closed.Code != telephony.CloseTooBig || c.Ending != telephony.AgentHungUp {
				t.Errorf("closed %v, ending %q", c.Closed, c.Ending)
			}
		})
	})
}

func packetOf(c called) time.Duration {
	audio := c.agent.of(telephony.Audio)
	return audio[1].Frame.At - audio[0].Frame.At
}

func TestAnOddPayloadReachesTheServer(t *testing.T) {
	bear(t, onExotel(8000, nil), sim.Payload(500*ms, "AAAA"), func(c called) { // three bytes
		if c.Media.SentFrames != 20 {
			t.Errorf("%d frames sent", c.Media.SentFrames)
		}
		whole := 0
		for _, ev := range c.agent.of(telephony.Audio) {
			if len(ev.Frame.Payload) == 1600 {
				whole++
			}
		}
		if whole != 19 {
			t.Errorf("%d whole packets arrived, want all but one", whole)
		}
	})
}

// clock returns the sequence numbers and media times that the server saw.
func clock(c called) (seq []uint64, at []time.Duration) {
	for _, ev := range c.agent.of(telephony.Audio) {
		seq, at = append(seq, ev.Frame.Seq), append(at, ev.Frame.At)
	}
	return seq, at
}

func TestLostPacketsLeaveAGapInBothCounters(t *testing.T) {
	bear(t, onTwilio(nil), sim.Lost(500*ms, 600*ms), func(c called) {
		seq, at := clock(c)
		i := slices.Index(at, 480*ms)
		if at[i+1] != 600*ms || seq[i+1] != seq[i]+6 {
			t.Errorf("%v %d is followed by %v %d", at[i], seq[i], at[i+1], seq[i+1])
		}
		if got := time.Duration(c.Duration); got != 2*time.Second {
			t.Errorf("call lasted %v", got)
		}
	})
}

func TestAHushLeavesAGapInTimeOnly(t *testing.T) {
	bear(t, onTwilio(nil), sim.Hush(500*ms, 600*ms), func(c called) {
		seq, at := clock(c)
		i := slices.Index(at, 480*ms)
		if at[i+1] != 600*ms || seq[i+1] != seq[i]+1 {
			t.Errorf("%v %d is followed by %v %d", at[i], seq[i], at[i+1], seq[i+1])
		}
		if want := len(at); c.Media.SentFrames != want {
			t.Errorf("counted %d frames, server got %d", c.Media.SentFrames, want)
		}
	})
}

func TestTimestampsGoBack(t *testing.T) {
	bear(t, onTwilio(nil), sim.Shifted(500*ms, 700*ms, -300*ms), func(c called) {
		_, at := clock(c)
		if at[25] != 200*ms || at[34] != 380*ms || at[35] != 700*ms {
			t.Errorf("times around the jump: %v", at[24:36])
		}
	})
}

func TestASocketVanishesWithoutAWord(t *testing.T) {
	bear(t, onTwilio(nil), sim.Vanish(time.Second), func(c called) {
		var closed *telephony.CloseError
		if !errors.As(c.agent.ended, &closed) || closed.Code != telephony.CloseAbnormal {
			t.Errorf("server's socket ended with %v", c.agent.ended)
		}
		if len(c.agent.of(telephony.Stopped)) > 0 || c.Ending != telephony.MediaLost {
			t.Errorf("stopped in good order, ending %q", c.Ending)
		}
		if got := time.Duration(c.Duration); got != time.Second {
			t.Errorf("after %v", got)
		}
	})
}

func TestASocketClosesWithoutAStop(t *testing.T) {
	bear(t, onTwilio(nil), sim.Mischief{From: time.Second, Close: telephony.CloseNormal}, func(c called) {
		if len(c.agent.of(telephony.Stopped)) > 0 || c.Ending != telephony.CallerHungUp {
			t.Errorf("stopped in good order, ending %q", c.Ending)
		}
	})
}
