package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/talkpath/talkpath/telephony"
)

func TestAStatusReachesTheBoardOnce(t *testing.T) {
	s := newFakeSite(t, &guard{}, nil)
	for i, c := range []struct {
		path, proof string
		told        int
	}{
		{"status", "0/1", 1},
		{"status", "0/1", 1},        // a replay
		{"status/secret", "0/1", 1}, // the same
		{"status/secret", "0/2", 2}, // the carrier sends it again, signed anew
	} {
		if status, body := s.send(hooks+c.path, c.proof, "CallSid=CA1&event=ring"); status != 200 || body != "" {
			t.Errorf("%d: %d %q", i, status, body)
		}
		if len(s.board.told) != c.told {
			t.Errorf("%d: the board was told %d times, want %d", i, len(s.board.told), c.told)
		}
	}
	if got := s.board.told[0]; got.CallID != "CA1" || got.Event != "ring" || got.State != telephony.StateRinging {
		t.Errorf("told %+v", got)
	}
	if status, _ := s.do(http.MethodGet, hooks+"status?CallSid=CA2", ""); status != 401 {
		t.Errorf("a GET without proof: %d", status)
	}
}

func TestAStatusThatCannotBeReadIsRefused(t *testing.T) {
	s := newFakeSite(t, nil, nil)
	if status, body := s.send(hooks+"status", "", "bad=1"); status != 400 || !strings.Contains(body, "no call") || len(s.board.told) != 0 {
		t.Errorf("%d %s", status, body)
	}
}
