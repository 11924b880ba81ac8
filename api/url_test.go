package api_test

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/talkpath/talkpath/api"
	"github.com/talkpath/talkpath/telephony"
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
			const form = "CallSid=CA00000000000000000000000000000001&CallStatus=ringing" +
				"&CallUUID=11111111-2222-4333-8444-555555555555&Direction=inbound"
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

// Threat T4: names and values are signed without anything between them, so that
// the words of a captured form can be cut in other places. None of the forms
// that come of it announces a call, when a replay of the form itself is no
// longer known either.
func TestACapturedFormCutInOtherPlacesAnnouncesNoCall(t *testing.T) {
	for i, call := range []struct{ field, id string }{
		{"CallSid", "CA0000000000000000000000000000abcd"}, {"CallUUID", "11111111-2222-4333-8444-55555555abcd"},
	} {
		p := parties(t)[i]
		t.Run(p.Name(), func(t *testing.T) {
			s := newSite(t, func(c *api.Config) { c.Carriers = []api.CarrierConfig{p.CarrierConfig} })
			r, err := p.Peer.Announce(s.URL+"/telephony/"+p.Name()+"/answer", telephony.PeerCall{
				CallID: call.id, AccountID: "AC00000000000000000000000000000001", From: "+15550100001", To: "+15550100002",
			})
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(r.Body)
			if err != nil {
				t.Fatal(err)
			}
			if err = p.signer.Sign(r, body, s.now); err != nil {
				t.Fatal(err)
			}
			verified := 0
			for _, altered := range cut(t, string(body), call.field) {
				s.now = s.now.Add(16 * time.Minute)
				got := s.request(http.MethodPost, "/telephony/"+p.Name()+"/answer", r.Header, altered)
				if got.status == http.StatusForbidden {
					continue // the names are in another order now
				}
				verified++
				if got.status != http.StatusBadRequest {
					t.Errorf("%s: %d", altered, got.status)
				}
			}
			if verified < 10 {
				t.Errorf("%d of the forms have the signature of the first", verified)
			}
		})
	}
}

// cut returns the forms with the words of one, from the value of field on, cut
// in two at every place.
func cut(t *testing.T, body, field string) (forms []string) {
	t.Helper()
	form, err := url.ParseQuery(body)
	if err != nil {
		t.Fatal(err)
	}
	before, text := url.Values{}, ""
	for _, name := range slices.Sorted(maps.Keys(form)) {
		if name < field {
			before[name] = form[name]
			continue
		}
		text += name + form.Get(name)
	}
	text = strings.TrimPrefix(text, field)
	for at := 1; at <= len(text); at++ {
		forms = append(forms, before.Encode()+"&"+field+"="+url.QueryEscape(text[:at])+"&"+url.QueryEscape(text[at:])+"=")
	}
	return forms
}
