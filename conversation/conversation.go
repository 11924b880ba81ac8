// Package conversation decides who speaks when. Turn is its core: a state
// machine that is told what happens on the line, with the time as an
// argument, and says what to do next. Recognizer, Dialogue and Synthesizer
// are the services it works with; the folders below hold engines that
// implement them.
package conversation

import (
	"context"
	"errors"
	"time"
)

// Recognizer turns a caller's speech into text. Its methods may run together.
type Recognizer interface {
	// Rate returns the samples per second that it wants.
	Rate() int
	// Listen opens a session for one call. heard is called with what was
	// said, from a goroutine of the session's own or from inside Finish,
	// never after Close has returned and never two at a time. ctx covers
	// opening only.
	Listen(ctx context.Context, heard func(Hearing)) (Listener, error)
}

// Listener is one call's session with a Recognizer. One goroutine uses it at
// a time. What it started has ended when Close returns.
type Listener interface {
	// Write takes the next samples of the utterance, mono at the
	// Recognizer's rate. It copies what it keeps and doesn't block on the
	// service.
	Write(pcm []int16) error
	// Finish ends the utterance and numbers it; a final Hearing with that
	// number follows, with an empty text where nothing was understood. It
	// doesn't block on the service.
	Finish(utterance uint64) error
	Close() error
}

// Hearing is what a recognizer understood.
type Hearing struct {
	Utterance uint64  // as given to Finish; zero in a partial result
	Text      string  // lower case words; empty where nothing was understood
	Final     bool    // whether the text will change no more
	Score     float64 // 0 to 1 where the engine has one, else 0
	Err       error   // why there is no text, where the engine failed
}

// Dialogue decides what to say. Its methods may run together.
type Dialogue interface {
	// Open begins the dialogue of one call.
	Open(ctx context.Context, caller Caller) (Talk, error)
}

// Caller is what is known of who is on the line.
type Caller struct {
	CallID   string // ours
	Carrier  string
	From, To string            // as the carrier sent them; may be empty
	Params   map[string]string // the stream's custom parameters without the ticket
}

// Talk is the dialogue of one call. Reply is not called again before the last
// one has returned.
type Talk interface {
	// Reply answers p. It calls say with each piece of text as it comes
	// (words, sentences, any split), and returns when the reply is
	// complete. Where ctx ends, because the caller spoke over the reply or
	// hung up, it returns soon with ctx's error; what was said until then
	// may have been heard, and p.History of the next call tells how much.
	Reply(ctx context.Context, p Prompt, say func(text string)) (Next, error)
}

// PromptKind says what asks for a reply.
type PromptKind uint8

const (
	// Greeting opens the call; the caller has said nothing yet.
	Greeting PromptKind = iota
	// Speech is what the caller said, in Prompt.Text.
	Speech
	// Keys are digits that the caller pressed, in Prompt.Text.
	Keys
	// Silence is a caller who said nothing for the idle time.
	Silence
	// Unclear is speech that was not understood.
	Unclear
	// Farewell asks for a last word before the call ends at its longest
	// duration.
	Farewell
)

// String returns the kind's name.
func (k PromptKind) String() string {
	names := [...]string{"greeting", "speech", "keys", "silence", "unclear", "farewell"}
	if int(k) < len(names) {
		return names[k]
	}
	return "invalid"
}

// Prompt is what the dialogue is asked to reply to.
type Prompt struct {
	Kind    PromptKind
	Text    string
	Count   int    // Silence, Unclear: how many in a row, from 1
	History []Line // what was said before, oldest first; not to be changed
}

// Next is how the call goes on after a reply.
type Next struct {
	// HangUp ends the call when the reply has been heard.
	HangUp bool
	// Digits is how many key presses the dialogue expects; with it reached,
	// they are handed over at once. Zero hands them over after a pause or #.
	Digits int
}

// Role is who said a Line.
type Role string

// The roles.
const (
	RoleCaller Role = "caller"
	RoleAgent  Role = "agent"
	// RoleCallee is the other party of a call that is only listened to.
	RoleCallee Role = "callee"
)

// Line is one turn's words. For the agent Heard is the part of Text that the
// caller heard; for the caller the two are equal.
type Line struct {
	Role  Role   `json:"role"`
	Text  string `json:"text"`
	Heard string `json:"heard"`
	// At is when the line was begun, or where that isn't known ended, since
	// the conversation began.
	At time.Duration `json:"-"`
}

// Synthesizer turns text into speech. Its methods may run together.
type Synthesizer interface {
	// Rate returns the samples per second of what it speaks.
	Rate() int
	// Speak calls out with the samples of text, in order and as soon as
	// they come, mono at Rate. out may block to hold the synthesizer back
	// and keeps nothing of pcm. Speak returns when all is out, or with
	// out's error, or soon after ctx ends with ctx's error.
	Speak(ctx context.Context, text string, out func(pcm []int16) error) error
}

// Errors that engines wrap.
var (
	// ErrMissingProgram reports a program that an engine needs and that is
	// not installed; the error's text names the command that installs it.
	ErrMissingProgram = errors.New("missing program")
	// ErrEngine reports a service that failed or died.
	ErrEngine = errors.New("engine failed")
)

// Agent is who answers a call: the three services and the manners.
type Agent struct {
	Name        string
	Recognizer  Recognizer
	Dialogue    Dialogue
	Synthesizer Synthesizer
	Manners     Manners
}
