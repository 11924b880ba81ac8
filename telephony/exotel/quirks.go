package exotel

import (
	"time"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
)

// Sizes of one message of sound to Exotel, in bytes before base64. At 16 and
// 24 kHz the multiple stays 320, which whole 20 ms frames are as well.
const (
	chunkMultiple = 320
	chunkMin      = 3200
	chunkMax      = 312 * chunkMultiple // the largest multiple within "100 kB"
	chunkTimeout  = 100_000             // more than this times out at Exotel
)

// defaultRate is the rate of a stream for which none was asked.
const defaultRate = 8000

// sound returns the format at rate, in both directions: headerless 16-bit
// little-endian PCM.
func sound(rate int) media.Format { return media.Format{Encoding: media.L16, Rate: rate} }

// offers reports whether a stream can have rate.
func offers(rate uint64) bool { return rate == defaultRate || rate == 16000 || rate == 24000 }

// quirks returns what sets Exotel apart.
func quirks() telephony.Quirks {
	return telephony.Quirks{
		Name:    name,
		Formats: []media.Format{sound(defaultRate), sound(16000), sound(24000)},
		// As documented; messages of 200 ms are seen too, so nothing may
		// depend on it.
		Packet: 100 * time.Millisecond,
		Chunk:  telephony.Chunk{Multiple: chunkMultiple, Min: chunkMin, Max: chunkMax},
		Marks:  true,
		// Whether a clear brings pending marks back is unconfirmed. Taken as
		// no, so that nobody waits for them.
		ClearReturnsMarks: false,
		Connected:         true,
		TicketInPath:      true,
		HandshakeWait:     10 * time.Second,
		MaxStream:         time.Hour,
		OneWay:            true,
		Endings:           endings(),
		Facts:             facts(),
	}
}
