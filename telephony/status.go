package telephony

import "time"

// CallState is how far a call has come, as its carrier tells. A call never
// goes back: the greater state is the later one.
type CallState uint8

// The states.
const (
	StateUnknown CallState = iota // the event tells nothing of the call's state
	StateInitiated
	StateRinging
	StateAnswered
	StateEnded
)

// String returns the state's name.
func (s CallState) String() string {
	names := [...]string{"unknown", "initiated", "ringing", "answered", "ended"}
	if int(s) < len(names) {
		return names[s]
	}
	return "invalid"
}

// Status is what a carrier's status event tells of a call or of its stream.
// CallID and StreamID are as sent, the other texts cut to 64 bytes.
type Status struct {
	// ID tells the events of a carrier apart and is equal where one is sent
	// again: the carrier's own, or an EventID.
	ID       string
	CallID   string
	StreamID string // set where the event is of a stream
	Event    string // the carrier's name of the event, such as "stream-error"
	State    CallState
	Ending   Ending        // why the call ended, where State is StateEnded
	Cause    string        // the same in the carrier's words and numbers
	Duration time.Duration // of the call, or of the stream where StreamID is set; zero where not told
	At       time.Time     // when it happened; zero where not told
	// Fault is what went wrong with the stream, in the carrier's words and
	// numbers; empty where nothing did. It doesn't end the call by itself.
	Fault string
}

// EndingRow maps what a carrier says of a call's end to one of our endings.
type EndingRow struct {
	Code    string // as the carrier writes it: "no-answer", "3010", "user_busy"
	Ending  Ending
	Meaning string // in words, for people
}

// EndingTable is how a carrier tells why calls ended.
type EndingTable []EndingRow

// Find returns the ending for the first of codes that the table has. found is
// false where it has none of them.
func (t EndingTable) Find(codes ...string) (row EndingRow, found bool) {
	for _, code := range codes {
		for _, r := range t {
			if code != "" && r.Code == code {
				return r, true
			}
		}
	}
	return EndingRow{}, false
}
