package fake_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/talkpath/talkpath/conversation"
	"github.com/talkpath/talkpath/conversation/asr/fake"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// listen finishes n utterances and returns what was heard within a second.
func listen(t *testing.T, cfg fake.Config, n int) (heard []conversation.Hearing, at []time.Duration) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		l, err := fake.New(cfg).Listen(t.Context(), func(h conversation.Hearing) {
			heard, at = append(heard, h), append(at, time.Since(start))
		})
		if err != nil {
			t.Fatal(err)
		}
		for i := range n {
			if err := errors.Join(l.Write([]int16{1, 2}), l.Finish(uint64(i+1))); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			<-time.After(time.Second)
		}
		if err := errors.Join(l.Close(), l.Close()); err != nil {
			t.Error(err)
		}
	})
	return heard, at
}

func TestUtterancesGiveTheirTextsInTurnAfterTheDelay(t *testing.T) {
	heard, at := listen(t, fake.Config{Texts: []string{"one", "two"}, Delay: 300 * time.Millisecond}, 3)
	for i, want := range []string{"one", "two", "one"} {
		if h := heard[i]; h.Text != want || !h.Final || h.Utterance != uint64(i+1) {
			t.Errorf("utterance %d gave %+v", i+1, h)
		}
	}
	if at[0] != 300*time.Millisecond {
		t.Errorf("the first text came after %v", at[0])
	}
}

func TestEachFaultBeginsWhenItIsToldTo(t *testing.T) {
	if heard, _ := listen(t, fake.Config{Texts: []string{"a"}, Fault: fake.Hangs, After: 1}, 3); len(heard) != 1 {
		t.Errorf("a recognizer that hangs gave %d texts, want one", len(heard))
	}
	heard, _ := listen(t, fake.Config{Texts: []string{"a"}, Fault: fake.Fails, After: 1}, 2)
	if heard[0].Err != nil || !errors.Is(heard[1].Err, conversation.ErrEngine) {
		t.Errorf("gave %+v", heard)
	}
	if heard, _ := listen(t, fake.Config{Fault: fake.Garbage}, 1); len(heard[0].Text) != 1<<20 {
		t.Errorf("garbage has %d bytes", len(heard[0].Text))
	}
	if _, err := fake.New(fake.Config{Fault: fake.Refuses}).Listen(t.Context(), nil); !errors.Is(err, conversation.ErrEngine) {
		t.Errorf("refused with %v", err)
	}
}

func TestNothingIsHeardAfterClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		heard := 0
		l, err := fake.New(fake.Config{Delay: time.Second}).Listen(t.Context(), func(conversation.Hearing) { heard++ })
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(l.Finish(1), l.Close()); err != nil {
			t.Fatal(err)
		}
		<-time.After(2 * time.Second)
		if heard != 0 {
			t.Error("a text came after Close")
		}
	})
}

func TestSoundIsKeptOnlyWhereItIsAskedFor(t *testing.T) {
	var kept []int16
	listen(t, fake.Config{Keep: func(pcm []int16) { kept = append(kept, pcm...) }}, 2)
	if len(kept) != 4 {
		t.Errorf("kept %d samples of two utterances of two", len(kept))
	}
}
