package bridge

import (
	"github.com/talkpath/talkpath/conversation"
	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
)

// InputKind says what an Input brings.
type InputKind uint8

// What goes into a Core.
const (
	InBegin     InputKind = iota // the engines are ready
	InEvent                      // a message of the carrier's, in Event
	InTick                       // time passes
	InHearing                    // the recognizer understood Hearing
	InReplyText                  // reply ID goes on with Text
	InReplyDone                  // reply ID is complete, with Next or Err
	InSound                      // sentence ID sounds as PCM, at the voice's rate
	InSpeakDone                  // sentence ID is complete, or broke off with Err
	InLost                       // the stream is gone and may come back
	InResume                     // another stream took its place, in Format
	InStop                       // nothing more will be heard of a call that is only listened to
)

// Input is one thing that happens to a call. Which fields are set follows
// from Kind.
type Input struct {
	Kind    InputKind
	Event   telephony.Event
	Hearing conversation.Hearing
	ID      uint64
	Text    string
	PCM     []int16
	Next    conversation.Next
	Err     error
	Format  media.Format
	// Callee says that it concerns the callee's side of a call that is only
	// listened to.
	Callee bool
}

// passesTime reports whether a step with this input does all that InTick does.
// Sound that comes at a beat of its own makes ticks beside it needless.
func (in *Input) passesTime() bool {
	return in.Kind == InTick || in.Kind == InEvent && in.Event.Kind == telephony.Audio
}

// OutputKind says what an Output wants done.
type OutputKind uint8

// What comes out of a Core.
const (
	OutSend        OutputKind = iota // send Event to the carrier
	OutListen                        // give PCM to the recognizer, at its rate
	OutFinish                        // end utterance ID at the recognizer
	OutAsk                           // ask the dialogue for reply ID to Prompt
	OutCancelAsk                     // take reply ID back
	OutSpeak                         // have sentence ID with Text synthesized
	OutCancelSpeak                   // stop the synthesis that runs
	OutEnd                           // the call is over, for Ending and in the words of Text
)

// Output is one thing to be done for a call. Which fields are set follows
// from Kind.
type Output struct {
	Kind   OutputKind
	Event  telephony.Event
	PCM    []int16
	ID     uint64
	Text   string
	Canned bool
	Prompt conversation.Prompt
	Ending telephony.Ending
}
