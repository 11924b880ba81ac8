package telephony_test

import (
	"strings"
	"testing"

	"github.com/talkpath/talkpath/telephony"
)

func TestNamesFromOutsideAreCutToValidText(t *testing.T) {
	for text, want := range map[string]string{
		"":                               "",
		"stream-error":                   "stream-error",
		strings.Repeat("x", 64):          strings.Repeat("x", 64),
		strings.Repeat("x", 65):          strings.Repeat("x", 64),
		strings.Repeat("x", 63) + "ü":    strings.Repeat("x", 63),
		strings.Repeat("x", 62) + "üy":   strings.Repeat("x", 62) + "ü",
		strings.Repeat("🎧", 17):          strings.Repeat("🎧", 16),
		"a\xffb":                         "a\uFFFDb",
		strings.Repeat("a\xff", 40):      strings.Repeat("a\uFFFD", 16), // three bytes for one
		strings.Repeat("x", 64) + "\xc3": strings.Repeat("x", 64),
	} {
		if got := telephony.Shorten([]byte(text)); got != want {
			t.Errorf("%q is cut to %q, want %q", text, got, want)
		}
	}
}
