package scripted

import (
	"context"
	"slices"
	"strings"

	"github.com/talkpath/talkpath/conversation"
)

// maxMark is the length of the history from which on every reply is taken as
// heard: a conversation's transcript loses its oldest lines at some length,
// and positions in it are worth nothing then.
const maxMark = 1000

// state is where a talk stands.
type state struct {
	step   *step // nil where the caller may ask for anything
	values []int // by slot, -1 where the caller has named none
	misses int   // in a row
	last   []string
}

func (s *Script) fresh() state {
	return state{values: slices.Repeat([]int{-1}, len(s.slots))}
}

func (st state) clone() state {
	st.values = slices.Clone(st.values)
	return st
}

// talk is the dialogue of one call.
type talk struct {
	script *Script
	now    state

	// Of the last reply, to take it back where nothing of it was heard.
	before state
	mark   int    // the length of the history that it was given
	first  string // its first sentence; empty before the first reply
}

// Reply answers p. A reply of which nothing was heard has not happened: the
// next prompt is answered as if it had been given in its place.
func (t *talk) Reply(ctx context.Context, p conversation.Prompt, say func(text string)) (conversation.Next, error) {
	if err := ctx.Err(); err != nil {
		return conversation.Next{}, err
	}
	if t.unheard(p.History) {
		t.now = t.before
	}
	t.before, t.mark = t.now.clone(), len(p.History)
	a := answer{script: t.script, state: &t.now}
	a.to(p)
	sentences := a.sentences()
	t.now.last, t.first = sentences, sentences[0]
	if a.hangUp { // a goodbye that is said again would not hang up
		t.now.last = nil
	}
	for _, sentence := range sentences {
		if err := ctx.Err(); err != nil {
			return conversation.Next{}, err
		}
		say(sentence + " ")
	}
	return a.next(), nil
}

// unheard reports whether the history that came since lacks the last reply.
func (t *talk) unheard(history []conversation.Line) bool {
	if t.first == "" || t.mark >= maxMark {
		return false
	}
	for _, l := range history[min(t.mark, len(history)):] {
		if l.Role == conversation.RoleAgent && strings.Contains(l.Text, t.first) {
			return false
		}
	}
	return true
}
