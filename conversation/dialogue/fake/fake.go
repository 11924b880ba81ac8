// Package fake is a dialogue that says its replies in turn, for tests and
// load: it costs next to nothing, and it can fail in each of the ways in
// which a real one does.
package fake

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/talkpath/talkpath/conversation"
)

// Fault is something that goes wrong.
type Fault uint8

// The faults.
const (
	None        Fault = iota
	Fails             // an error instead of a reply
	Hangs             // no reply
	HangsMidway       // half a reply
	Panics
	Refuses // Open fails
)

// Reply is one reply.
type Reply struct {
	Text string
	Next conversation.Next
}

// Config says what is replied, and what goes wrong.
type Config struct {
	// Replies are said in turn: the first is the greeting. After the last,
	// the second comes again.
	Replies []Reply
	Delay   time.Duration // before the first word
	PerWord time.Duration // between two words
	Fault   Fault
	After   int // replies of a call before the fault begins
	// Asked, where not nil, is told each prompt. It may be called by many
	// calls at once.
	Asked func(conversation.Prompt)
}

// Dialogue is a conversation.Dialogue.
type Dialogue struct{ cfg Config }

// New returns a Dialogue.
func New(cfg Config) *Dialogue { return &Dialogue{cfg: cfg} }

// Open begins a talk.
func (d *Dialogue) Open(context.Context, conversation.Caller) (conversation.Talk, error) {
	if d.cfg.Fault == Refuses {
		return nil, fmt.Errorf("%w: told to refuse", conversation.ErrEngine)
	}
	return &talk{cfg: &d.cfg}, nil
}

type talk struct {
	cfg *Config
	n   int // replies so far
}

// Reply says the next reply, word by word.
func (t *talk) Reply(ctx context.Context, p conversation.Prompt, say func(string)) (conversation.Next, error) {
	if t.cfg.Asked != nil {
		t.cfg.Asked(p)
	}
	fault := t.cfg.Fault
	if t.n < t.cfg.After {
		fault = None
	}
	reply := t.next()
	if err := pause(ctx, t.cfg.Delay); err != nil {
		return conversation.Next{}, err
	}
	switch fault {
	case Fails:
		return conversation.Next{}, fmt.Errorf("%w: told to fail", conversation.ErrEngine)
	case Hangs:
		<-ctx.Done()
		return conversation.Next{}, ctx.Err()
	case Panics:
		var none []string
		say(none[t.n]) // out of range, as a careless engine may be
	case None, HangsMidway, Refuses:
	}
	words := strings.SplitAfter(reply.Text, " ")
	for i, word := range words {
		if fault == HangsMidway && i >= len(words)/2 {
			<-ctx.Done()
			return conversation.Next{}, ctx.Err()
		}
		say(word)
		if err := pause(ctx, t.cfg.PerWord); err != nil {
			return conversation.Next{}, err
		}
	}
	return reply.Next, nil
}

func (t *talk) next() Reply {
	n := t.n
	t.n++
	switch count := len(t.cfg.Replies); {
	case count == 0:
		return Reply{}
	case n >= count && count > 1:
		n = 1 + (n-1)%(count-1)
	}
	return t.cfg.Replies[n%len(t.cfg.Replies)]
}

// pause waits for d, or until ctx ends.
func pause(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
