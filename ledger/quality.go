package ledger

// Quality tells how a call sounded and why. docs/quality.md explains it.
type Quality struct {
	Summary  string      `json:"summary"`  // for a person
	Findings []Finding   `json:"findings"` // the worst first
	Caller   CallerSound `json:"caller"`
	Agent    AgentSound  `json:"agent"`
	Process  Process     `json:"process"`
}

// Finding is one thing that is wrong with a call, and the hop that is to blame.
type Finding struct {
	Hop       string  `json:"hop"`
	Direction string  `json:"direction"` // who is heard: "caller" or "agent"
	Code      string  `json:"code"`
	Severity  string  `json:"severity"`
	Figure    float64 `json:"figure"`
	Unit      string  `json:"unit"`
	Text      string  `json:"text"`
}

// Score is an estimate by the E-model.
type Score struct {
	R           float64 `json:"r"`   // 0 to 100
	MOS         float64 `json:"mos"` // 1 to 4.5
	LossPercent float64 `json:"loss_percent"`
	HoldMS      int64   `json:"hold_ms,omitempty"` // what the listener's player is taken to hold back
}

// CallerSound is what was heard of the caller.
type CallerSound struct {
	Score       *Score    `json:"score,omitempty"` // nil where there was too little
	LatenessMS  Lateness  `json:"lateness_ms"`
	Arrivals    []Arrival `json:"arrivals"` // messages by lateness, those that are not zero
	HoleMaxMS   int64     `json:"hole_max_ms"`
	Stalls      int       `json:"stalls"`
	StalledMS   int64     `json:"stalled_ms"`
	BurstMean   float64   `json:"burst_messages"` // that came together, in the mean
	LostMS      int64     `json:"lost_ms"`        // dropped or never sent by the carrier
	UnsentMS    int64     `json:"unsent_ms"`      // silence that the carrier left out
	ConcealedMS int64     `json:"concealed_ms"`
	Reordered   uint64    `json:"reordered"`
	Late        uint64    `json:"late"`
	Duplicates  uint64    `json:"duplicates"`
	SpeechDBFS  *float64  `json:"speech_dbfs,omitempty"` // nil where too little was said
	NoiseDBFS   *float64  `json:"noise_dbfs,omitempty"`
	ClippedMS   float64   `json:"clipped_ms"`
	DCPercent   float64   `json:"dc_percent"`
	Drift       *Drift    `json:"drift,omitempty"` // nil where it isn't known
}

// Lateness tells how much later than the fastest messages came.
type Lateness struct {
	P50 int64 `json:"p50"`
	P90 int64 `json:"p90"`
	P99 int64 `json:"p99"`
	Max int64 `json:"max"`
}

// Arrival counts the messages that were less late than a bound, and at least as
// late as the bound before.
type Arrival struct {
	BelowMS  float64 `json:"below_ms,omitempty"` // zero for no bound
	Messages uint32  `json:"messages"`
}

// Drift is how much faster than ours the carrier's clock runs.
type Drift struct {
	PPM      float64 `json:"ppm"`
	ErrorPPM float64 `json:"error_ppm"` // standard error
}

// AgentSound is what the caller heard of the agent.
type AgentSound struct {
	Score        *Score `json:"score,omitempty"`
	Voice        Holes  `json:"voice_holes"`    // waiting for the synthesizer
	Dialogue     Holes  `json:"dialogue_holes"` // waiting for the dialogue, between sentences
	Own          Holes  `json:"own_holes"`      // waiting for the server itself
	Delivery     Holes  `json:"delivery_holes"` // on the way to the caller
	Slow         uint64 `json:"dropped_messages"`
	MarkDelayMS  *int64 `json:"mark_delay_ms,omitempty"` // the least; nil where no mark came back
	MarkMaxMS    *int64 `json:"mark_delay_max_ms,omitempty"`
	MarksMissing int    `json:"marks_missing"`
}

// Holes are times without sound in the middle of a reply.
type Holes struct {
	Times int   `json:"times"`
	MS    int64 `json:"ms"`
	MaxMS int64 `json:"max_ms"`
}

// Process is what the server itself did to the call.
type Process struct {
	LateBeats int   `json:"late_beats"`
	LateMaxMS int64 `json:"late_max_ms"`
	Stalls    int   `json:"stalls"` // holes in the caller's sound while the server slept
	StalledMS int64 `json:"stalled_ms"`
	LostMS    int64 `json:"lost_ms"` // sound that the carrier dropped meanwhile
}
