package telephony

import (
	"time"

	"github.com/talkpath/talkpath/media"
)

// Kind says what an Event means.
type Kind uint8

const (
	// Unknown is a well-formed message with an event that the protocol
	// doesn't know; it is counted and otherwise ignored.
	Unknown Kind = iota
	// Connected is a carrier's greeting before it starts the stream.
	Connected
	// Started begins the stream; Event.Start is set.
	Started
	// Audio is sound, in either direction; Event.Frame is set.
	Audio
	// Digit is a key press; Event.Digit is set.
	Digit
	// Mark asks the carrier to say when what was sent before has been
	// played; Event.Mark is its name. On its way back it is MarkPlayed.
	Mark
	// MarkPlayed says that nothing sent before the mark is left in the
	// carrier's queue: it was played, or dropped by a Clear.
	MarkPlayed
	// Clear asks the carrier to drop what it has queued for playing.
	Clear
	// Cleared confirms a Clear, on carriers that do.
	Cleared
	// Stopped ends the stream; Event.Reason is the carrier's word for why.
	Stopped
)

// String returns the kind's name for logs and metrics.
func (k Kind) String() string {
	names := [...]string{
		"unknown", "connected", "started", "audio", "digit",
		"mark", "mark_played", "clear", "cleared", "stopped",
	}
	if int(k) < len(names) {
		return names[k]
	}
	return "invalid"
}

// Event is what one message means. Which fields are set follows from Kind; it
// is a plain value so that a frame costs no allocation.
type Event struct {
	Kind   Kind
	Start  *Start        // Started
	Frame  media.Frame   // Audio; Payload may alias the wire's own buffer until its next call
	Callee bool          // Audio: whether it is what the caller hears, on a one-way stream of both
	Digit  byte          // Digit: one of 0-9 * # A-D
	Held   time.Duration // Digit: how long the key was down, zero where not told
	Mark   string        // Mark, MarkPlayed
	Reason string        // Stopped
	Name   string        // Unknown: the event's name as sent, cut to 64 bytes
}

// Start describes a stream that begins.
type Start struct {
	StreamID  string            // the carrier's id of the stream
	CallID    string            // the carrier's id of the call
	AccountID string            // the carrier's id of the account
	From, To  string            // as sent; empty where the carrier doesn't tell
	Params    map[string]string // custom parameters, at most MaxParams
	Format    media.Format      // of the sound in both directions
	// Listen says which part of the call a one-way stream copies; on a two-way
	// stream it is ListenNone.
	Listen Listening
}

// MaxParams is the number of custom parameters kept from a Start; more are
// dropped. Twilio allows the most, 99.
const MaxParams = 99

// TicketParam is the custom parameter that carries the ticket on carriers
// that pass parameters rather than paths.
const TicketParam = "ticket"

// ListenParam is the custom parameter that marks a one-way stream, on carriers
// whose start doesn't tell: ListenCaller's or ListenBoth's text.
const ListenParam = "listen"

// CallParam is the custom parameter that carries the call's id, as the webhook
// told it, on carriers that don't send it on the socket.
const CallParam = "call"
