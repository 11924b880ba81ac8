package quality

// Hop is a part of a call's way that can be to blame.
type Hop string

// The hops, from the caller's mouth to the engines and back to the ear.
const (
	HopCaller      Hop = "caller"        // the caller's telephone and line
	HopCarrierToUs Hop = "carrier_to_us" // the carrier's network, up to our socket
	HopUs          Hop = "us"            // our own process: CPU, locks
	HopEngines     Hop = "engines"       // voice and dialogue
	HopUsToCarrier Hop = "us_to_carrier" // the way back to the carrier's player
	HopCarrier     Hop = "carrier"       // the carrier's clock and player
)

// Direction says who is heard.
type Direction string

// The directions of a call.
const (
	OfCaller Direction = "caller" // what was heard of the caller
	OfAgent  Direction = "agent"  // what the caller heard of the agent
)

// Code is what was found.
type Code string

// All that can be found.
const (
	Clipped        Code = "clipped"         // too loud for the codec somewhere before us
	TooQuiet       Code = "too_quiet"       //
	TooLoud        Code = "too_loud"        //
	Noisy          Code = "noisy"           // speech is little above the noise
	DCOffset       Code = "dc_offset"       //
	ArrivalStalls  Code = "stalls"          // nothing came for a while
	Bursts         Code = "bursts"          // several messages came at once, again and again
	Jitter         Code = "jitter"          // messages came late by varying times
	Discarded      Code = "discarded"       // the carrier dropped sound, or never sent it
	Disordered     Code = "disordered"      // messages overtook each other
	ClockDrift     Code = "clock_drift"     // the carrier's clock runs fast or slow
	HeldUp         Code = "held_up"         // we took messages late
	SlowToRead     Code = "slow_to_read"    // we read so late that the carrier dropped sound
	LateBeats      Code = "late_beats"      // we sent late
	VoiceSlow      Code = "voice_slow"      // the synthesizer is slower than real time
	DialogueSlow   Code = "dialogue_slow"   // the dialogue stops within a reply
	SlowReader     Code = "slow_reader"     // the carrier reads too slowly for what we send
	DeliveryStalls Code = "delivery_stalls" // the carrier's player ran dry though we sent in time
	PlayerSlow     Code = "player_slow"     // the carrier plays late, or tells so
	MarksMissing   Code = "marks_missing"   // the carrier doesn't tell what it has played
)

// Severity is how much of a finding can be heard.
type Severity string

// The severities.
const (
	Info    Severity = "info"    // good to know; few would hear it
	Audible Severity = "audible" // a listener notices
	Severe  Severity = "severe"  // words are lost
)

// rank returns a severity as a number.
func (s Severity) rank() int {
	switch s {
	case Severe:
		return 3
	case Audible:
		return 2
	case Info:
		return 1
	}
	return 0
}

// Unit is what a figure counts.
type Unit string

// The units of figures.
const (
	Milliseconds Unit = "ms"
	Percent      Unit = "percent"
	Decibels     Unit = "dBFS"
	Ratio        Unit = "dB"
	Millionths   Unit = "ppm"
	Times        Unit = "times"
)

// Finding is one thing that is wrong with a call.
type Finding struct {
	Hop       Hop
	Direction Direction
	Code      Code
	Severity  Severity
	Figure    float64 // what the severity was told by, in Unit
	Unit      Unit
	Text      string // one sentence or two, for a person
}

// kind says what a listener would call it.
type kind uint8

const (
	choppy kind = iota + 1 // sound stops or lacks parts
	faint                  // sound is hard to understand
	tardy                  // sound comes late
)

// kind returns what a listener would call the finding.
func (f Finding) kind() kind {
	switch f.Code {
	case Clipped, TooQuiet, TooLoud, Noisy, DCOffset:
		return faint
	case DialogueSlow, PlayerSlow, MarksMissing, ClockDrift:
		return tardy
	default:
		return choppy
	}
}
