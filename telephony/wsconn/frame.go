package wsconn

import (
	"encoding/binary"
	"math/rand/v2"
	"strings"
	"unicode/utf8"

	"github.com/talkpath/talkpath/telephony"
)

// Opcodes and bits of a frame's head, RFC 6455 section 5.2.
const (
	opText   = 0x1
	opBinary = 0x2
	opClose  = 0x8
	opPing   = 0x9
	opPong   = 0xA

	finalBit = 0x80
	maskBit  = 0x80

	maxHead    = 14  // two bytes, eight of length, four of mask
	maxControl = 125 // RFC 6455 section 5.5
)

// appendFrame appends a whole message as one frame; a client's is masked.
func appendFrame(dst []byte, op byte, payload []byte, masked bool) []byte {
	var mask byte
	if masked {
		mask = maskBit
	}
	dst = append(dst, finalBit|op)
	switch n := len(payload); {
	case n <= 125:
		dst = append(dst, mask|byte(n))
	case n <= 0xFFFF:
		dst = append(dst, mask|126)
		dst = binary.BigEndian.AppendUint16(dst, uint16(n))
	default:
		dst = append(dst, mask|127)
		dst = binary.BigEndian.AppendUint64(dst, uint64(n))
	}
	if !masked {
		return append(dst, payload...)
	}
	key := rand.Uint32() // the runtime's ChaCha8: not to be foreseen, as section 5.3 demands
	dst = binary.LittleEndian.AppendUint32(dst, key)
	start := len(dst)
	dst = append(dst, payload...)
	applyMask(dst[start:], key)
	return dst
}

// applyMask masks or unmasks b, which is the start of a payload. key holds
// the mask's first byte in its lowest eight bits.
func applyMask(b []byte, key uint32) {
	wide := uint64(key)<<32 | uint64(key)
	for len(b) >= 8 {
		binary.LittleEndian.PutUint64(b, binary.LittleEndian.Uint64(b)^wide)
		b = b[8:]
	}
	for i := range b {
		b[i] ^= byte(key >> (8 * (i & 3)))
	}
}

// closePayload returns what a close frame carries: nothing for CloseNoStatus,
// else the code and as much of reason as fits, never half a character. A code
// that may not travel (section 7.4.2) becomes CloseInternal.
func closePayload(code int, reason string) []byte {
	if code == telephony.CloseNoStatus {
		return nil
	}
	if !sendable(code) {
		code = telephony.CloseInternal
	}
	reason = cut(strings.ToValidUTF8(reason, "?"), maxControl-2)
	return append(binary.BigEndian.AppendUint16(nil, uint16(code)), reason...)
}

func sendable(code int) bool {
	switch code {
	case 1004, telephony.CloseNoStatus, telephony.CloseAbnormal, 1015:
		return false
	}
	return code >= 1000 && code <= 1014 || code >= 3000 && code <= 4999
}

// cut returns the longest start of s that has at most limit bytes and ends
// with a whole character. s is valid UTF-8.
func cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}
