package tcpbench

import (
	"strings"
	"testing"

	"github.com/talkpath/talkpath/bench/audio/lab"
)

func TestTheShortRunHasARowForEachGoal(t *testing.T) {
	l := &lab.Lab{Dir: t.TempDir(), Source: "..", Seed: 1, Short: true, Progress: t.Output()}
	s, err := New().Run(t.Context(), l)
	if err != nil {
		t.Fatal(err)
	}
	_, notPermitted := probe()
	names := map[string]bool{}
	tcp := 0
	for _, row := range s.Rows {
		if names[row.Name] {
			t.Errorf("two rows are called %q", row.Name)
		}
		names[row.Name] = true
		if strings.HasPrefix(row.Name, "TCP: ") {
			tcp++
			continue // its times are the machine's
		}
		if !row.Met() {
			t.Errorf("%s: %v", row.Name, row.Ours)
		}
		if said := strings.Contains(row.Note, "not measured"); said != (notPermitted != nil) {
			t.Errorf("%s: note %q, where making a namespace gives %v", row.Name, row.Note, notPermitted)
		}
	}
	if (tcp > 0) != (notPermitted == nil) || len(s.Rows)-tcp < 10 {
		t.Errorf("%d rows in virtual time and %d of real TCP, where making a namespace gives %v", len(s.Rows)-tcp, tcp, notPermitted)
	}
}

func TestWithoutNamespacesEveryRowSaysSo(t *testing.T) {
	s := withoutTCP(section(virtualResults{}), errNotPermitted)
	if len(s.Rows) == 0 {
		t.Error("no rows")
	}
	if !strings.Contains(s.Conditions, errNotPermitted.Error()) {
		t.Errorf("conditions %q", s.Conditions)
	}
	for _, row := range s.Rows {
		if !strings.Contains(row.Note, "real TCP was not measured") {
			t.Errorf("%s: note %q", row.Name, row.Note)
		}
	}
}
