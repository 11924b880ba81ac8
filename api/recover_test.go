package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/talkpath/talkpath/api"
	"github.com/talkpath/talkpath/telephony"
)

// begun announces a call, opens its socket and returns the answer.
func (s *site) begun(path, form string) shown {
	s.t.Helper()
	status, d := s.ask(hooks+path, "0/"+time.Now().String(), form)
	if status != 200 {
		s.t.Fatalf("%s: %d", path, status)
	}
	s.join(d)
	return d
}

// join opens the socket of a document and waits until the call has left it.
func (s *site) join(d shown) {
	s.t.Helper()
	got, leave := s.enter(d.Stream.URL, "")
	if got != http.StatusSwitchingProtocols {
		s.t.Fatalf("the socket got %d", got)
	}
	leave()
	s.api.Wait()
}

func TestACallGoesOnOverAnotherStream(t *testing.T) {
	s := newFakeSite(t, nil, nil)
	s.board.resumes = true
	first := s.begun("answer/key?agent=other", "CallSid=CA1&From=15550100001")
	status, second := s.ask(s.path(first.Stream.RecoverURL), "", "CallSid=CA1&stream=MZ1&fault=31924")
	if status != 200 || second.Kind != "resume" || second.Stream.URL == first.Stream.URL ||
		second.Stream.RecoverURL == first.Stream.RecoverURL || !strings.HasSuffix(second.Stream.StatusURL, "/status/key") {
		t.Fatalf("%d %+v", status, second)
	}
	if got := s.board.lost; len(got) != 1 || got[0].CallID != "CA1" || got[0].StreamID != "MZ1" || got[0].Fault != "31924" {
		t.Errorf("asked the board for %+v", got)
	}
	if got := s.board.told; len(got) != 1 || got[0].Fault != "31924" || got[0].State != telephony.StateUnknown {
		t.Errorf("told the board %+v", got)
	}
	if _, again := s.ask(s.path(first.Stream.RecoverURL), "", "CallSid=CA1"); again.Stream.URL != second.Stream.URL {
		t.Errorf("asked again before the stream opened: %+v", again)
	}
	if got, _ := s.enter(first.Stream.URL, ""); got != http.StatusForbidden {
		t.Errorf("the old ticket got %d", got)
	}
	s.join(second)
	calls := s.board.served()
	if len(calls) != 2 || calls[1].ID != calls[0].ID || !calls[1].Joins || calls[0].Joins || calls[1].Ticket == calls[0].Ticket ||
		calls[1].Agent != "other" || calls[1].From != "15550100001" || !calls[1].Recoverable {
		t.Errorf("served %+v", calls)
	}
	for _, d := range []shown{first} { // its answer was used
		if status, body := s.send(s.path(d.Stream.RecoverURL), "", "CallSid=CA1"); status != http.StatusForbidden {
			t.Errorf("a used key got %d %s", status, body)
		}
	}
	if status, body := s.send(hooks+"answer", "", "CallSid=CA1"); status != http.StatusForbidden {
		t.Errorf("the announcement again got %d %s", status, body)
	}
}

// Loop guard: a call is taken up again three times and no more.
func TestACallIsTakenUpAgainThreeTimes(t *testing.T) {
	s := newFakeSite(t, nil, nil)
	s.board.resumes = true
	d := s.begun("answer", "CallSid=CA1")
	for i := range 4 {
		status, next := s.ask(s.path(d.Stream.RecoverURL), "", "CallSid=CA1")
		want := "resume"
		if i == 3 {
			want = "leave"
		}
		if status != 200 || next.Kind != want {
			t.Fatalf("attempt %d: %d %+v", i, status, next)
		}
		if want == "resume" && i != 1 { // the second one's stream can't be opened
			s.join(next)
		}
		d = next
	}
}

func TestACallThatIsOverIsLeft(t *testing.T) {
	for name, c := range map[string]struct {
		form    string
		resumes bool
	}{
		"the carrier says so": {"CallSid=CA1&done=1", true},
		"the board says so":   {"CallSid=CA1", false},
	} {
		t.Run(name, func(t *testing.T) {
			s := newFakeSite(t, nil, nil)
			s.board.resumes = c.resumes
			d := s.begun("answer", "CallSid=CA1")
			for range 2 {
				if status, got := s.ask(s.path(d.Stream.RecoverURL), "", c.form); status != 200 || got.Kind != "leave" {
					t.Errorf("%d %+v", status, got)
				}
			}
			s.board.resumes = true // too late: the carrier was told that the call ends
			if _, got := s.ask(s.path(d.Stream.RecoverURL), "", "CallSid=CA1"); got.Kind != "leave" || len(s.board.lost) != 1 {
				t.Errorf("%+v, the board was asked %d times", got, len(s.board.lost))
			}
		})
	}
}

// A socket that could not be opened has no call at the board yet.
func TestACallWhoseFirstStreamNeverOpenedGetsAnother(t *testing.T) {
	s := newFakeSite(t, nil, nil)
	_, first := s.ask(hooks+"answer", "", "CallSid=CA1")
	status, second := s.ask(s.path(first.Stream.RecoverURL), "", "CallSid=CA1")
	if status != 200 || second.Kind != "resume" || second.Stream.URL == first.Stream.URL {
		t.Fatalf("%d %+v", status, second)
	}
	if got, _ := s.enter(first.Stream.URL, ""); got != http.StatusForbidden {
		t.Errorf("the old ticket got %d", got)
	}
	s.join(second)
	if calls := s.board.served(); len(calls) != 1 || calls[0].Joins {
		t.Errorf("served %+v", calls)
	}
}

// A socket may break before its stream starts: then there is no call to join.
func TestACallThatNeverBeganIsBegunAgain(t *testing.T) {
	s := newFakeSite(t, nil, nil)
	s.board.stillborn = true
	first := s.begun("answer", "CallSid=CA1")
	status, second := s.ask(s.path(first.Stream.RecoverURL), "", "CallSid=CA1")
	if status != 200 || second.Kind != "resume" {
		t.Fatalf("%d %+v", status, second)
	}
	s.board.stillborn = false
	s.join(second)
	if calls := s.board.served(); len(calls) != 2 || calls[1].Joins || calls[1].ID != calls[0].ID {
		t.Errorf("served %+v", calls)
	}
	if _, third := s.ask(s.path(second.Stream.RecoverURL), "", "CallSid=CA1"); third.Kind != "leave" {
		t.Errorf("a call that is over got %+v", third)
	}
}

// Carriers try a handshake that fails again, with the same ticket.
func TestAHandshakeThatFailsLeavesTheTicketGood(t *testing.T) {
	s := newFakeSite(t, nil, nil)
	_, d := s.ask(hooks+"answer", "", "CallSid=CA1")
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http"+strings.TrimPrefix(d.Stream.URL, "ws"), http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	for key, value := range map[string]string{
		"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "short",
	} {
		r.Header.Set(key, value)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusBadRequest {
		t.Fatalf("the broken handshake got %d", res.StatusCode)
	}
	if _, again := s.ask(hooks+"answer", "", "CallSid=CA1"); again.Stream.URL != d.Stream.URL {
		t.Errorf("announced again: %+v", again)
	}
	s.join(d)
	if calls := s.board.served(); len(calls) != 1 {
		t.Errorf("served %+v", calls)
	}
}

func TestOtherEventsAtTheRecoverURLAreAcknowledged(t *testing.T) {
	s := newFakeSite(t, &guard{}, nil)
	d := s.begunWith("0/s", "answer", "CallSid=CA1")
	for i, proof := range []string{"0/a", "0/a", "0/b"} {
		status, body := s.send(s.path(d.Stream.RecoverURL), proof, "CallSid=CA1&event=started&fault=f&ending=busy")
		if status != 200 || body != "" || len(s.board.told) != []int{1, 1, 2}[i] {
			t.Errorf("%d %q, told %d", status, body, len(s.board.told))
		}
	}
	if got := s.board.told[0]; got.State != telephony.StateEnded || got.Ending != telephony.Busy || got.CallID != "CA1" {
		t.Errorf("told %+v", got)
	}
	s.board.resumes = true
	if _, got := s.ask(s.path(d.Stream.RecoverURL), "0/c", "CallSid=CA1"); got.Kind != "resume" {
		t.Errorf("the key was used up: %+v", got)
	}
}

// begunWith is begun with a proof for the socket.
func (s *site) begunWith(proof, path, form string) shown {
	s.t.Helper()
	_, d := s.ask(hooks+path, "0/x"+proof, form)
	got, leave := s.enter(d.Stream.URL, proof)
	if got != http.StatusSwitchingProtocols {
		s.t.Fatalf("the socket got %d", got)
	}
	leave()
	s.api.Wait()
	return d
}

func TestKeysThatOpenNothingAreRefused(t *testing.T) {
	s := newFakeSite(t, nil, nil)
	s.board.resumes = true
	a, b := s.begun("answer", "CallSid=CA1"), s.begun("answer", "CallSid=CA2")
	ticket := last(a.Stream.URL)
	for name, path := range map[string]string{
		"guessed":        hooks + "recover/AAAAAAAAAAAAAAAAAAAAAA",
		"none":           hooks + "recover",
		"a ticket":       hooks + "recover/" + ticket,
		"another call's": s.path(b.Stream.RecoverURL),
	} {
		if status, body := s.send(path, "", "CallSid=CA1"); status != http.StatusForbidden {
			t.Errorf("%s: %d %s", name, status, body)
		}
	}
	ws := strings.Replace(s.URL, "http", "ws", 1)
	if got, _ := s.enter(ws+"/media/twilio/"+last(a.Stream.RecoverURL), ""); got != http.StatusForbidden {
		t.Errorf("a key at the socket got %d", got)
	}
	if got := s.api.Stats(); got.Refused[0].Of != "key" || got.TicketsRefused[0].Of != "unknown" {
		t.Errorf("counted %+v", got)
	}
}

func TestACarrierThatNeverAsksHasNoRecoverURL(t *testing.T) {
	s := newFakeSite(t, nil, func(c *api.CarrierConfig) { c.Recovery = nil })
	if status, _ := s.send(hooks+"recover/key", "", "CallSid=CA1"); status != http.StatusNotFound {
		t.Errorf("got %d", status)
	}
}

// Exotel's way: the flow asks at one URL for all calls, and then for a stream
// at the answer URL again.
func TestACallThatIsAskedForByItsIDJoinsWhenAnnouncedAgain(t *testing.T) {
	byCall := func(c *api.CarrierConfig) { c.Quirks.RecoversByCall = true }
	s := newFakeSite(t, nil, byCall)
	s.board.resumes = true
	s.begun("answer/secret", "CallSid=CA1")
	for range 2 { // asked twice, it counts once
		if status, d := s.ask(hooks+"recover/secret", "", "CallSid=CA1"); status != 200 || d.Kind != "resume" {
			t.Fatalf("%d %+v", status, d)
		}
	}
	status, second := s.ask(hooks+"answer/secret", "", "CallSid=CA1")
	if status != 200 || second.Kind != "answer" {
		t.Fatalf("%d %+v", status, second)
	}
	if _, again := s.ask(hooks+"answer/secret", "", "CallSid=CA1"); again.Stream.URL != second.Stream.URL {
		t.Errorf("announced again before the stream opened: %+v", again)
	}
	s.join(second)
	calls := s.board.served()
	if len(calls) != 2 || calls[1].ID != calls[0].ID || !calls[1].Joins {
		t.Errorf("served %+v", calls)
	}
	if status, _ := s.ask(hooks+"answer/secret", "", "CallSid=CA1"); status != http.StatusForbidden {
		t.Errorf("announced with its ticket used: %d", status)
	}
	for i, want := range []string{"resume", "resume", "leave"} {
		_, d := s.ask(hooks+"recover/secret", "", "CallSid=CA1")
		if d.Kind != want {
			t.Errorf("attempt %d: %+v, want %s", i+2, d, want)
		}
		if want == "resume" {
			_, d = s.ask(hooks+"answer/secret", "", "CallSid=CA1")
			s.join(d)
		}
	}
	for name, form := range map[string]string{"unknown": "CallSid=CA9", "untold": "stream=MZ1"} {
		if status, d := s.ask(hooks+"recover/secret", "", form); status != 200 || d.Kind != "leave" {
			t.Errorf("%s: %d %+v", name, status, d)
		}
	}
	s = newFakeSite(t, nil, byCall)
	s.begun("answer", "CallSid=CA1")
	if _, d := s.ask(hooks+"recover", "", "CallSid=CA1"); d.Kind != "leave" {
		t.Errorf("the board lets it go: %+v", d)
	}
	if status, _ := s.ask(hooks+"answer", "", "CallSid=CA1"); status != http.StatusForbidden {
		t.Errorf("announced again, though it was left: %d", status)
	}
}

// A call that goes on has its place: a server that is full, or that takes no
// more calls, lets it.
func TestAFullServerLetsCallsGoOn(t *testing.T) {
	s := newFakeSite(t, nil, nil)
	s.board.resumes = true
	first := s.begun("answer", "CallSid=CA1")
	s.board.full = http.ErrServerClosed
	_, second := s.ask(s.path(first.Stream.RecoverURL), "", "CallSid=CA1")
	s.join(second)
	if got := s.board.served(); len(got) != 2 || s.board.open != 0 {
		t.Errorf("served %+v, %d places taken", got, s.board.open)
	}
}
