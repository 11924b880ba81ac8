package sim

import "time"

// MomentKind says what a Moment is about.
type MomentKind uint8

const (
	// Connected is the start of the first stream.
	Connected MomentKind = iota + 1
	// AgentSpeaks is the agent's first sound after a silence.
	AgentSpeaks
	// AgentQuiet is when the agent is taken to have finished.
	AgentQuiet
	// CallerSpeaks is the start of a turn; Text is what is said.
	CallerSpeaks
	// CallerQuiet is the end of a turn's last voiced sound or key.
	CallerQuiet
	// KeyPressed is one key; Text is the key.
	KeyPressed
	// Cleared is the agent's order to drop what is queued.
	Cleared
	// Fault is the first message of the server's that broke a rule in this
	// way; Text is the rule.
	Fault
	// HungUp is the end of the call; Text is the ending.
	HungUp
	// StreamLost is the end of the call's socket while the call goes on; Text
	// is "closed" or "broken".
	StreamLost
	// StreamOpened is the start of another stream for the call; Text is its
	// id.
	StreamOpened
	// CalleeSpeaks is the start of a turn of the other party's; Text is what
	// is said.
	CalleeSpeaks
)

// String returns the kind's name.
func (k MomentKind) String() string {
	names := [...]string{
		"none", "connected", "agent_speaks", "agent_quiet", "caller_speaks",
		"caller_quiet", "key_pressed", "cleared", "fault", "hung_up",
		"stream_lost", "stream_opened", "callee_speaks",
	}
	if int(k) < len(names) {
		return names[k]
	}
	return "invalid"
}

// Moment is something that happens in a call, told while it goes on.
type Moment struct {
	At   time.Duration // media time
	Kind MomentKind
	Text string
}
