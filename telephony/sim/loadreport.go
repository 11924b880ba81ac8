package sim

import "github.com/talkpath/talkpath/telephony"

// LoadReport is what a load test saw. No map or slice is nil.
type LoadReport struct {
	Carrier string `json:"carrier"`
	Calls   int    `json:"calls"`  // asked for
	SetUp   int    `json:"set_up"` // of those, whose stream started
	Failed  int    `json:"failed"` // of those, whose stream didn't
	Lasted  int    `json:"lasted"` // of those set up, that were held to the end
	// Causes counts why calls failed, as "step: reason".
	Causes map[string]int `json:"causes"`
	// Failure is why the first of them failed; nil where none did.
	Failure error `json:"-"`
	// Endings counts how the calls ended that were set up.
	Endings map[telephony.Ending]int `json:"endings"`

	SentFrames     int `json:"sent_frames"`     // audio messages written to the server
	ReceivedFrames int `json:"received_frames"` // audio messages from it
	// DroppedMessages were not written because the server read too slowly.
	DroppedMessages int `json:"dropped_messages"`
	Clears          int `json:"clears"`
	MarksSent       int `json:"marks_sent"`
	MarksReturned   int `json:"marks_returned"`
	Violations      int `json:"violations"` // messages that broke the carrier's rules, and faults of sockets

	Turns     int    `json:"turns"`     // utterances of the callers
	Answered  int    `json:"answered"`  // of those, after which the agent's sound came
	Echoed    int    `json:"echoed"`    // of them, that came back, where the callers have tones
	Foreign   int    `json:"foreign"`   // of them, after which another caller's tone was heard
	Underruns int    `json:"underruns"` // times that an answer ran dry in the middle
	GapMax    Millis `json:"gap_ms_max"`

	Setup    Percentiles `json:"setup"`    // from the announcement to the stream's start
	Response Percentiles `json:"response"` // from the end of the caller's speech to the first frame of sound
	// BeatLate is how late the simulator itself was: where it is large, the
	// other times are the simulator's and not the server's.
	BeatLate Percentiles `json:"beat_late"`
	Errors   []string    `json:"errors"`
	// Network is nil for a clean one.
	Network *NetworkReport `json:"network,omitempty"`
}

func newLoadReport(cfg Config, calls int) *LoadReport {
	return &LoadReport{
		Carrier: cfg.Carrier.Name(), Calls: calls, Network: cfg.networkReport(),
		Causes: make(map[string]int), Endings: make(map[telephony.Ending]int), Errors: []string{},
	}
}

// add counts one call that was set up; its lock is held.
func (r *LoadReport) add(c *loadCall, ending telephony.Ending) {
	m := c.line.result()
	r.SetUp++
	r.Endings[ending]++
	if c.lasted {
		r.Lasted++
	}
	r.SentFrames += m.SentFrames - c.unsent - c.way.dropper.dropped
	if r.Network != nil {
		r.Network.Dropped += c.way.dropper.dropped
		r.Network.Reordered += c.way.overtaker.reordered
	}
	r.ReceivedFrames += m.ReceivedFrames
	r.DroppedMessages += c.dropped
	r.Clears += m.Clears
	r.MarksSent += m.MarksSent
	r.MarksReturned += m.MarksReturned
	r.Violations += c.line.faults.total
	r.Turns += c.turns
	r.Answered += len(c.responses)
	r.Underruns += c.line.gaps.gaps
	if c.ear != nil {
		c.ear.next()
		r.Echoed += c.ear.echoed
		r.Foreign += c.ear.foreign
	}
	r.GapMax = max(r.GapMax, m.GapMax)
}
