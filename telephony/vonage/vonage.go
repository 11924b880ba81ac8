// Package vonage speaks the websockets of Vonage's Voice API: the request for
// an answer, the NCCO that connects a call to our socket, the events of calls
// and sockets, the tokens that sign all that, and the stream's messages, binary
// ones for sound and JSON text for all else, on our side and, for the
// simulator, on Vonage's.
//
// A stream tells neither its own id nor its call's: what we put into the
// NCCO's headers comes back in the first message and is all that identifies
// it. The call's id belongs there as telephony.CallParam, the ticket as
// telephony.TicketParam. Events have them too, and by them those of the socket,
// a leg of its own, are told from those of the phone call.
//
// Sources: developer.vonage.com/en/voice/voice-api/guides/websockets,
// /voice/voice-api/ncco-reference and /voice/voice-api/webhook-reference, and
// for the size of the queue the tutorial play-audio-into-a-websocket.
package vonage

import (
	"net/url"

	"github.com/talkpath/talkpath/telephony"
)

// name is Vonage's name in URLs, metrics and errors.
const name = "vonage"

// Carrier returns Vonage.
func Carrier() telephony.Carrier {
	return telephony.Carrier{
		Quirks: quirks(),
		// The first message tells all there is to know.
		NewWire:  func(url.Values) telephony.Wire { return &wire{} },
		Webhook:  webhook{},
		Recovery: recovery{},
		Peer:     peer{},
	}
}
