// Package exotel speaks Exotel's AgentStream: the request of an applet with a
// dynamic URL and our answer, the JSON messages of a two-way (Voicebot) or
// one-way (Stream) stream, and what becomes of calls and streams, on our side
// and, for the simulator, on Exotel's.
//
// Sources: support.exotel.com/support/solutions/articles/3000108630 and
// github.com/exotel/Agent-Stream (docs/AGENTSTREAM_WSS_PROTOCOL.md). Where
// they disagree about a message to us, every form is taken.
package exotel

import (
	"net/url"

	"github.com/talkpath/talkpath/telephony"
)

// name is Exotel's name in URLs, metrics and errors.
const name = "exotel"

// Composition is which fields a message of sound or a mark to Exotel has.
type Composition uint8

const (
	// Full sends the stream's id in both spellings, and counters. It is the
	// default: Exotel's own integration code notes that streams of Connect
	// Voice AI were dropped early without them, while the support article's
	// form needs only what Full has as well, and a reader of JSON passes over
	// fields that it doesn't know.
	Full Composition = iota
	// Minimal sends what the support article shows and nothing else.
	Minimal
)

// Config holds what may differ between accounts. The zero Config is the safe
// choice.
type Config struct {
	Compose Composition
	// JSONPassthru has the simulator's Passthru applet tell of a stream in one
	// parameter of JSON rather than in bracketed ones. Both forms are seen at
	// Exotel, and ours reads both.
	JSONPassthru bool
}

// Carrier returns Exotel.
func Carrier(cfg Config) telephony.Carrier {
	d := dialect()
	return telephony.Carrier{
		Quirks: quirks(),
		NewWire: func(query url.Values) telephony.Wire {
			return newWire(d, cfg.Compose, readSocketQuery(query))
		},
		Webhook:  webhook{},
		Recovery: recovery{},
		Peer:     peer{jsonPassthru: cfg.JSONPassthru},
	}
}
