package telephony

import (
	"encoding/base64"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// AppendJSONString appends s to dst as a JSON string (RFC 8259 section 7),
// with quotes, byte for byte as JavaScript writes it (ECMA-262, JSON.stringify):
// some carriers sign a hash of such text. What isn't UTF-8 becomes U+FFFD. It
// allocates only where dst has no room.
func AppendJSONString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c < ' ':
			dst = appendControl(dst, c)
		case c < utf8.RuneSelf:
			dst = append(dst, c)
		default:
			r, size := utf8.DecodeRuneInString(s[i:])
			dst = utf8.AppendRune(dst, r)
			i += size
			continue
		}
		i++
	}
	return append(dst, '"')
}

// appendControl appends the escape of a control character: its own where it
// has one.
func appendControl(dst []byte, c byte) []byte {
	const hex, named, letters = "0123456789abcdef", "\b\t\n\f\r", "btnfr"
	if at := strings.IndexByte(named, c); at >= 0 {
		return append(dst, '\\', letters[at])
	}
	return append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&0xf])
}

// AppendJSONBase64 appends payload to dst as a JSON string of base64 (RFC
// 4648 section 4). It allocates only where dst has no room.
func AppendJSONBase64(dst, payload []byte) []byte {
	dst = append(dst, '"')
	dst = base64.StdEncoding.AppendEncode(dst, payload)
	return append(dst, '"')
}

// AppendJSONCount appends n to dst as a JSON string of digits. It allocates
// only where dst has no room.
func AppendJSONCount(dst []byte, n uint64) []byte {
	dst = append(dst, '"')
	dst = strconv.AppendUint(dst, n, 10)
	return append(dst, '"')
}

// AppendJSONMillis appends d to dst as a JSON string of milliseconds, those of
// zero where d is less. It allocates only where dst has no room.
func AppendJSONMillis(dst []byte, d time.Duration) []byte {
	return AppendJSONCount(dst, uint64(max(d, 0)/time.Millisecond))
}

// AppendJSONFields appends params to dst as the fields of a JSON object,
// sorted by name, without the braces.
func AppendJSONFields(dst []byte, params map[string]string) []byte {
	for i, key := range slices.Sorted(maps.Keys(params)) {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = AppendJSONString(dst, key)
		dst = append(dst, ':')
		dst = AppendJSONString(dst, params[key])
	}
	return dst
}
