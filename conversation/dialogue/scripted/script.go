// Package scripted is a dialogue written down in YAML: intents with the
// phrases that mean them, slots with their values, and steps that ask, confirm
// and tell.
//
// A script's texts may name slots, as in "I have {day} at {time}.", and its
// phrases slots and alternatives, as in "(please|) come on {day}". A phrase that
// begins with ~ is understood in free text, but a recognizer that goes by the
// script's phrases is not told of it: what is short sounds like too much else.
//
// On top, a script has greeting, question (asked where no step is under way),
// hint, farewell, fallback, unclear and idle (lists that escalate), give_up
// (after, say, hang_up), fillers (words that mean little), refusing (words
// that no consent has), yes and no (phrases). Then, by name:
//
//   - slots: values (say, phrases, key), phrases, default. A text that
//     names a slot before the caller did says its default, the first value
//     where none is given.
//   - intents: phrases, key, forget, and say, then, repeat or hang_up. One that
//     leads nowhere is an aside: the question is asked again behind it.
//   - steps: forget, say, and ask with slot and next or with yes and no; hint,
//     change (slots that may be corrected instead of confirming), open (any
//     intent that fits better than yes or no wins), next, hang_up. A slot that
//     is known already isn't asked for.
//
// Menus wait for one key. At a confirmation 1 is yes and 2 is no.
//
// The package does no I/O but reading the script, starts no goroutine and reads no
// clock.
package scripted

import (
	"context"
	"slices"

	"github.com/talkpath/talkpath/conversation"
)

// maxPhrases is the most phrases that a script may expand to: a recognizer's
// grammar and the matching of one utterance stay quick below it.
const maxPhrases = 5000

// Script is a conversation.Dialogue that follows a file. It doesn't change
// once it is loaded, so calls may share it.
type Script struct {
	greeting line
	question line // asked where no step is under way
	hint     line // said in its place after a second miss; may be empty
	farewell line
	fallback []line // the first is for the first miss in a row
	unclear  []line
	idle     []line
	giveUp   giveUp
	fillers  []string
	refusing []string // words with which an answer is no consent
	yes, no  meaning
	slots    []*slot
	intents  []*intent
	steps    []*step

	// What follows from the above.
	lexicon lexicon
	phrases []string
	keyed   bool // whether an intent has a key
}

// giveUp is how the agent lets go of a caller it doesn't understand.
type giveUp struct {
	at     int // line of the file
	after  int // the miss in a row that is answered with say
	say    line
	hangUp bool
}

// intent is something that a caller may want at any time.
type intent struct {
	at   int
	name string
	meaning
	key    string
	forget []ref
	say    line
	then   ref
	repeat bool // whether the last reply is said again
	hangUp bool
	step   *step // of then, nil for none
	clears []int // slots of forget
}

// step is one point of the way through a script.
type step struct {
	at     int
	name   string
	forget []ref
	say    line
	ask    line
	hint   line
	slot   ref   // what ask asks for
	yes    ref   // where a confirmation leads
	no     ref   //
	change []ref // slots that may be corrected instead of confirming
	open   bool  // whether an intent that fits as well as yes or no wins
	next   ref
	hangUp bool

	// Resolved references.
	clears, changes   []int
	wants             int // slot, -1 for none
	onYes, onNo, then *step
}

// ref names a slot or a step, and the line of the file that does so.
type ref struct {
	at   int
	name string
}

// Phrases returns every phrase that a recognizer has to know, with the slots
// filled in, in lower case, each once, at most 5,000. The caller owns it.
func (s *Script) Phrases() []string { return slices.Clone(s.phrases) }

// Lines returns all that the agent can say as it stands in the script,
// without the texts that name a slot. The caller owns the slice.
func (s *Script) Lines() []string {
	var out []string
	for _, l := range s.all() {
		if l.text != "" && len(l.slots) == 0 && !slices.Contains(out, l.text) {
			out = append(out, l.text)
		}
	}
	return out
}

// all returns every text of the script, those that are empty too.
func (s *Script) all() []*line {
	out := []*line{&s.greeting, &s.question, &s.hint, &s.farewell, &s.giveUp.say}
	for _, list := range [][]line{s.fallback, s.unclear, s.idle} {
		for i := range list {
			out = append(out, &list[i])
		}
	}
	for _, in := range s.intents {
		out = append(out, &in.say)
	}
	for _, st := range s.steps {
		out = append(out, &st.say, &st.ask, &st.hint)
	}
	return out
}

// Open begins the talk of one call.
func (s *Script) Open(context.Context, conversation.Caller) (conversation.Talk, error) {
	return &talk{script: s, now: s.fresh()}, nil
}
