package conversation

import (
	"errors"
	"fmt"
	"time"
)

// Manners are the times, and the little else, that make a conversation feel
// natural.
type Manners struct {
	// Endpointing is the silence after which the caller is taken to have
	// finished speaking, counted from the last voiced sample.
	Endpointing time.Duration
	// Idle is the silence after which the caller is asked whether they are
	// still there, and IdlePrompts how often before the agent hangs up.
	Idle        time.Duration
	IdlePrompts int
	// MaxDuration is the longest call; at its end the agent says a last
	// word and hangs up.
	MaxDuration time.Duration
	// DigitPause is how long after a key press the next is waited for.
	DigitPause time.Duration
	// RecognizerWait, DialogueWait and VoiceWait are how long the text of an
	// utterance, the first words of a reply and the first sound of a
	// sentence may take before the turn goes on without them.
	RecognizerWait time.Duration
	DialogueWait   time.Duration
	VoiceWait      time.Duration
	// Ceiling is the longest silence that a caller is left in while a reply
	// is under way; then the agent apologises.
	Ceiling time.Duration
	// BargeIn is whether the caller may speak over the agent.
	BargeIn bool
	// ComfortNoise is the level in dBFS of the soft noise that the caller hears
	// while they wait for the agent, where the RMS of a full-scale square wave
	// is 0. Zero is for none.
	ComfortNoise float64
	// Phrases are spoken when an engine fails or is late. They are
	// synthesized before the first call, so that they need no engine.
	Phrases Phrases
}

// Comfort noise is about as loud as a line's own, which a listener takes for
// quiet: -65 to -55 dBFS. These are the bounds beyond which it can't be heard,
// or is in the way of speech.
const (
	softest = -90
	loudest = -35
)

// Phrases are what the agent says without its engines.
type Phrases struct {
	Moment string // the reply is late
	Sorry  string // the reply failed; the caller may try again
	Bye    string // an engine failed for good; the call ends
	Back   string // the line was gone and is there again; may be empty
}

// DefaultManners returns the defaults.
func DefaultManners() Manners {
	return Manners{
		Endpointing:    600 * time.Millisecond,
		Idle:           8 * time.Second,
		IdlePrompts:    2,
		MaxDuration:    30 * time.Minute,
		DigitPause:     2 * time.Second,
		RecognizerWait: 2500 * time.Millisecond,
		DialogueWait:   1500 * time.Millisecond,
		VoiceWait:      800 * time.Millisecond,
		Ceiling:        4 * time.Second,
		BargeIn:        true,
		Phrases: Phrases{
			Moment: "One moment please.",
			Sorry:  "Sorry, something went wrong. Could you say that again?",
			Bye:    "I am sorry, I can not help you right now. Please call again later. Goodbye.",
			Back:   "Sorry, we were cut off.",
		},
	}
}

// Check returns an error that names each value that is out of bounds.
func (m Manners) Check() error {
	bounds := []struct {
		name     string
		is       time.Duration
		min, max time.Duration
	}{
		{"endpointing", m.Endpointing, 100 * time.Millisecond, 5 * time.Second},
		{"idle", m.Idle, time.Second, 10 * time.Minute},
		{"max_duration", m.MaxDuration, 5 * time.Second, 24 * time.Hour},
		{"digit_pause", m.DigitPause, 200 * time.Millisecond, time.Minute},
		{"recognizer_wait", m.RecognizerWait, 100 * time.Millisecond, time.Minute},
		{"dialogue_wait", m.DialogueWait, 100 * time.Millisecond, time.Minute},
		{"voice_wait", m.VoiceWait, 100 * time.Millisecond, time.Minute},
		{"ceiling", m.Ceiling, m.DialogueWait, time.Minute},
	}
	var wrong []error
	for _, b := range bounds {
		if b.is < b.min || b.is > b.max {
			wrong = append(wrong, fmt.Errorf("%s is %v, must be from %v to %v", b.name, b.is, b.min, b.max))
		}
	}
	if m.IdlePrompts < 0 || m.IdlePrompts > 100 {
		wrong = append(wrong, fmt.Errorf("idle_prompts is %d, must be from 0 to 100", m.IdlePrompts))
	}
	if n := m.ComfortNoise; n != 0 && !(n >= softest && n <= loudest) {
		wrong = append(wrong, fmt.Errorf("comfort_noise is %v, must be 0 for none, or from %d to %d dBFS", n, softest, loudest))
	}
	return errors.Join(wrong...)
}
