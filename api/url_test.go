package api_test

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/talkpath/talkpath/api"
)

// raw sends a request line and a form as they are, which no client would, and
// returns the status.
func (s *site) raw(target, header, form string) int {
	s.t.Helper()
	conn, err := net.Dial("tcp", s.Listener.Addr().String())
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_, _ = fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\n%sContent-Length: %d\r\n\r\n%s",
		target, s.Listener.Addr(), header, len(form), form)
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		s.t.Fatal(err)
	}
	_ = res.Body.Close()
	return res.StatusCode
}

// Fault 50: signatures end at a fragment, which no client sends. What stands
// behind one must not be taken for a part of what was signed.
func TestNothingBehindAFragmentCounts(t *testing.T) {
	for _, p := range parties(t)[:2] {
		t.Run(p.Name(), func(t *testing.T) {
			s := newSite(t, func(c *api.Config) { c.Carriers = []api.CarrierConfig{p.CarrierConfig} })
			path := "/telephony/" + p.Name() + "/answer/"
			const form = "CallSid=CA00000000000000000000000000000001&CallUUID=11111111-2222-4333-8444-555555555555"
			r, err := http.NewRequest(http.MethodPost, s.URL+path+"key", strings.NewReader(form))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			if err = p.signer.Sign(r, []byte(form), s.now); err != nil {
				t.Fatal(err)
			}
			var header strings.Builder
			r.Header.Del("Content-Type")
			_ = r.Header.Write(&header)
			for _, target := range []string{path + "key#?agent=other", path + "key#", s.URL + path + "key#?agent=other"} {
				if got := s.raw(target, header.String(), form); got != http.StatusBadRequest {
					t.Errorf("%s got %d", target, got)
				}
			}
			if got := s.raw(path+"key", header.String(), form); got != http.StatusOK {
				t.Errorf("as it was signed: %d", got)
			}
		})
	}
}
