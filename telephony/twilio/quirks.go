package twilio

import (
	"time"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
)

// sound returns the one format that Twilio streams, in both directions.
func sound() media.Format { return media.Format{Encoding: media.PCMU, Rate: 8000} }

// quirks returns what sets Twilio apart.
func quirks() telephony.Quirks {
	return telephony.Quirks{
		Name:    name,
		Formats: []media.Format{sound()},
		// Not promised in writing, and what every implementation observes.
		Packet: 20 * time.Millisecond,
		// Any size plays: Twilio's own sample sends a second in one message.
		Chunk:             telephony.Chunk{Multiple: 1},
		Marks:             true,
		ClearReturnsMarks: true,
		Connected:         true,
		SameCallID:        true,
		TicketInPath:      true,
		// The longest connect timeout of its webhooks; that of its sockets
		// (error 31901) is not documented.
		HandshakeWait: 10 * time.Second,
		OneWay:        true,
		BothTracks:    true,
		Endings:       endings(),
		Facts:         facts(),
	}
}
