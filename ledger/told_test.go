package ledger_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/talkpath/talkpath/ledger"
)

// someTold draws what an event may tell, from few values so that they meet.
func someTold(t *rapid.T) ledger.Told {
	zones := []*time.Location{time.UTC, time.FixedZone("IST", 19800)}
	told := ledger.Told{
		State:      rapid.SampledFrom([]string{"", "initiated", "ringing", "answered", "ended", "odd"}).Draw(t, "state"),
		DurationMS: rapid.Int64Range(0, 3).Draw(t, "duration"),
		Faults:     rapid.SliceOfN(rapid.StringMatching(`[a-e]{0,2}`), 0, 4).Draw(t, "faults"),
	}
	if rapid.Bool().Draw(t, "ends") {
		told.Ending = rapid.SampledFrom([]string{"", "busy", "caller_hung_up", "no_answer"}).Draw(t, "ending")
		told.Cause = rapid.SampledFrom([]string{"", "17", "486"}).Draw(t, "cause")
		if n := rapid.IntRange(0, 3).Draw(t, "time"); n > 0 {
			told.EndedAt = time.Unix(int64(n), 0).In(rapid.SampledFrom(zones).Draw(t, "zone"))
		}
	}
	return told
}

func TestWhatIsToldMergesAsAJoin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := someTold(t), someTold(t), someTold(t)
		same := func(law string, x, y ledger.Told) {
			if diff := cmp.Diff(x, y); diff != "" {
				t.Fatalf("not %s:\n%s", law, diff)
			}
		}
		same("commutative", a.Merge(b), b.Merge(a))
		same("associative", a.Merge(b).Merge(c), a.Merge(b.Merge(c)))
		same("idempotent", a.Merge(b), a.Merge(b).Merge(b).Merge(a))
		same("neutral towards nothing", a.Merge(ledger.Told{}), a.Merge(a))
	})
}

// Faults beyond those that are kept must not make the order matter.
func TestManyFaultsAreBoundedAlikeInAnyOrder(t *testing.T) {
	var all []ledger.Told
	for i := range 40 {
		all = append(all, ledger.Told{Faults: []string{fmt.Sprint("fault ", i)}})
	}
	merged := func() (sum ledger.Told) {
		rand.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		for _, a := range all {
			sum = sum.Merge(a)
		}
		return sum
	}
	first := merged()
	if len(first.Faults) == 0 || len(first.Faults) > 20 {
		t.Fatalf("%d faults are kept", len(first.Faults))
	}
	for range 20 {
		if diff := cmp.Diff(first, merged()); diff != "" {
			t.Fatal(diff)
		}
	}
}

// Fault 49: duplicate, out-of-order and replayed events leave the same record,
// whether they come before, while or after the call is here.
func TestEventsInAnyOrderAndAnyNumberGiveTheSameRecord(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := rapid.SliceOfN(rapid.Custom(someTold), 1, 6).Draw(t, "events")
		replays := rapid.SliceOfN(rapid.SampledFrom(events), 0, 6).Draw(t, "replays")
		shuffled := rapid.Permutation(append(append([]ledger.Told{}, events...), replays...)).Draw(t, "order")
		opens := rapid.IntRange(0, len(shuffled)).Draw(t, "opens")
		closes := rapid.IntRange(opens, len(shuffled)).Draw(t, "closes")
		if diff := cmp.Diff(play(t, events, 0, len(events)), play(t, shuffled, opens, closes)); diff != "" {
			t.Errorf("in order (-), shuffled (+):\n%s", diff)
		}
	})
}

// play tells a ledger the events of a call that opens and closes before the
// events of those numbers, and returns what the record shows at last.
func play(t *rapid.T, events []ledger.Told, opens, closes int) ledger.Told {
	l := ledger.New(2)
	live := ledger.Record{ID: "a", Carrier: "twilio", CarrierCallID: "CA1"}
	for i := range len(events) + 1 {
		if i == opens {
			l.Open("a", func() ledger.Record { return live })
		}
		if i == closes {
			l.Close(live)
		}
		if i < len(events) {
			l.Tell("twilio", "CA1", events[i])
			l.Tell("twilio", "CA2", ledger.Told{State: "ended", Faults: []string{"another call's"}})
		}
	}
	r, found := l.Find("a")
	if listed := l.List(ledger.Filter{}); !found || len(listed) != 1 || !cmp.Equal(listed[0].Told, r.Told) {
		t.Fatalf("found %v, listed %+v", found, listed)
	}
	return r.Told
}

func TestOfSeveralEndingsTheEarliestCounts(t *testing.T) {
	at := time.Unix(1767225600, 0)
	early := ledger.Told{State: "ended", Ending: "no_answer", Cause: "480", EndedAt: at}
	late := ledger.Told{State: "ended", Ending: "busy", EndedAt: at.Add(time.Second)}
	untimed := ledger.Told{State: "ended", Ending: "carrier_error"}
	got := untimed.Merge(late).Merge(early).Merge(ledger.Told{State: "answered"})
	if got.Ending != "no_answer" || got.Cause != "480" || !got.EndedAt.Equal(at) || got.State != "ended" {
		t.Errorf("got %+v", got)
	}
}

func TestALiveCallShowsWhatWasTold(t *testing.T) {
	l := ledger.New(1)
	l.Tell("plivo", "c1", ledger.Told{State: "ringing"})
	l.Open("a", func() ledger.Record { return ledger.Record{ID: "a", Carrier: "plivo", CarrierCallID: "c1"} })
	l.Tell("plivo", "c1", ledger.Told{State: "answered", Faults: []string{"DegradedStream"}})
	l.Tell("twilio", "c1", ledger.Told{State: "ended"}) // another carrier's call of the same name
	r, _ := l.Find("a")
	text, err := json.Marshal(r)
	if err != nil || !strings.Contains(string(text), `"told":{"state":"answered","faults":["DegradedStream"]}`) {
		t.Errorf("%s, %v", text, err)
	}
	if text, err = json.Marshal(ledger.Record{}); err != nil || strings.Contains(string(text), "told") {
		t.Errorf("nothing was told: %s, %v", text, err)
	}
}

// Strangers' calls, and those that never come here, must not fill the memory,
// and must not push out what was told of a call that is kept.
func TestReportsOfUnknownCallsAreBounded(t *testing.T) {
	l := ledger.New(2)
	l.Close(ledger.Record{ID: "kept", Carrier: "twilio", CarrierCallID: "CA1"})
	l.Tell("twilio", "CA1", ledger.Told{State: "ended"})
	l.Tell("twilio", "first", ledger.Told{State: "ended"})
	l.Tell("twilio", "", ledger.Told{State: "ended"})
	for i := range 50_000 {
		l.Tell("twilio", fmt.Sprint("unknown", i), ledger.Told{State: "ringing"})
	}
	shown := func(id, call string) string {
		l.Open(id, func() ledger.Record { return ledger.Record{ID: id, Carrier: "twilio", CarrierCallID: call} })
		r, _ := l.Find(id)
		return r.Told.State
	}
	if r, _ := l.Find("kept"); r.Told.State != "ended" {
		t.Errorf("the kept record shows %+v", r.Told)
	}
	for call, want := range map[string]string{"first": "", "": "", "unknown49999": "ringing"} {
		if got := shown("live-"+call, call); got != want {
			t.Errorf("%q shows %q, want %q", call, got, want)
		}
	}
}

// Two records of one call at its carrier, as of a call that was answered
// twice, both show what was told, until the last is forgotten.
func TestRecordsOfOneCallShareWhatIsTold(t *testing.T) {
	l := ledger.New(2)
	l.Tell("twilio", "CA1", ledger.Told{State: "ended"})
	l.Close(ledger.Record{ID: "a", Carrier: "twilio", CarrierCallID: "CA1"})
	l.Close(ledger.Record{ID: "b", Carrier: "twilio", CarrierCallID: "CA1"})
	l.Close(ledger.Record{ID: "b", Carrier: "twilio", CarrierCallID: "CA1"})
	l.Close(ledger.Record{ID: "c", Carrier: "twilio", CarrierCallID: "CA3"}) // forgets a
	if r, found := l.Find("b"); !found || r.Told.State != "ended" {
		t.Errorf("%v %+v", found, r)
	}
}
