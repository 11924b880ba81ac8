package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/talkpath/talkpath/api"
)

func redials(c *api.CarrierConfig) { c.Quirks.Redials = true }

// Threat T3: the replay of a captured handshake opens nothing, while the
// carrier itself may open its socket again.
func TestABrokenSocketIsOpenedAgainWithAFreshProofOnly(t *testing.T) {
	s := newFakeSite(t, &guard{}, redials)
	_, d := s.ask(hooks+"answer", "0/1", "CallSid=CA1")
	for i, c := range []struct {
		proof string
		want  int
	}{
		{"", 401}, // the ticket is for the carrier alone
		{"forged", 403},
		{"0/s1", 101},
		{"0/s1", 403}, // captured
		{"0/", 403},   // proven, but as anybody's who captured it
		{"", 401},
		{"0/1", 403},  // captured at the webhook
		{"0/s2", 101}, // the carrier's own
		{"0/s2", 403},
	} {
		got, leave := s.enter(d.Stream.URL, c.proof)
		if got != c.want {
			t.Errorf("%d: proof %q got %d, want %d", i, c.proof, got, c.want)
		}
		leave()
	}
	s.api.Wait()
	calls := s.board.served()
	if len(calls) != 2 || calls[0].Joins || !calls[1].Joins || calls[0].ID != calls[1].ID || calls[0].Ticket != calls[1].Ticket {
		t.Errorf("served %+v", calls)
	}
}

func TestAUsedTicketStaysUsedForCarriersThatDoNotRedial(t *testing.T) {
	for name, s := range map[string]*site{
		"never redials": newFakeSite(t, &guard{}, nil),
		"open":          newFakeSite(t, nil, redials),
	} {
		_, d := s.ask(hooks+"answer", "0/1", "CallSid=CA1")
		for i, want := range []int{101, 403} {
			got, leave := s.enter(d.Stream.URL, "0/s"+strings.Repeat("x", i))
			if got != want {
				t.Errorf("%s: the socket got %d, want %d", name, got, want)
			}
			leave()
		}
	}
}

// However long the call lasts, its ticket is known; a while behind its end it
// is not.
func TestARedialMayComeAsLongAsTheCallLives(t *testing.T) {
	s := newFakeSite(t, &guard{}, redials)
	hold := make(chan struct{})
	s.board.hold = hold
	_, d := s.ask(hooks+"answer", "0/1", "CallSid=CA1")
	got, leave := s.enter(d.Stream.URL, "0/s1")
	if got != http.StatusSwitchingProtocols {
		t.Fatalf("got %d", got)
	}
	s.now = s.now.Add(3 * time.Hour)
	if late, _ := s.enter(d.Stream.URL, "0/s1"); late != http.StatusForbidden {
		t.Errorf("the captured handshake of three hours ago got %d", late)
	}
	s.ask(hooks+"answer", "0/2", "CallSid=CA2") // gives the occasion to forget
	got, leaveAgain := s.enter(d.Stream.URL, "0/s2")
	if got != http.StatusSwitchingProtocols {
		t.Errorf("the redial got %d", got)
	}
	close(hold)
	leave()
	leaveAgain()
	s.api.Wait()
	s.now = s.now.Add(time.Hour)
	s.ask(hooks+"answer", "0/3", "CallSid=CA3")
	if got, _ := s.enter(d.Stream.URL, "0/s3"); got != http.StatusForbidden {
		t.Errorf("long behind the call's end the ticket got %d", got)
	}
	refused := s.api.Stats().TicketsRefused
	if len(refused) != 2 || refused[0] != (api.Tally{Of: "unknown", N: 1}) || refused[1] != (api.Tally{Of: "used", N: 1}) {
		t.Errorf("counted %+v", refused)
	}
}

// Loop guard: a ticket that has opened sixteen sockets opens no more.
func TestRedialsAreBounded(t *testing.T) {
	s := newFakeSite(t, &guard{}, redials)
	_, d := s.ask(hooks+"answer", "0/1", "CallSid=CA1")
	opened := 0
	for i := range 30 {
		got, leave := s.enter(d.Stream.URL, fmt.Sprint("0/s", i))
		if got == http.StatusSwitchingProtocols {
			opened++
		}
		leave()
	}
	if opened != 16 {
		t.Errorf("%d sockets opened", opened)
	}
}

func TestGuessedTicketsAreRefusedBeforeTheGuard(t *testing.T) {
	g := &guard{}
	s := newFakeSite(t, g, nil)
	ws := strings.Replace(s.URL, "http", "ws", 1)
	for range 20 {
		if got, _ := s.enter(ws+"/media/twilio/AAAAAAAAAAAAAAAAAAAAAA", "0/1"); got != http.StatusForbidden {
			t.Fatalf("got %d", got)
		}
	}
	if g.last.URL != "" || len(s.board.served()) != 0 {
		t.Errorf("the guard was asked for %s", g.last.URL)
	}
	if lines := strings.Count(s.log.String(), "\n"); lines != 1 {
		t.Errorf("%d log lines", lines)
	}
}

func TestWhyTicketsAreRefusedIsCounted(t *testing.T) {
	s := newFakeSite(t, &guard{}, nil)
	_, used := s.ask(hooks+"answer", "0/1", "CallSid=CA1")
	_, late := s.ask(hooks+"answer", "0/2", "CallSid=CA2")
	_, leave := s.enter(used.Stream.URL, "0/s1")
	leave()
	s.enter(used.Stream.URL, "0/s2")
	s.enter(late.Stream.URL, "stale")
	s.enter(late.Stream.URL, "")
	s.now = s.now.Add(api.TicketLife + time.Second)
	s.enter(late.Stream.URL, "0/s3")
	s.enter(strings.Replace(used.Stream.URL, last(used.Stream.URL), "x", 1), "0/s4")
	got := map[string]uint64{}
	for _, tally := range s.api.Stats().TicketsRefused {
		got[tally.Of] = tally.N
	}
	for _, why := range []string{"used", "expired", "unknown", "unsigned", "stale"} {
		if got[why] != 1 {
			t.Errorf("%s: counted %d", why, got[why])
		}
	}
}
