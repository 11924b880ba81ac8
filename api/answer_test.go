package api_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/talkpath/talkpath/api"
	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/plivo"
	"github.com/talkpath/talkpath/telephony/telnyx"
)

// Threat T4: a replayed webhook never yields a second ticket.
func TestACallThatIsAnnouncedAgainGetsTheSameTicketUntilItIsUsed(t *testing.T) {
	s := newFakeSite(t, &guard{}, nil)
	status, first := s.ask(hooks+"answer", "0/1", "CallSid=CA1")
	if status != 200 || first.Stream.Params[telephony.TicketParam] == "" {
		t.Fatalf("%d %+v", status, first)
	}
	for _, proof := range []string{"0/1", "0/2"} { // replayed, and asked again
		if status, again := s.ask(hooks+"answer?agent=other", proof, "CallSid=CA1"); status != 200 || again.Stream.URL != first.Stream.URL {
			t.Errorf("proof %s: %d %+v, first was %+v", proof, status, again, first)
		}
	}
	if _, other := s.ask(hooks+"answer", "0/3", "CallSid=CA2"); other.Stream.URL == first.Stream.URL {
		t.Error("another call got the same ticket")
	}
	if got, leave := s.enter(first.Stream.URL, "0/4"); got != http.StatusSwitchingProtocols {
		t.Fatalf("the socket got %d", got)
	} else {
		leave()
	}
	s.api.Wait()
	for _, wait := range []time.Duration{0, 5 * time.Minute, 24 * time.Hour} { // known, forgotten but for its id
		s.now = s.now.Add(wait)
		s.ask(hooks+"answer", "", "CallSid=CA9") // gives the occasion to forget
		for i := range 2 {
			s.ask(hooks+"answer", fmt.Sprint("0/", wait, i), "CallSid=other"+fmt.Sprint(wait, i))
			status, body := s.send(hooks+"answer", fmt.Sprint("0/again", wait, i), "CallSid=CA1")
			if status != http.StatusForbidden || !strings.Contains(body, "answered already") {
				t.Errorf("after %v: %d %s", wait, status, body)
			}
		}
	}
}

func TestATicketThatExpiredUnusedIsNotReplaced(t *testing.T) {
	s := newFakeSite(t, &guard{}, nil)
	s.ask(hooks+"answer", "0/1", "CallSid=CA1")
	s.now = s.now.Add(api.TicketLife + time.Second)
	if status, d := s.ask(hooks+"answer", "0/1", "CallSid=CA1"); status != http.StatusForbidden {
		t.Errorf("%d %+v", status, d)
	}
}

func TestCallsThatAreAnnouncedTogetherGetOneTicket(t *testing.T) {
	s := newFakeSite(t, &guard{}, nil)
	var mu sync.Mutex
	urls := map[string]bool{}
	var all sync.WaitGroup
	for i := range 16 {
		all.Go(func() {
			_, d := s.ask(hooks+"answer", fmt.Sprint("0/", i), "CallSid=CA1")
			mu.Lock()
			defer mu.Unlock()
			urls[d.Stream.URL] = true
		})
	}
	all.Wait()
	if len(urls) != 1 {
		t.Errorf("%d documents", len(urls))
	}
}

// Without the call's id a replay shows by the proof alone.
func TestCallsWithoutAnIDGetATicketForEachFreshProof(t *testing.T) {
	s := newFakeSite(t, &guard{}, nil)
	_, a := s.ask(hooks+"answer", "0/1", "")
	_, b := s.ask(hooks+"answer", "0/2", "")
	if a.Stream.URL == "" || a.Stream.URL == b.Stream.URL {
		t.Errorf("%+v and %+v", a, b)
	}
	if status, _ := s.ask(hooks+"answer", "0/1", ""); status != http.StatusForbidden {
		t.Errorf("a replay got %d", status)
	}
}

// Some carriers' signatures cover no URL: what was sent to one webhook must not
// pass at another.
func TestAStatusThatIsReplayedAsAnAnnouncementGetsNoTicket(t *testing.T) {
	s := newFakeSite(t, &guard{}, nil)
	s.send(hooks+"status", "0/1", "CallSid=CA1&event=ring")
	if status, d := s.ask(hooks+"answer", "0/1", "CallSid=CA1"); status != http.StatusForbidden {
		t.Errorf("%d %+v", status, d)
	}
	if status, _ := s.ask(hooks+"answer", "0/2", "CallSid=CA1"); status != 200 {
		t.Errorf("the announcement itself got %d", status)
	}
}

// A carrier that was told to try again may send the very same request.
func TestWhatAFullServerSentAwayIsNoReplay(t *testing.T) {
	s := newFakeSite(t, &guard{}, nil)
	s.board.full = errors.New("full house")
	if status, _ := s.ask(hooks+"answer", "0/1", "CallSid=CA1"); status != http.StatusServiceUnavailable {
		t.Fatalf("got %d", status)
	}
	s.board.full = nil
	if status, _ := s.ask(hooks+"answer", "0/1", "CallSid=CA1"); status != 200 {
		t.Errorf("got %d when there was room", status)
	}
}

func TestAFullServerStillKnowsTheCallsThatItAnswered(t *testing.T) {
	s := newFakeSite(t, nil, nil)
	_, first := s.ask(hooks+"answer", "", "CallSid=CA1")
	s.board.full = errors.New("full house")
	if status, again := s.ask(hooks+"answer", "", "CallSid=CA1"); status != 200 || again.Stream.URL != first.Stream.URL {
		t.Errorf("%d %+v", status, again)
	}
	if status, _ := s.ask(hooks+"answer", "", "CallSid=CA2"); status != http.StatusServiceUnavailable {
		t.Errorf("a new call got %d", status)
	}
}

func TestTheStreamIsWhatTheAnswerURLAsksFor(t *testing.T) {
	public, err := url.Parse("https://voice.example.com/a")
	if err != nil {
		t.Fatal(err)
	}
	login := url.UserPassword("us", "er")
	s := newSite(t, func(c *api.Config) {
		c.PublicURL = public
		c.Carriers = []api.CarrierConfig{{Login: login, Rate: 8000, Carrier: fakeCarrier(func(c *telephony.Carrier) {
			c.Quirks.Formats = telnyx.Carrier(telnyx.Config{}).Quirks.Formats
			c.Quirks.OneWay, c.Quirks.BothTracks = true, true
		})}}
	})
	calls := 0
	ask := func(path string) shown {
		t.Helper()
		calls++
		status, d := s.ask(hooks+path, "", fmt.Sprint("CallSid=CA", calls))
		if status != 200 {
			t.Fatalf("%s: %d", path, status)
		}
		return d
	}
	d := ask("answer")
	if d.Login != "us:er" || d.Stream.Rate != 8000 || d.Stream.Encoding != 0 || d.Stream.Listen != telephony.ListenNone {
		t.Errorf("asked for nothing: %+v", d)
	}
	const base = "https://voice.example.com/a/telephony/twilio/"
	if d.Stream.StatusURL != base+"status" || !strings.HasPrefix(d.Stream.RecoverURL, base+"recover/") || len(last(d.Stream.RecoverURL)) != 22 {
		t.Errorf("status to %s, recovery at %s", d.Stream.StatusURL, d.Stream.RecoverURL)
	}
	if d = ask("answer/s%C3%A9cret?agent=other"); d.Stream.StatusURL != base+"status/s%C3%A9cret" {
		t.Errorf("status to %s", d.Stream.StatusURL)
	}
	for query, want := range map[string]media.Format{
		"sample-rate=16000":               {Rate: 16000},
		"sample-rate=8000":                {Rate: 8000},
		"encoding=pcma":                   {Encoding: media.PCMA, Rate: 8000},
		"encoding=l16":                    {Encoding: media.L16, Rate: 8000}, // the configured rate
		"encoding=l16&sample-rate=24000":  {Encoding: media.L16, Rate: 24000},
		"sample-rate=8000&encoding=pcmu":  {Encoding: media.PCMU, Rate: 8000},
		"encoding=l16&sample-rate=16000&": {Encoding: media.L16, Rate: 16000},
	} {
		d = ask("answer?" + query)
		if got := (media.Format{Encoding: d.Stream.Encoding, Rate: d.Stream.Rate}); got != want {
			t.Errorf("%s: %v %d, want %v", query, got.Encoding, got.Rate, want)
		}
	}
	d = ask("answer?listen=both&next=https%3A%2F%2Fpbx.example.com%2Fnext%3Fa%3Db")
	if d.Stream.Listen != telephony.ListenBoth || d.Stream.Next != "https://pbx.example.com/next?a=b" ||
		d.Stream.Params[telephony.ListenParam] != "both" || d.Stream.RecoverURL != "" {
		t.Errorf("a one-way stream: %+v", d.Stream)
	}
}

func TestWhatACarrierLacksIsRefused(t *testing.T) {
	s := newSite(t, func(c *api.Config) {
		formats := telnyx.Carrier(telnyx.Config{}).Quirks.Formats
		c.Carriers = []api.CarrierConfig{
			{Carrier: fakeCarrier(func(c *telephony.Carrier) { c.Quirks.Formats = formats })},
			{Carrier: fakeCarrier(func(c *telephony.Carrier) { c.Quirks.Name, c.Quirks.OneWay = "half", true })},
			{Carrier: plivo.Carrier()},
		}
	})
	for target, says := range map[string]string{
		"twilio/answer?encoding=amr-wb":                     "pcmu, pcma, l16, g722, opus",
		"twilio/answer?encoding=PCMU":                       "pcmu, pcma, l16",
		"twilio/answer?encoding=pcmu&sample-rate=16000":     "PCMU/8000",
		"twilio/answer?sample-rate=11025":                   "8000, 16000, 24000",
		"twilio/answer?listen=caller":                       "leave listen out",
		"plivo/answer?listen=caller":                        "listen needs next",
		"twilio/answer?next=https://a.example.com":          "next",
		"half/answer?listen=loud":                           "caller or both",
		"half/answer?listen=both":                           "must be caller",
		"half/answer?encoding=l16":                          "pcmu",
		"half/answer?listen=caller&next=ftp://a":            "next must be",
		"half/answer?listen=caller&next=/relative":          "next must be",
		"half/answer?listen=caller&next=https://":           "next must be",
		"half/answer?listen=caller&next=javascript:x(1)":    "next must be",
		"half/answer?listen=caller&next=http://u:p@h/":      "next must be",
		"half/answer?listen=caller&next=http%3A%2F%2F%25zz": "next must be",
	} {
		if status, body := s.do("POST", "/telephony/"+target, "CallSid=CA1&CallUUID=1&Direction=inbound"); status != 422 || !strings.Contains(body, says) {
			t.Errorf("%s: %d %s", target, status, body)
		}
	}
}

func TestRecoverySetsACallApart(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*telephony.Carrier)
		form   string
		want   bool
		url    bool
	}{
		"by key":              {func(*telephony.Carrier) {}, "CallSid=CA1", true, true},
		"none":                {func(c *telephony.Carrier) { c.Recovery = nil }, "CallSid=CA1", false, false},
		"by call":             {func(c *telephony.Carrier) { c.Quirks.RecoversByCall = true }, "CallSid=CA1", true, false},
		"by a call untold":    {func(c *telephony.Carrier) { c.Quirks.RecoversByCall = true }, "", false, false},
		"by key, call untold": {func(*telephony.Carrier) {}, "", true, true},
	} {
		t.Run(name, func(t *testing.T) {
			s := newFakeSite(t, nil, func(one *api.CarrierConfig) { c.change(&one.Carrier) })
			_, d := s.ask(hooks+"answer", "", c.form)
			_, leave := s.enter(d.Stream.URL, "")
			leave()
			s.api.Wait()
			if got := s.board.served(); len(got) != 1 || got[0].Recoverable != c.want || got[0].Joins || (d.Stream.RecoverURL != "") != c.url {
				t.Errorf("served %+v, recovery at %q", got, d.Stream.RecoverURL)
			}
		})
	}
}

// Threat T14: what is kept of a call that is announced doesn't grow with what
// its announcement says.
func TestAnAnnouncementIsNotKept(t *testing.T) {
	s := newFakeSite(t, nil, nil)
	const calls = 200
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	long := strings.Repeat("5", 20<<10)
	before := heap()
	for i := range calls {
		r := httptest.NewRequest(http.MethodPost, hooks+"answer", strings.NewReader(
			fmt.Sprintf("CallSid=CA%d&From=%s&x=%s", i, long, long)))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		s.api.ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	}
	if kept := int(heap()-before) / calls; kept > 8<<10 {
		t.Errorf("%d bytes are kept of each call", kept)
	}
	if status, body := s.send(hooks+"answer", "", "CallSid="+long); status != http.StatusBadRequest {
		t.Errorf("a call's id of 20 KiB: %d %s", status, body)
	}
}
