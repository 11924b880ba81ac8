package telephony_test

import (
	"testing"

	"github.com/talkpath/talkpath/telephony"
)

// What a hash is taken of must be spelled as the one who signs it does.
func TestJSONStringsAreSpelledAsJavaScriptSpellsThem(t *testing.T) {
	for text, want := range map[string]string{
		"\b\t\n\f\r":        `"\b\t\n\f\r"`,
		"\x00\x0b\x1f":      `"\u0000\u000b\u001f"`,
		"\x7f\u2028é😀":      "\"\x7f\u2028é😀\"",
		`"quoted" \ / <&>'`: `"\"quoted\" \\ / <&>'"`,
		"\xff":              "\"\ufffd\"",
	} {
		if got := string(telephony.AppendJSONString(nil, text)); got != want {
			t.Errorf("%q becomes %s, want %s", text, got, want)
		}
	}
}
