package scripted

import (
	"slices"
	"strings"

	"github.com/talkpath/talkpath/conversation"
)

// Keys that answer a confirmation.
const (
	keyYes = "1"
	keyNo  = "2"
)

// answer is a reply as it is made.
type answer struct {
	script *Script
	state  *state
	texts  []string
	hangUp bool
}

// to decides what is said to p and where the talk stands then.
func (a *answer) to(p conversation.Prompt) {
	s := a.script
	switch p.Kind {
	case conversation.Greeting:
		*a.state = s.fresh()
		a.add(s.greeting)
	case conversation.Farewell:
		a.state.step, a.hangUp = nil, true
		a.add(s.farewell)
	case conversation.Silence:
		a.add(pick(s.idle, p.Count))
		a.add(a.question())
	case conversation.Unclear:
		a.miss(s.unclear)
	case conversation.Keys:
		a.press(p.Text)
	case conversation.Speech:
		a.hear(p.Text)
	default:
		a.miss(s.fallback)
	}
	if len(a.texts) == 0 { // a step whose slot was known already ended the way
		a.add(s.question)
	}
}

// hear answers what the caller said.
func (a *answer) hear(text string) {
	u := a.script.listen(text)
	in, score := a.script.wanted(u)
	do, fit := a.fitting(u)
	switch {
	case do != nil && fit >= score:
		a.state.misses = 0
		do()
	case in != nil:
		a.want(in, u.named)
	default:
		a.miss(a.script.fallback)
	}
}

// fill keeps the values that were named, of the slots in only or, where that
// is nil, of all.
func (a *answer) fill(named, only []int) {
	for i, v := range named {
		if v >= 0 && (only == nil || slices.Contains(only, i)) {
			a.state.values[i] = v
		}
	}
}

// press answers key presses; the first one counts.
func (a *answer) press(keys string) {
	key := strings.TrimSpace(keys)
	if len(key) > 1 {
		key = key[:1]
	}
	if st := a.state.step; st != nil {
		switch {
		case st.onYes != nil && key == keyYes:
			a.state.misses = 0
			a.enter(st.onYes)
			return
		case st.onNo != nil && key == keyNo:
			a.state.misses = 0
			a.enter(st.onNo)
			return
		case st.wants >= 0:
			if v := a.script.slots[st.wants].keyed(key); v >= 0 {
				a.state.misses = 0
				a.state.values[st.wants] = v
				a.enter(st.then)
				return
			}
		}
	}
	for _, in := range a.script.intents {
		if in.key != "" && in.key == key {
			a.want(in, nil)
			return
		}
	}
	a.miss(a.script.fallback)
}

// want answers an intent; named are the slots' values that came with it.
func (a *answer) want(in *intent, named []int) {
	a.state.misses = 0
	a.forget(in.clears)
	if in.step != nil {
		a.fill(named, nil)
	}
	switch {
	case in.repeat && len(a.state.last) > 0:
		a.texts = append(a.texts, a.state.last...)
	case in.hangUp:
		a.add(in.say)
		a.state.step, a.hangUp = nil, true
	case in.step != nil:
		a.add(in.say)
		a.enter(in.step)
	default:
		a.add(in.say)
		a.add(a.question())
	}
}

// enter goes to a step and on to the next, until one waits for the caller.
func (a *answer) enter(st *step) {
	for range len(a.script.steps) + 1 {
		a.state.step = st
		if st == nil {
			return
		}
		a.forget(st.clears)
		if st.wants < 0 || a.state.values[st.wants] < 0 {
			a.add(st.say)
			a.add(st.ask)
			if st.ask.text != "" {
				return
			}
		}
		if st.hangUp {
			a.state.step, a.hangUp = nil, true
			return
		}
		st = st.then
	}
}

// miss answers what was not understood, and gives up where that was so too
// often.
func (a *answer) miss(list []line) {
	s := a.script
	a.state.misses++
	if a.state.misses >= s.giveUp.after {
		a.state.misses, a.state.step = 0, nil
		a.add(s.giveUp.say)
		a.hangUp = s.giveUp.hangUp
		return
	}
	a.add(pick(list, a.state.misses))
	if a.state.misses > 1 {
		a.add(a.hint())
	} else {
		a.add(a.question())
	}
}

func (a *answer) forget(slots []int) {
	for _, i := range slots {
		a.state.values[i] = -1
	}
}

// question returns what the caller is being asked.
func (a *answer) question() line {
	if st := a.state.step; st != nil {
		return st.ask
	}
	return a.script.question
}

// hint returns how the caller can answer, the question where nothing tells.
func (a *answer) hint() line {
	l := a.script.hint
	if st := a.state.step; st != nil {
		l = st.hint
	}
	if l.text == "" {
		return a.question()
	}
	return l
}

// add appends a text with the slots' values of this moment.
func (a *answer) add(l line) {
	if l.text != "" {
		a.texts = append(a.texts, l.with(a.script.slots, a.state.values))
	}
}

// sentences returns the reply, cut where the conversation would cut it.
func (a *answer) sentences() []string {
	var cut conversation.Sentences
	out := cut.Push(strings.Join(a.texts, " "))
	if last := cut.Flush(); last != "" {
		out = append(out, last)
	}
	return out
}

// next returns how the call goes on.
func (a *answer) next() conversation.Next {
	n := conversation.Next{HangUp: a.hangUp}
	if st := a.state.step; !a.hangUp && (a.script.keyed ||
		st != nil && (st.onYes != nil || st.wants >= 0 && a.script.slots[st.wants].hasKeys())) {
		n.Digits = 1
	}
	return n
}

// pick returns the entry for the nth time in a row, counted from 1; the last
// one serves all later times.
func pick(list []line, n int) line {
	return list[min(max(n, 1), len(list))-1]
}
