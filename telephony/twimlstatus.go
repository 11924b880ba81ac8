package telephony

// Events of a stream, as a status callback of TwiML names them.
const (
	TwiMLStreamStarted = "stream-started"
	TwiMLStreamStopped = "stream-stopped"
	TwiMLStreamError   = "stream-error"
)

// TwiMLStreamEvent returns the name of what is told of a stream (see
// PeerReporter).
func TwiMLStreamEvent(told Status) string {
	switch {
	case told.Fault != "":
		return TwiMLStreamError
	case told.State == StateEnded:
		return TwiMLStreamStopped
	}
	return TwiMLStreamStarted
}

// TwiMLState returns how far a call with a CallStatus has come.
func TwiMLState(callStatus string) CallState {
	switch callStatus {
	case "queued", "initiated":
		return StateInitiated
	case "ringing":
		return StateRinging
	case "in-progress", "answered":
		return StateAnswered
	case "completed", "busy", "no-answer", "canceled", "failed":
		return StateEnded
	default:
		return StateUnknown
	}
}

// TwiMLCallStatus returns the CallStatus of a call that has come so far, and
// has not ended; empty where there is none.
func TwiMLCallStatus(state CallState) string {
	switch state {
	case StateInitiated:
		return "initiated"
	case StateRinging:
		return "ringing"
	case StateAnswered:
		return "in-progress"
	default:
		return ""
	}
}
