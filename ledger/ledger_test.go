package ledger_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/talkpath/talkpath/ledger"
)

func TestALiveCallIsFoundAsItIsNow(t *testing.T) {
	l := ledger.New(10)
	state := "greeting"
	l.Open("a", func() ledger.Record { return ledger.Record{ID: "a", State: state} })
	state = "listening"
	if r, ok := l.Find("a"); !ok || r.State != "listening" {
		t.Errorf("found %+v, %v", r, ok)
	}
	l.Close(ledger.Record{ID: "a", State: "over", Status: ledger.StatusEnded})
	if r, ok := l.Find("a"); !ok || r.State != "over" {
		t.Errorf("after its end found %+v, %v", r, ok)
	}
}

func TestOnlyTheLastEndedCallsAreKept(t *testing.T) {
	l := ledger.New(3)
	for i := range 5 {
		l.Close(ledger.Record{ID: fmt.Sprint(i)})
	}
	if _, ok := l.Find("1"); ok {
		t.Error("the second of five is still there, want three kept")
	}
	got := l.List(ledger.Filter{})
	if len(got) != 3 || got[0].ID != "4" || got[2].ID != "2" {
		t.Errorf("listed %+v, want 4, 3, 2", got)
	}
}

func TestListFiltersAndPutsLiveCallsFirst(t *testing.T) {
	l := ledger.New(10)
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for i, carrier := range []string{"twilio", "exotel", "twilio"} {
		r := ledger.Record{
			ID: fmt.Sprint("live", i), Carrier: carrier, CarrierCallID: fmt.Sprint("C", i),
			Status: ledger.StatusLive, StartedAt: start.Add(time.Duration(i) * time.Second),
		}
		l.Open(r.ID, func() ledger.Record { return r })
	}
	l.Close(ledger.Record{ID: "old", Carrier: "twilio", CarrierCallID: "C9", Status: ledger.StatusEnded})
	cases := map[string]struct {
		filter ledger.Filter
		want   []string
	}{
		"all":     {ledger.Filter{}, []string{"live2", "live1", "live0", "old"}},
		"carrier": {ledger.Filter{Carrier: "twilio"}, []string{"live2", "live0", "old"}},
		"call":    {ledger.Filter{CarrierCallID: "C1"}, []string{"live1"}},
		"status":  {ledger.Filter{Status: ledger.StatusEnded}, []string{"old"}},
		"limit":   {ledger.Filter{Limit: 2}, []string{"live2", "live1"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var ids []string
			for _, r := range l.List(c.filter) {
				ids = append(ids, r.ID)
			}
			if fmt.Sprint(ids) != fmt.Sprint(c.want) {
				t.Errorf("listed %v, want %v", ids, c.want)
			}
		})
	}
}
