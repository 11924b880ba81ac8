package telephony

import "context"

// Client places, fetches and ends calls through a carrier's REST API. What
// only some carriers can do is an optional interface beside it, found by type
// assertion. Its methods may run together.
type Client interface {
	// Start places a call and returns as soon as the carrier has taken it.
	// It is never repeated on an unclear outcome: a second request could
	// ring a second phone.
	Start(ctx context.Context, call NewCall) (CallInfo, error)
	// Fetch returns what the carrier knows of a call, by the carrier's id.
	Fetch(ctx context.Context, callID string) (CallInfo, error)
	// End hangs up. A call that has ended already is no error.
	End(ctx context.Context, callID string) error
}

// NewCall asks for an outbound call.
type NewCall struct {
	From, To string // E.164
	Stream   Stream
}

// CallInfo is a carrier's view of a call.
type CallInfo struct {
	CallID string
	Status string // the carrier's word
	Ending Ending // EndingNone while the call is up
}
