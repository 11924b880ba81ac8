package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/talkpath/talkpath/conversation"
	"github.com/talkpath/talkpath/telephony/sim"
)

// teller tells a call while it goes on: what happens at the carrier, and what
// the server says was said, where it is a talkpath.
type teller struct {
	w       io.Writer
	source  source
	moments chan sim.Moment
	done    chan struct{}
	printed int // lines of the transcript
}

// momentRoom is how many moments may wait to be told; a call has a few each
// second.
const momentRoom = 256

func newTeller(ctx context.Context, w io.Writer, from source) *teller {
	t := &teller{
		w: w, source: from,
		moments: make(chan sim.Moment, momentRoom), done: make(chan struct{}),
	}
	go t.tell(ctx)
	return t
}

// observe takes a moment; it never blocks.
func (t *teller) observe(m sim.Moment) {
	select {
	case t.moments <- m:
	default: // telling is late; the report has it all
	}
}

// close returns when all has been told. No observe comes after it.
func (t *teller) close() {
	close(t.moments)
	<-t.done
}

func (t *teller) tell(ctx context.Context) {
	defer close(t.done)
	for m := range t.moments {
		switch m.Kind {
		case sim.Connected:
			t.line(m.At, "connected")
		case sim.CallerSpeaks:
			t.line(m.At, "caller: "+m.Text)
		case sim.CalleeSpeaks:
			t.line(m.At, "callee: "+m.Text)
		case sim.StreamLost:
			t.agentLines(ctx, m.At, heardOnly)
			t.line(m.At, "(the socket is "+m.Text+")")
		case sim.StreamOpened:
			t.line(m.At, "another stream: "+m.Text)
		case sim.KeyPressed:
			t.line(m.At, "caller presses "+m.Text)
		case sim.AgentQuiet:
			t.agentLines(ctx, m.At, heardOnly)
		case sim.Cleared:
			t.line(m.At, "(the agent stops)")
		case sim.Fault:
			t.line(m.At, "fault: "+m.Text)
		case sim.HungUp:
			t.agentLines(ctx, m.At, all)
			t.line(m.At, "ended: "+m.Text)
		case sim.AgentSpeaks, sim.CallerQuiet:
		}
	}
}

func (t *teller) line(at time.Duration, text string) {
	_, _ = fmt.Fprintf(t.w, "%6.1f s  %s\n", at.Seconds(), text)
}

// extent is how much of a transcript is told.
type extent bool

const (
	heardOnly extent = false // without the last lines, as long as nothing of them was heard
	all       extent = true
)

// agentLines prints what the agent has said since the last time.
func (t *teller) agentLines(ctx context.Context, at time.Duration, much extent) {
	lines := t.source.fetch(ctx).Transcript
	for much == heardOnly && len(lines) > t.printed && lines[len(lines)-1].Heard == "" {
		lines = lines[:len(lines)-1]
	}
	for ; t.printed < len(lines); t.printed++ {
		if l := lines[t.printed]; l.Role == string(conversation.RoleAgent) {
			text := "agent:  " + l.Text
			if l.Heard != l.Text {
				text += fmt.Sprintf("   [heard: %q]", l.Heard)
			}
			t.line(at, text)
		}
	}
}
