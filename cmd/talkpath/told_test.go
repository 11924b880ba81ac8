package main

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/talkpath/talkpath/ledger"
	"github.com/talkpath/talkpath/telephony"
)

func TestOnlyAnEndIsToldWithItsCauseAndTime(t *testing.T) {
	at := time.Unix(1767225600, 0)
	for name, c := range map[string]struct {
		status telephony.Status
		want   ledger.Told
	}{
		"of a stream": {telephony.Status{Event: "stream-error", Fault: "31924", At: at}, ledger.Told{Faults: []string{"31924"}}},
		"on its way":  {telephony.Status{State: telephony.StateRinging, Cause: "x", At: at}, ledger.Told{State: "ringing"}},
		"ended": {
			telephony.Status{State: telephony.StateEnded, Ending: telephony.Busy, Cause: "17", Duration: 1500 * time.Millisecond, At: at},
			ledger.Told{State: "ended", Ending: "busy", Cause: "17", DurationMS: 1500, EndedAt: at},
		},
	} {
		if diff := cmp.Diff(c.want, toldOf(c.status)); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", name, diff)
		}
	}
}
