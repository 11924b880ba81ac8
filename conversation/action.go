package conversation

// ActionKind says what a Turn wants done.
type ActionKind uint8

const (
	// ActHear opens an utterance: what the caller says from a little before
	// now goes to the recognizer.
	ActHear ActionKind = iota
	// ActFinish ends the utterance Action.ID.
	ActFinish
	// ActAsk asks the dialogue for reply Action.ID to Action.Prompt.
	ActAsk
	// ActCancelAsk takes back the reply that is under way.
	ActCancelAsk
	// ActSpeak has sentence Action.ID with Action.Text synthesized and sent.
	// The next ActSpeak comes when this one has been synthesized.
	ActSpeak
	// ActCancelSpeak stops the synthesis that is under way; what was sent
	// stays.
	ActCancelSpeak
	// ActHush stops the agent at once: synthesis, what waits to be sent and
	// what the carrier has queued.
	ActHush
	// ActHangUp ends the call for the reason Action.Leave.
	ActHangUp
)

// Leave is why the agent's side ends a call.
type Leave uint8

const (
	// LeaveDone is the dialogue's own wish.
	LeaveDone Leave = iota
	// LeaveIdle is a caller who said nothing for too long.
	LeaveIdle
	// LeaveMaxDuration is the longest duration reached.
	LeaveMaxDuration
	// LeaveEngineFailed is an engine that failed too often in a row.
	LeaveEngineFailed
)

// Action is one thing that a Turn wants done.
type Action struct {
	Kind   ActionKind
	ID     uint64
	Prompt Prompt
	Text   string
	Canned bool // ActSpeak: Text is one of the phrases of Manners and must not need the synthesizer
	Leave  Leave
}
