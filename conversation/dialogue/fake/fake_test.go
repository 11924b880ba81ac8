package fake_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/talkpath/talkpath/conversation"
	"github.com/talkpath/talkpath/conversation/dialogue/fake"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func config(fault fake.Fault) fake.Config {
	return fake.Config{
		Replies: []fake.Reply{
			{Text: "hello"},
			{Text: "one two"},
			{Text: "bye", Next: conversation.Next{HangUp: true}},
		},
		Fault: fault, After: 1,
	}
}

// talk asks n times and returns what was said, and the last result.
func talk(t *testing.T, cfg fake.Config, n int) (said string, next conversation.Next, err error) {
	synctest.Test(t, func(t *testing.T) {
		var talk conversation.Talk
		if talk, err = fake.New(cfg).Open(t.Context(), conversation.Caller{}); err != nil {
			return
		}
		for range n {
			ctx, stop := context.WithTimeout(t.Context(), 5*time.Second)
			next, err = talk.Reply(ctx, conversation.Prompt{}, func(text string) { said += text + "|" })
			stop()
		}
	})
	return said, next, err
}

func TestRepliesAreSaidInTurnWordByWord(t *testing.T) {
	said, next, err := talk(t, config(fake.None), 3)
	if said != "hello|one |two|bye|" || !next.HangUp || err != nil {
		t.Errorf("said %q, %+v, %v", said, next, err)
	}
	if said, _, _ := talk(t, config(fake.None), 5); said != "hello|one |two|bye|one |two|bye|" {
		t.Errorf("after the last reply said %q", said)
	}
}

func TestEachFaultIsAsTold(t *testing.T) {
	cases := map[fake.Fault]struct {
		said string
		err  error
	}{
		fake.Fails:       {"hello|", conversation.ErrEngine},
		fake.Hangs:       {"hello|", context.DeadlineExceeded},
		fake.HangsMidway: {"hello|one |", context.DeadlineExceeded},
		fake.Refuses:     {"", conversation.ErrEngine},
	}
	for fault, want := range cases {
		if said, _, err := talk(t, config(fault), 2); said != want.said || !errors.Is(err, want.err) {
			t.Errorf("fault %d: said %q, %v", fault, said, err)
		}
	}
}

func TestAPanicIsAPanic(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	talk, err := fake.New(fake.Config{Replies: []fake.Reply{{Text: "x"}}, Fault: fake.Panics}).Open(t.Context(), conversation.Caller{})
	if err != nil {
		t.Fatal(err)
	}
	_, _ = talk.Reply(t.Context(), conversation.Prompt{}, func(string) {})
}
