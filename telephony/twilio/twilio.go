// Package twilio speaks Twilio's Media Streams: the webhooks that ask for
// TwiML and tell what becomes of a call, their signatures, the TwiML that opens
// a two-way or one-way stream, and the stream's JSON messages, on our side and,
// for the simulator, on Twilio's.
//
// Sources: twilio.com/docs/voice/media-streams/websocket-messages,
// twilio.com/docs/voice/twiml/stream and twilio.com/docs/api/errors.
package twilio

import (
	"net/url"

	"github.com/talkpath/talkpath/telephony"
)

// name is Twilio's name in URLs, metrics and errors.
const name = "twilio"

// Carrier returns Twilio.
func Carrier() telephony.Carrier {
	d := dialect()
	return telephony.Carrier{
		Quirks: quirks(),
		// Twilio drops the query of a stream's URL, so there is none to read.
		NewWire:  func(url.Values) telephony.Wire { return &wire{telephony.NewJSONWire(d, readStart)} },
		Webhook:  webhook{},
		Recovery: recovery{},
		Peer:     peer{},
	}
}
