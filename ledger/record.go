// Package ledger keeps the record of each call: who, when, what was said and
// heard, how long each turn took and why the call ended.
package ledger

import (
	"time"

	"github.com/talkpath/talkpath/media"
)

// Record is all that is kept of one call. Times called ..._ms are in
// milliseconds since the call's stream started.
type Record struct {
	ID            string    `json:"id"`
	Carrier       string    `json:"carrier"`
	CarrierCallID string    `json:"carrier_call_id"`
	StreamID      string    `json:"stream_id"`
	Agent         string    `json:"agent"`
	From          string    `json:"from,omitempty"`
	To            string    `json:"to,omitempty"`
	Format        string    `json:"format,omitempty"`
	Status        string    `json:"status"` // StatusLive or StatusEnded
	State         string    `json:"state"`  // where the conversation stands
	Ending        string    `json:"ending,omitempty"`
	Detail        string    `json:"detail,omitempty"` // what lies behind the ending, in words
	StartedAt     time.Time `json:"started_at"`
	EndedAt       time.Time `json:"ended_at,omitzero"`
	DurationMS    int64     `json:"duration_ms"`
	Resumes       int       `json:"resumes,omitempty"` // how often another stream took the place of one that was lost
	Turns         []Turn    `json:"turns"`
	Transcript    []Line    `json:"transcript"`
	HeardText     string    `json:"heard_text"` // the agent's words that the caller heard
	Media         Media     `json:"media"`
	Quality       *Quality  `json:"quality,omitempty"` // nil before the stream starts
	Errors        []string  `json:"errors"`            // the first of each kind of fault
	// Told is what the carrier told of the call; Find and List fill it in.
	Told Told `json:"told,omitzero"`
}

// key returns the call's name at its carrier.
func (r Record) key() callKey { return callKey{r.Carrier, r.CarrierCallID} }

// The values of Record.Status.
const (
	StatusLive  = "live"
	StatusEnded = "ended"
)

// Turn is one exchange: what asked for a reply, and how long each step took.
type Turn struct {
	Kind         string `json:"kind"`
	CallerStart  int64  `json:"caller_start_ms,omitempty"`
	CallerEnd    int64  `json:"caller_end_ms,omitempty"`
	RecognizedMS int64  `json:"recognized_ms,omitempty"` // the text came
	AskedMS      int64  `json:"asked_ms,omitempty"`
	FirstTextMS  int64  `json:"first_text_ms,omitempty"`
	FirstSoundMS int64  `json:"first_sound_ms,omitempty"`
	ResponseMS   int64  `json:"response_ms,omitempty"` // CallerEnd to FirstSound, as the bridge sees it
	Interrupted  bool   `json:"interrupted"`
}

// Line is one line of the transcript.
type Line struct {
	Role  string `json:"role"`
	Text  string `json:"text"`
	Heard string `json:"heard"`
}

// Media counts what flowed.
type Media struct {
	ReceivedFrames uint64  `json:"received_frames"`
	SentFrames     uint64  `json:"sent_frames"`
	ReceivedMS     int64   `json:"received_ms"` // sound received
	SentMS         int64   `json:"sent_ms"`     // sound sent
	HeardMS        int64   `json:"heard_ms"`    // of that, played at the carrier
	Gaps           uint64  `json:"gaps"`
	LostMS         int64   `json:"lost_ms"` // in gaps, unsent silence among them
	LateFrames     uint64  `json:"late_frames"`
	BadMessages    uint64  `json:"bad_messages"`
	UnknownEvents  uint64  `json:"unknown_events"`
	Clears         uint64  `json:"clears"`
	EchoVetoes     uint64  `json:"echo_vetoes"` // spurts of speech that were the agent's own echo
	MarksSent      uint64  `json:"marks_sent"`
	MarksReturned  uint64  `json:"marks_returned"`
	Dropped        uint64  `json:"dropped_messages"` // messages to the carrier that could not be sent
	NoiseFloorDBFS float64 `json:"noise_floor_dbfs"`
}

// Formatted returns a format as a record shows it.
func Formatted(f media.Format) string {
	if f.Check() != nil {
		return ""
	}
	return f.String()
}
