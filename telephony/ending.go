package telephony

// Ending is why a call ended, one closed set for every carrier.
type Ending string

// The endings. Those of outbound calls only come from carriers' status
// events.
const (
	EndingNone         Ending = ""               // the call is still up
	CallerHungUp       Ending = "caller_hung_up" // the stream was stopped or closed from the carrier's side in good order
	AgentHungUp        Ending = "agent_hung_up"
	Transferred        Ending = "transferred"
	NoAnswer           Ending = "no_answer"
	Busy               Ending = "busy"
	Rejected           Ending = "rejected"
	InvalidNumber      Ending = "invalid_number"
	Voicemail          Ending = "voicemail"
	CarrierError       Ending = "carrier_error" // the carrier's side broke its protocol
	MediaLost          Ending = "media_lost"    // the socket broke without a word
	MaxDurationReached Ending = "max_duration"
	Quota              Ending = "quota"
	Shed               Ending = "shed"     // refused or ended because the server has too much to do
	Operator           Ending = "operator" // ended by a person or by the server's shutdown
	EngineFailed       Ending = "engine_failed"
	InternalError      Ending = "internal_error"
	NeverStarted       Ending = "never_started" // a socket that was opened, and no stream in time
)
