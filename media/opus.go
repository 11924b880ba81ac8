package media

// What follows reads how long an Opus packet plays, which is in its first one
// or two bytes (RFC 6716, sections 3.1 and 3.2).

// maxOpus is the longest that a packet may play, in 2.5 ms: 120 ms (section
// 3.2.5, R5).
const maxOpus = 48

// maxOpusBytes bounds a packet: more than six of the longest frames have, which
// is 120 ms of the usual 20 ms. RFC 6716 sets no bound, since a packet may be
// padded to any length.
const maxOpusBytes = 8 << 10

// opusRates are the rates at which Opus is encoded and decoded, of which each
// has a whole number of samples in 2.5 ms.
func opusRates() []int { return []int{8000, 12000, 16000, 24000, 48000} }

// opusCount returns how many samples a packet gives at rate; zero where it is
// none.
func opusCount(packet []byte, rate int) int {
	if len(packet) == 0 || len(packet) > maxOpusBytes {
		return 0
	}
	frames := opusFrames(packet)
	parts := frames * opusFrame(packet[0]>>3)
	if parts > maxOpus {
		return 0
	}
	return parts * (rate / 400)
}

// opusFrame returns how long one frame plays in the configuration that a
// packet's first five bits tell, in 2.5 ms (section 3.1, table 2).
func opusFrame(config byte) int {
	switch {
	case config < 12: // SILK: 10, 20, 40 or 60 ms
		return [4]int{4, 8, 16, 24}[config%4]
	case config < 16: // hybrid: 10 or 20 ms
		return 4 << (config % 2)
	}
	return 1 << (config % 4) // CELT: 2.5, 5, 10 or 20 ms
}

// opusFrames returns how many frames a packet holds; zero where its length
// can't be that of so many.
func opusFrames(packet []byte) int {
	switch packet[0] & 3 {
	case 0:
		return 1
	case 1: // two of the same length (R3)
		if len(packet)%2 == 1 {
			return 2
		}
	case 2: // two, with the length of the first (R4)
		if len(packet) > 1 {
			return 2
		}
	case 3: // as many as the second byte says (R5)
		if len(packet) > 1 {
			return int(packet[1] & 63)
		}
	}
	return 0
}
