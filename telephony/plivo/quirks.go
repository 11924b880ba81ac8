package plivo

import (
	"time"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
)

// Sizes of one message to Plivo, in bytes.
const (
	chunkMax = 12288    // of sound; 16 KB in base64, as Plivo recommends
	sendMax  = 64_000   // of a whole message: "64 KB" in the smaller reading
	takeMax  = 64 << 10 // the same in the larger reading
)

// formats returns what a stream can carry, in both directions. Mu-law is the
// default: it is what telephone lines carry, it costs half the bytes of linear
// PCM, and it is the one of which nothing is in doubt, while no page of
// Plivo's names the byte order of audio/x-l16 (everybody reads it as
// little-endian). 16 kHz gains something only on calls that are wideband from
// end to end. Plivo's own default is one thing on one page and another on the
// next, so it is never left to it.
func formats() []media.Format {
	return []media.Format{
		{Encoding: media.PCMU, Rate: 8000},
		{Encoding: media.L16, Rate: 8000},
		{Encoding: media.L16, Rate: 16000},
	}
}

// choose returns the first format that has rate and encoding, of which zero
// leaves the choice.
func choose(rate int, encoding media.Encoding) (media.Format, error) {
	for _, f := range formats() {
		if (rate == 0 || f.Rate == rate) && (encoding == 0 || f.Encoding == encoding) {
			return f, nil
		}
	}
	return media.Format{}, telephony.ErrBadFormat
}

// contentType returns Plivo's name of an encoding.
func contentType(e media.Encoding) string {
	if e == media.PCMU {
		return "audio/x-mulaw"
	}
	return "audio/x-l16"
}

// formatOf returns the format that Plivo's name of an encoding and a rate
// make.
func formatOf(kind string, rate uint64) (media.Format, error) {
	for _, f := range formats() {
		if contentType(f.Encoding) == kind && uint64(f.Rate) == rate {
			return f, nil
		}
	}
	return media.Format{}, telephony.ErrBadFormat
}

// quirks returns what sets Plivo apart.
func quirks() telephony.Quirks {
	return telephony.Quirks{
		Name:    name,
		Formats: formats(),
		// "About 20 ms", so nothing may depend on it.
		Packet: 20 * time.Millisecond,
		Chunk:  telephony.Chunk{Multiple: 1, Max: chunkMax},
		Marks:  true,
		// A checkpoint whose sound was cleared is never answered.
		ClearReturnsMarks: false,
		ConfirmsClear:     true,
		SameCallID:        true,
		TicketInPath:      true,
		PlainParams:       true,
		// Not documented; the connect timeout of its webhooks can be set to
		// as much.
		HandshakeWait: 10 * time.Second,
		// streamTimeout where none is set. The call itself may end after 4 h.
		MaxStream: 24 * time.Hour,
		// It holds so much for a slow stream before it drops.
		Queue:      40 * time.Second,
		OneWay:     true,
		BothTracks: true,
		// A socket that couldn't be opened, and in newer text one that broke
		// too, is tried twice more.
		Redials: true,
		Endings: endings(),
		Facts:   facts(),
	}
}
