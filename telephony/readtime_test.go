package telephony_test

import (
	"testing"
	"time"

	"github.com/talkpath/talkpath/telephony"
)

func TestSecondsOfACall(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"73": 73 * time.Second, "0": 0, "1.5": 1500 * time.Millisecond, "": 0, "soon": 0, "-1": 0, "NaN": 0, "Inf": 0,
		"1e300": 0, "2147483648": 0, "2147483647": 2147483647 * time.Second,
	} {
		if got := telephony.ReadSeconds(text); got != want {
			t.Errorf("%q is %v, want %v", text, got, want)
		}
	}
}

func TestAMomentIsReadInTheFirstLayoutThatFits(t *testing.T) {
	want := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, text := range []string{"2026-01-02T03:04:05Z", "2026-01-02T08:34:05+05:30", "Fri, 02 Jan 2026 03:04:05 +0000"} {
		if got := telephony.ReadTime(text, time.RFC3339, time.RFC1123Z); got != want {
			t.Errorf("%s is %v", text, got)
		}
	}
	if got := telephony.ReadTime("yesterday", time.RFC3339); !got.IsZero() {
		t.Errorf("yesterday is %v", got)
	}
}
