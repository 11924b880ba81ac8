package fake_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/talkpath/talkpath/conversation"
	"github.com/talkpath/talkpath/conversation/tts/fake"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// speak speaks for up to ten seconds and returns how much sound came, when
// its first came, and how it ended.
func speak(t *testing.T, s *fake.Synthesizer, text string) (samples int, first, all time.Duration, err error) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithTimeout(t.Context(), 10*time.Second)
		defer stop()
		start := time.Now()
		err = s.Speak(ctx, text, func(pcm []int16) error {
			if samples == 0 {
				first = time.Since(start)
			}
			samples += len(pcm)
			return nil
		})
		all = time.Since(start)
	})
	return samples, first, all, err
}

func TestEachWordSoundsAndTheTimesAreAsAsked(t *testing.T) {
	s := fake.New(fake.Config{PerWord: 250 * time.Millisecond, First: 80 * time.Millisecond, Speed: 4})
	samples, first, all, err := speak(t, s, "four words it is")
	if samples != 8000 || first != 80*time.Millisecond || all != 330*time.Millisecond || err != nil {
		t.Errorf("%d samples, first after %v, all after %v, %v", samples, first, all, err)
	}
}

func TestEachFaultIsAsTold(t *testing.T) {
	cases := map[fake.Fault]struct {
		samples int
		err     error
	}{
		fake.Fails:       {0, conversation.ErrEngine},
		fake.Hangs:       {0, context.DeadlineExceeded},
		fake.DiesMidway:  {2400, conversation.ErrEngine},
		fake.HangsMidway: {2400, context.DeadlineExceeded},
	}
	for fault, want := range cases {
		s := fake.New(fake.Config{Fault: fault, After: 1})
		if samples, _, _, err := speak(t, s, "one two"); samples != 4800 || err != nil {
			t.Errorf("fault %d began early: %d samples, %v", fault, samples, err)
		}
		if samples, _, _, err := speak(t, s, "one two"); samples != want.samples || !errors.Is(err, want.err) {
			t.Errorf("fault %d: %d samples, %v", fault, samples, err)
		}
	}
}

func TestWhoeverTakesTheSoundCanStopIt(t *testing.T) {
	enough := errors.New("enough")
	err := fake.New(fake.Config{}).Speak(t.Context(), "many many words", func([]int16) error { return enough })
	if !errors.Is(err, enough) {
		t.Errorf("got %v", err)
	}
}
