// Package plivo speaks Plivo's audio streaming: the webhook that asks for
// Plivo XML, the XML that opens a stream and tells what follows it, the events
// of calls and streams, the signatures of all that, and the stream's JSON
// messages, on our side and, for the simulator, on Plivo's.
//
// Sources: plivo.com/docs/voice/xml/audio-streaming,
// docs.plivo.com/docs/voice/xml/audiostream/stream-events-to-plivo and
// plivo.com/docs/voice-agents/audio-streaming/concepts. Where they disagree
// about a message to us, every form is taken.
package plivo

import (
	"net/url"

	"github.com/talkpath/talkpath/telephony"
)

// name is Plivo's name in URLs, metrics and errors.
const name = "plivo"

// Carrier returns Plivo.
func Carrier() telephony.Carrier {
	d := dialect()
	return telephony.Carrier{
		Quirks: quirks(),
		// The stream's start declares its format and brings its parameters
		// back, so there is nothing to read from the URL.
		NewWire:  func(url.Values) telephony.Wire { return newWire(d) },
		Webhook:  webhook{},
		Recovery: recovery{},
		Peer:     peer{},
	}
}
