package telephony

import (
	"strings"
	"unicode/utf8"
)

// Shorten returns a copy of text cut to 64 bytes at a character's end, as
// names from outside are kept in events, errors and logs. What is no UTF-8
// becomes U+FFFD.
func Shorten[T string | []byte](text T) string {
	const most = 64
	valid := strings.ToValidUTF8(string(text[:min(len(text), most+utf8.UTFMax)]), "\uFFFD")
	end := min(len(valid), most)
	for end > 0 && end < len(valid) && !utf8.RuneStart(valid[end]) {
		end--
	}
	return valid[:end]
}
