package telephonytest

import (
	"testing"

	"github.com/talkpath/talkpath/telephony"
)

// testFacts checks that the page about the carrier has something to say under
// every heading, and no empty lines.
func testFacts(t *testing.T, f telephony.Facts) {
	if f.Product == "" {
		t.Fatal("this carrier has no facts")
	}
	for heading, text := range map[string]string{
		"WebhookAuth": f.WebhookAuth, "SocketAuth": f.SocketAuth, "RESTAuth": f.RESTAuth,
		"Recovery": f.Recovery, "HangUp": f.HangUp, "KeysIn": f.KeysIn,
	} {
		if text == "" {
			t.Errorf("%s is empty", heading)
		}
	}
	for heading, list := range map[string][]string{"Limits": f.Limits, "Sources": f.Sources} {
		if len(list) == 0 {
			t.Errorf("%s is empty", heading)
		}
	}
	for heading, list := range map[string][]string{"Limits": f.Limits, "Lacks": f.Lacks, "Unsure": f.Unsure, "Sources": f.Sources} {
		for _, text := range list {
			if text == "" {
				t.Errorf("%s has an empty line", heading)
			}
		}
	}
	if len(f.Regions) == 0 {
		t.Error("Regions is empty")
	}
	for _, r := range f.Regions {
		if r.Name == "" || r.REST == "" {
			t.Errorf("region %+v lacks its name or its host", r)
		}
	}
}

// testEndings checks the table of why calls end.
func testEndings(t *testing.T, table telephony.EndingTable) {
	if len(table) == 0 {
		t.Fatal("this carrier has no table of endings")
	}
	seen := map[string]bool{}
	for _, row := range table {
		if row.Code == "" || row.Meaning == "" || !known(row.Ending) {
			t.Errorf("code %q, ending %q, meaning %q: each must be set, to an ending that there is", row.Code, row.Ending, row.Meaning)
		}
		if seen[row.Code] {
			t.Errorf("code %q has two rows", row.Code)
		}
		seen[row.Code] = true
		if found, ok := table.Find("no such code", row.Code); !ok || found != row {
			t.Errorf("code %q finds %+v", row.Code, found)
		}
	}
}

// known reports whether e is how a call can end.
func known(e telephony.Ending) bool {
	switch e {
	case telephony.CallerHungUp, telephony.AgentHungUp, telephony.Transferred, telephony.NoAnswer, telephony.Busy,
		telephony.Rejected, telephony.InvalidNumber, telephony.Voicemail, telephony.CarrierError, telephony.MediaLost,
		telephony.MaxDurationReached, telephony.Quota, telephony.Shed, telephony.Operator, telephony.EngineFailed,
		telephony.InternalError, telephony.NeverStarted:
		return true
	default:
		return false
	}
}
