package telephony_test

import (
	"testing"

	"github.com/talkpath/talkpath/telephony"
)

func TestAListHoldsStringsOnly(t *testing.T) {
	var reader telephony.JSONReader
	for json, want := range map[string]bool{
		`{"tracks":["inbound","outbound"]}`: true,
		`{"tracks":["inbound"]}`:            false,
		`{"tracks":[]}`:                     false,
		`{"tracks":"outbound"}`:             false,
		`{"tracks":{"outbound":1}}`:         false,
		`{"tracks":[["outbound"],1,null]}`:  false,
		`{"other":["outbound"]}`:            false,
	} {
		object, err := reader.Read(message("%s", json))
		if err != nil {
			t.Fatal(err)
		}
		if got := object.Lists("outbound", "tracks"); got != want {
			t.Errorf("%s: %v", json, got)
		}
	}
}
