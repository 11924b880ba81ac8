package opus

import "time"

const (
	// Packet is the sound in one packet that Encode makes.
	Packet = 20 * time.Millisecond
	// DefaultComplexity is how hard the encoder tries, of 0 to 10. At 16 kHz 5
	// costs about 150 µs for a packet, at 8 kHz half of that (docs/audio.md).
	DefaultComplexity = 5
	// DefaultLoss is the part of packets, in percent, that the encoder takes to
	// get lost: enough for it to send copies along at the default bitrates.
	DefaultLoss = 10
)

// Config says how a Codec encodes. What decodes needs to know Rate only.
type Config struct {
	Rate       int  // samples per second: 8000, 12000, 16000, 24000 or 48000
	Bitrate    int  // bits per second
	Complexity int  // 0 to 10
	Loss       int  // percent of packets expected to get lost; no copies are sent along where zero
	DTX        bool // whether silence is sent as packets of one byte, which may be left out
}

// Defaults returns the Config for speech at rate, on a line that loses some
// packets. Silence is encoded as well: who is sent a stream of packets over a
// socket shouldn't have to know which are missing on purpose.
func Defaults(rate int) Config {
	return Config{Rate: rate, Bitrate: defaultBitrate(rate), Complexity: DefaultComplexity, Loss: DefaultLoss}
}

// defaultBitrate is what full quality of speech takes at a rate, and enough for
// libopus to send copies along at DefaultComplexity and DefaultLoss. It asks
// for 18.4 kbit/s at 8 kHz and less than 20 at 16 kHz before it does; with
// complexity 0 for 6 more.
func defaultBitrate(rate int) int {
	switch {
	case rate <= 8000:
		return 20000
	case rate <= 12000:
		return 22000
	case rate <= 16000:
		return 24000
	case rate <= 24000:
		return 32000
	}
	return 40000
}
