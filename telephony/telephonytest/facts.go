package telephonytest

import (
	"reflect"
	"testing"

	"github.com/talkpath/talkpath/telephony"
)

// testFacts checks that the page about the carrier has something to say under
// every heading, and no empty lines.
func testFacts(t *testing.T, facts telephony.Facts) {
	all := reflect.ValueOf(facts)
	for i := range all.NumField() {
		heading, told := all.Type().Field(i).Name, all.Field(i)
		if told.Len() == 0 {
			t.Errorf("%s is empty", heading)
		}
		lines, _ := told.Interface().([]string)
		for _, text := range lines {
			if text == "" {
				t.Errorf("%s has an empty line", heading)
			}
		}
	}
	for _, r := range facts.Regions {
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
