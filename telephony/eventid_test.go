package telephony_test

import (
	"strings"
	"testing"

	"github.com/talkpath/talkpath/telephony"
)

func TestEventIDTellsEventsApart(t *testing.T) {
	seen := map[string][]string{}
	for _, parts := range [][]string{
		nil,
		{""},
		{"", ""},
		{"a"},
		{"ab"},
		{"a", "b"},
		{"b", "a"},
		{"a", "", "b"},
		{"\x01a"},
		{strings.Repeat("x", 1000)},
		{strings.Repeat("x", 1001)},
	} {
		id := telephony.EventID(parts...)
		if before, twice := seen[id]; twice || len(id) != 32 {
			t.Errorf("%q and %q are both %q", before, parts, id)
		}
		if again := telephony.EventID(parts...); again != id {
			t.Errorf("%q is %q and then %q", parts, id, again)
		}
		seen[id] = parts
	}
}
