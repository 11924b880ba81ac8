package telnyx

import (
	"time"

	"github.com/talkpath/talkpath/telephony"
)

// Bounds of the sound in one message to Telnyx, in rtp mode.
const (
	leastChunk = 20 * time.Millisecond
	mostChunk  = 30 * time.Second
)

// quirks returns what sets Telnyx apart.
func quirks() telephony.Quirks {
	return telephony.Quirks{
		Name:    name,
		Formats: formats(),
		// Not promised in writing, and what implementations observe.
		Packet: 20 * time.Millisecond,
		// 30 s of G.711 are at most 30 s of anything.
		Chunk: telephony.Chunk{Multiple: 1, Max: formats()[0].Bytes(mostChunk), Least: leastChunk},
		// Telnyx says that it doesn't keep the order. A message that was
		// overtaken is late by a packet or two, so three packets are waited
		// for; what is in order waits for nothing, and a frame that is lost
		// costs the caller's turn less than a tenth of its usual end of 600 ms.
		ReorderWait:       60 * time.Millisecond,
		Marks:             true,
		ClearReturnsMarks: true,
		Connected:         true,
		// The stream names the call by its call_control_id, the webhook by
		// its CallSid, and nobody promises that they are the same.
		SameCallID:   false,
		TicketInPath: true,
		// Not documented; that of the strictest carrier that tells.
		HandshakeWait: 10 * time.Second,
		Endings:       endings(),
		Facts:         facts(),
	}
}
