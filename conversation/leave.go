package conversation

import "time"

// lastWords is how long the agent may take for its last words when the call
// must end.
const lastWords = 8 * time.Second

// guardIdle asks a caller who says nothing whether they are there, and hangs
// up where that doesn't help.
func (t *Turn) guardIdle() {
	if t.scribe != "" || t.state != Listening || t.open || len(t.awaited) > 0 || len(t.keys) > 0 || t.leaving {
		return
	}
	if t.now.Sub(t.quietSince) < t.manners.Idle {
		return
	}
	t.silences++
	if t.silences > t.manners.IdlePrompts {
		t.leave(LeaveIdle)
		return
	}
	t.request(Prompt{Kind: Silence, Count: t.silences})
}

// guardDuration ends a call at its longest duration, and any call whose last
// words take too long.
func (t *Turn) guardDuration() {
	switch {
	case t.state == Over:
	case t.leaving:
		if !t.now.Before(t.hardStop) {
			t.cancelAsk()
			t.hush()
			t.hangUp(t.why)
		}
	case t.elapsed() >= t.manners.MaxDuration:
		t.leave(LeaveMaxDuration)
	}
}

// leave ends the call with a last word: the dialogue's, or a canned one where
// an engine has failed. The caller can't interrupt it.
func (t *Turn) leave(why Leave) {
	t.leaving, t.why = true, why
	t.hardStop = t.now.Add(lastWords)
	t.open, t.awaited = false, nil
	if t.scribe != "" {
		t.hangUp(why)
		return
	}
	if why != LeaveEngineFailed {
		t.request(Prompt{Kind: Farewell})
		return
	}
	if t.busy() {
		t.interrupt()
	}
	t.state = Ending
	t.next = Next{}
	t.say(t.manners.Phrases.Bye)
	t.speakNext()
	t.settle()
}

// hangUp ends the call.
func (t *Turn) hangUp(why Leave) {
	t.state = Over
	t.do(Action{Kind: ActHangUp, Leave: why})
}
