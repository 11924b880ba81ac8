package vonage

import (
	"time"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
)

const (
	// frameTime is the sound in one binary message, in either direction,
	// never more and never less.
	frameTime = 20 * time.Millisecond
	// queueFrames is how many messages Vonage holds for playing. Older pages
	// say 1,024.
	queueFrames = 3072
)

// defaultRate is asked for where none is: the one that every page and sample
// knows. Vonage itself has no default.
const defaultRate = 16000

// sound returns the format at rate, in both directions: headerless 16-bit
// little-endian PCM.
func sound(rate int) media.Format { return media.Format{Encoding: media.L16, Rate: rate} }

// offers reports whether a stream can have rate. 24 kHz is in the OpenAPI
// document and in the Node SDK, and is missing from the NCCO page.
func offers(rate uint64) bool { return rate == 8000 || rate == 16000 || rate == 24000 }

// choose returns the format of a stream for which one or none of these rates is
// asked, the first that is not zero, and an encoding or none.
func choose(encoding media.Encoding, rates ...int) (media.Format, error) {
	rate := defaultRate
	for _, r := range rates {
		if r != 0 {
			rate = r
			break
		}
	}
	if rate < 0 || !offers(uint64(rate)) || encoding != 0 && encoding != media.L16 {
		return media.Format{}, telephony.ErrBadFormat
	}
	return sound(rate), nil
}

// quirks returns what sets Vonage apart.
func quirks() telephony.Quirks {
	return telephony.Quirks{
		Name:    name,
		Formats: []media.Format{sound(defaultRate), sound(8000), sound(24000)},
		Packet:  frameTime,
		// A message of another length makes Vonage stop listening, and the
		// socket breaks (vocode-core issue 727).
		Chunk: telephony.Chunk{Multiple: 1, Exact: frameTime},
		Marks: true,
		// Whether a clear brings pending notifications back is unconfirmed.
		// Taken as no, so that nobody waits for them.
		ClearReturnsMarks: false,
		ConfirmsClear:     true,
		// The id comes from our own answer, so it proves no more than the
		// ticket beside it.
		SameCallID:   false,
		TicketInPath: true,
		// The connect action's default timeout.
		HandshakeWait: time.Minute,
		// The connect action's default limit.
		MaxStream:      2 * time.Hour,
		Queue:          queueFrames * frameTime,
		Anonymous:      true,
		Untimed:        true,
		EndsWithSocket: true,
		// Rarely, and sent again after any answer of 5xx.
		SometimesUnsigned: true,
		Endings:           endings(),
		Facts:             facts(),
	}
}
