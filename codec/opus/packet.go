package opus

// silkOnly and hybrid are the first configurations in which a packet holds no
// CELT and no SILK alone (RFC 6716, section 3.1, table 2).
const (
	hybrid   = 12
	celtOnly = 16
)

// HasFEC reports whether packet holds a copy of sound before its own, for the
// case that the packet before it got lost: the low-bitrate redundancy (LBRR)
// flag of its first SILK frame (RFC 6716, sections 4.2.3 and 4.2.4). The flags
// are the very first symbols of the frame and as likely set as not, so that
// each is one plain bit, the highest first: for each channel a voice activity
// flag for each 20 ms, then the LBRR flag.
func HasFEC(packet []byte) bool {
	frame := firstFrame(packet)
	if len(frame) < 2 {
		return false // silence that was not encoded
	}
	config := packet[0] >> 3
	if config >= celtOnly {
		return false
	}
	silkFrames := 1 // of 10 or 20 ms
	if config < hybrid && config%4 > 1 {
		silkFrames = int(config % 4) // of 20 ms each, in 40 or 60 ms
	}
	redundant := frame[0]&(1<<(7-silkFrames)) != 0
	if stereo := packet[0]&4 != 0; stereo {
		redundant = redundant || frame[0]&(1<<(6-2*silkFrames)) != 0
	}
	return redundant
}

// firstFrame returns the packet from its first frame on, nothing where there
// is none (section 3.2).
func firstFrame(packet []byte) []byte {
	if len(packet) == 0 {
		return nil
	}
	rest := packet[1:]
	switch packet[0] & 3 {
	case 2:
		_, rest = frameLength(rest)
	case 3:
		return firstOfMany(rest)
	}
	return rest
}

// firstOfMany skips what precedes the frames where a byte tells how many there
// are: that byte, the length of the padding, and all lengths but the last
// (section 3.2.5).
func firstOfMany(rest []byte) []byte {
	if len(rest) == 0 {
		return nil
	}
	count, padded, varies := int(rest[0]&63), rest[0]&64 != 0, rest[0]&128 != 0
	rest = rest[1:]
	for padded && len(rest) > 0 {
		padded = rest[0] == 255 // then another byte follows
		rest = rest[1:]
	}
	if !varies {
		return rest
	}
	first := -1
	for range count - 1 {
		var n int
		n, rest = frameLength(rest)
		if first < 0 {
			first = n
		}
	}
	if first >= 0 && first < len(rest) {
		return rest[:first]
	}
	return rest
}

// frameLength reads a length of one or two bytes and returns what follows
// (section 3.2.1).
func frameLength(data []byte) (n int, rest []byte) {
	switch {
	case len(data) == 0:
		return 0, nil
	case data[0] < 252:
		return int(data[0]), data[1:]
	case len(data) == 1:
		return 0, nil
	}
	return int(data[0]) + 4*int(data[1]), data[2:]
}
