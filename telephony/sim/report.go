package sim

import (
	"strconv"
	"time"

	"github.com/talkpath/talkpath/conversation"
	"github.com/talkpath/talkpath/telephony"
)

// Millis is a time that JSON shows as whole milliseconds, rounded to the
// nearest. In Go it is exact to the sample.
type Millis time.Duration

// MarshalJSON returns the milliseconds as a number.
func (m Millis) MarshalJSON() ([]byte, error) {
	return strconv.AppendInt(nil, time.Duration(m).Round(time.Millisecond).Milliseconds(), 10), nil
}

// UnmarshalJSON reads a number of milliseconds.
func (m *Millis) UnmarshalJSON(data []byte) error {
	n, err := strconv.ParseFloat(string(data), 64)
	if err != nil {
		return err
	}
	*m = Millis(n * float64(time.Millisecond))
	return nil
}

// String returns the time as a time.Duration prints it.
func (m Millis) String() string { return time.Duration(m).String() }

// Report is what a call was like at the carrier's side. All times but
// Duration's are media times of the call: zero is the moment at which its first
// stream started, and sound is where it was in the waveform. No slice but
// Streams is nil.
type Report struct {
	Carrier    string              `json:"carrier"`
	Call       string              `json:"call"` // the carrier's id
	Ending     telephony.Ending    `json:"ending"`
	Duration   Millis              `json:"duration_ms"` // from the first stream's start to the call's end
	Greeting   *AgentReport        `json:"greeting"`    // what the agent said before the caller's first word; nil for nothing
	Turns      []TurnReport        `json:"turns"`
	Media      Media               `json:"media"`
	Transcript []conversation.Line `json:"transcript"`        // left empty: only the server knows
	Quality    string              `json:"quality,omitempty"` // how it sounded to the server; left empty as well
	Errors     []string            `json:"errors"`
	// Reported counts the status events that the server took.
	Reported int `json:"reported,omitempty"`
	// Streams are the call's media streams in order, where it had more than
	// one.
	Streams []StreamReport `json:"streams,omitempty"`

	// Heard and Said are the waveforms at the caller's ear and mouth, of
	// the same length, at Rate samples per second.
	Heard, Said []int16 `json:"-"`
	Rate        int     `json:"-"`
	// Violations counts the messages that broke the carrier's rules.
	Violations int `json:"-"`
	// BeatLate is how late the simulator itself was at worst. Sound may
	// have been played that much sooner after its arrival than a carrier
	// would have.
	BeatLate Millis `json:"-"`
	// Closed is how the server closed the socket, nil where it didn't.
	Closed *telephony.CloseError `json:"-"`
	// Network tells through which profile the call went, nil for a clean one.
	Network *NetworkReport `json:"network,omitempty"`
}

// TurnReport is one utterance of the caller's and the agent's answer to it.
type TurnReport struct {
	Caller CallerReport `json:"caller"`
	Agent  *AgentReport `json:"agent"` // nil where no answer came
	// Response is the time from the end of the caller's speech to the first
	// voiced sample of the agent's after it; nil without either.
	Response *Millis `json:"response_ms"`
	// BargeIn is the time from the caller's first voiced sample to the last
	// sample of the agent's interrupted speech; nil where none was.
	BargeIn *Millis `json:"barge_in_ms,omitempty"`
	// Stale is the agent's voiced sound between its clear and the end of
	// the caller's speech, set together with BargeIn.
	Stale *Millis `json:"stale_ms,omitempty"`
}

// StreamReport is one of a call's media streams.
type StreamReport struct {
	ID    string `json:"id"`       // the carrier's; the same again where it opened a socket once more
	Start Millis `json:"start_ms"` // when the socket was open
	// Resumed is the time from Start to the agent's first voiced sample at the
	// caller's ear; nil where none came on this stream.
	Resumed *Millis `json:"resumed_ms"`
	// End is how it ended: "stopped" by the carrier, "closed" by the server,
	// "broken", or "replaced" by another socket.
	End string `json:"end"`
}

// CallerReport is an utterance: its first and last voiced sample, or the keys
// where nothing was said.
type CallerReport struct {
	Say    string `json:"say"`
	Digits string `json:"digits,omitempty"`
	Start  Millis `json:"start_ms"`
	End    Millis `json:"end_ms"`
}

// AgentReport is an answer: its first and last voiced sample.
type AgentReport struct {
	Start Millis `json:"start_ms"`
	End   Millis `json:"end_ms"`
	// Interrupted says whether the caller's next utterance cut it short.
	Interrupted bool `json:"interrupted"`
}

// Media counts what went over the socket.
type Media struct {
	SentFrames     int    `json:"sent_frames"`     // audio messages to the server
	ReceivedFrames int    `json:"received_frames"` // audio messages from it
	GapMax         Millis `json:"gap_ms_max"`      // the longest time without sound inside an answer
	Clears         int    `json:"clears"`
	MarksSent      int    `json:"marks_sent"`     // marks that the server sent
	MarksReturned  int    `json:"marks_returned"` // of those, how many came back to it
}
