package api_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/talkpath/talkpath/api"
	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/exotel"
	"github.com/talkpath/talkpath/telephony/plivo"
	"github.com/talkpath/talkpath/telephony/telnyx"
	"github.com/talkpath/talkpath/telephony/twilio"
	"github.com/talkpath/talkpath/telephony/vonage"
	"github.com/talkpath/talkpath/telephony/wsconn"
)

const secret = "0123456789abcdef0123456789abcdef"

// party is a carrier on both sides: as the server is set up for it, and as it
// proves itself.
type party struct {
	api.CarrierConfig
	signer  telephony.Signer
	sockets bool   // whether its media sockets prove something
	key     string // the last segment of its webhooks
}

func parties(t *testing.T) []party {
	t.Helper()
	seed := make([]byte, ed25519.SeedSize)
	public, ok := ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey)
	if !ok {
		t.Fatal("no public key")
	}
	key, err := telnyx.NewGuard(telnyx.GuardConfig{PublicKeys: []string{base64.StdEncoding.EncodeToString(public)}})
	if err != nil {
		t.Fatal(err)
	}
	signer, err := telnyx.NewSigner(base64.StdEncoding.EncodeToString(seed))
	if err != nil {
		t.Fatal(err)
	}
	login := exotel.Login{User: "user", Password: "word"}
	return []party{
		{CarrierConfig: api.CarrierConfig{
			Carrier: twilio.Carrier(),
			Guard:   twilio.NewGuard(twilio.GuardConfig{AuthTokens: []string{secret}, SignedSockets: true}),
		}, signer: twilio.NewSigner(secret), sockets: true},
		{CarrierConfig: api.CarrierConfig{
			Carrier: plivo.Carrier(), Guard: plivo.NewGuard(plivo.GuardConfig{AuthTokens: []string{secret}}),
		}, signer: plivo.NewSigner(secret), sockets: true},
		{CarrierConfig: api.CarrierConfig{
			Carrier: vonage.Carrier(), Guard: vonage.NewGuard(vonage.GuardConfig{Secrets: []string{secret}}),
		}, signer: vonage.NewSigner(vonage.SignerConfig{Secret: secret})},
		{CarrierConfig: api.CarrierConfig{Carrier: telnyx.Carrier(telnyx.Config{}), Guard: key}, signer: signer},
		{CarrierConfig: api.CarrierConfig{
			Carrier: exotel.Carrier(exotel.Config{}), Login: url.UserPassword(login.User, login.Password),
			Guard: exotel.NewGuard(exotel.GuardConfig{Keys: []string{secret}, Logins: []exotel.Login{login}}),
		}, signer: exotel.NewSigner(login), sockets: true, key: "/" + secret},
	}
}

// proven sends a carrier's request with its proof, or without where p has
// none, and returns the answer and what is needed to send the very same again.
func (s *site) proven(p party, r *http.Request, err error) (got reply, again func() reply) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
	var body []byte
	if r.Body != nil {
		if body, err = io.ReadAll(r.Body); err != nil {
			s.t.Fatal(err)
		}
	}
	if p.signer != nil {
		if err = p.signer.Sign(r, body, s.now); err != nil {
			s.t.Fatal(err)
		}
	}
	again = func() reply {
		req, failed := http.NewRequestWithContext(s.t.Context(), r.Method, r.URL.String(), bytes.NewReader(body))
		if failed != nil {
			s.t.Fatal(failed)
		}
		req.Header = r.Header
		client := s.Client() // without a redirect, which some carriers' documents look like
		client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		res, failed := client.Do(req)
		if failed != nil {
			s.t.Fatal(failed)
		}
		defer func() { _ = res.Body.Close() }()
		text, failed := io.ReadAll(res.Body)
		if failed != nil {
			s.t.Fatal(failed)
		}
		return reply{res.StatusCode, res.Header, string(text)}
	}
	return again(), again
}

func (r reply) document() telephony.Document {
	return telephony.Document{Status: r.status, ContentType: r.header.Get("Content-Type"), Body: []byte(r.body)}
}

// dialled opens a stream's socket as the carrier does and returns the status.
func (s *site) dialled(p party, stream telephony.Stream) int {
	s.t.Helper()
	header := http.Header{}
	if p.signer != nil {
		if err := p.signer.SignSocket(stream.URL, header, s.now); err != nil {
			s.t.Fatal(err)
		}
	}
	target := stream.URL
	if u, err := url.Parse(target); err == nil {
		u.User = nil
		target = u.String()
	}
	conn, err := wsconn.Dial(s.t.Context(), target, wsconn.Config{Header: header})
	var refused *wsconn.RefusedError
	if errors.As(err, &refused) {
		return refused.Status
	}
	if err != nil {
		s.t.Fatal(err)
	}
	_, _ = conn.Read()
	_ = conn.Close(telephony.CloseNormal, "")
	s.api.Wait()
	return http.StatusSwitchingProtocols
}

// Each carrier, with its real proofs on both sides, through a whole call whose
// stream is lost once.
func TestEveryCarrierProvesItselfThroughACallThatLosesItsStream(t *testing.T) {
	for _, p := range parties(t) {
		t.Run(p.Name(), func(t *testing.T) {
			s := newSite(t, func(c *api.Config) { c.Carriers = []api.CarrierConfig{p.CarrierConfig} })
			s.board.resumes = true
			base := s.URL + "/telephony/" + p.Name()
			call := telephony.PeerCall{
				CallID: "CA00000000000000000000000000000001", AccountID: "AC00000000000000000000000000000001",
				StreamID: "MZ00000000000000000000000000000001", From: "+15550100001", To: "+15550100002",
			}
			stranger := party{CarrierConfig: p.CarrierConfig}
			r, err := p.Peer.Announce(base+"/answer", call)
			if got, _ := s.proven(stranger, r, err); got.status != 401 && got.status != 503 {
				t.Errorf("a stranger got %d %s", got.status, got.body)
			}
			stream, announced := s.announced(p, base, call)
			if again := announced(); again.status != http.StatusOK || !strings.Contains(again.body, s.ticketOf(stream)) {
				t.Errorf("the announcement again got %d %s", again.status, again.body)
			}
			if p.sockets {
				if got := s.dialled(stranger, stream); got != http.StatusUnauthorized {
					t.Errorf("a stranger at the socket got %d", got)
				}
			}
			if got := s.dialled(p, stream); got != http.StatusSwitchingProtocols {
				t.Fatalf("the socket got %d", got)
			}
			if again := announced(); again.status != http.StatusForbidden {
				t.Errorf("a replayed announcement got %d %s", again.status, again.body)
			}
			if got := s.dialled(p, s.recovered(p, base, stream, call)); got != http.StatusSwitchingProtocols {
				t.Fatalf("the second socket got %d", got)
			}
			calls := s.board.served()
			if len(calls) != 2 || calls[1].ID != calls[0].ID || !calls[1].Joins || calls[0].Joins || !calls[0].Recoverable {
				t.Errorf("served %+v", calls)
			}
			s.checkReport(p, base, stream, call)
		})
	}
}

// announced announces a call and returns where to stream it to.
func (s *site) announced(p party, base string, call telephony.PeerCall) (telephony.Stream, func() reply) {
	s.t.Helper()
	r, err := p.Peer.Announce(base+"/answer"+p.key, call)
	got, again := s.proven(p, r, err)
	stream, err := p.Peer.ReadAnswer(got.document())
	if err != nil {
		s.t.Fatalf("%d %s: %v", got.status, got.body, err)
	}
	return stream, again
}

// ticketOf returns the ticket in a stream's URL.
func (s *site) ticketOf(stream telephony.Stream) string {
	s.t.Helper()
	u, err := url.Parse(stream.URL)
	if err != nil {
		s.t.Fatal(err)
	}
	return last(u.Path)
}

// recovered lets the carrier ask how a call goes on whose stream broke, and
// returns where it streams to next.
func (s *site) recovered(p party, base string, stream telephony.Stream, call telephony.PeerCall) telephony.Stream {
	s.t.Helper()
	r, err := p.Peer.AskRecover(base+"/recover"+p.key, stream, call, telephony.StreamBroken)
	got, _ := s.proven(p, r, err)
	next, again, err := p.Peer.ReadRecover(got.document())
	if err != nil {
		s.t.Fatalf("%d %s: %v", got.status, got.body, err)
	}
	if again {
		next, _ = s.announced(p, base, call)
	}
	return next
}

// checkReport lets the carrier report the call's end, twice in the same words.
func (s *site) checkReport(p party, base string, stream telephony.Stream, call telephony.PeerCall) {
	s.t.Helper()
	to := stream.StatusURL
	if to == "" { // it stands in the account
		to = base + "/status" + p.key
	}
	if !strings.HasPrefix(to, base+"/status") {
		s.t.Fatalf("it is to report to %s", to)
	}
	s.board.told = nil
	r, err := p.Peer.Report(to, call, telephony.Status{
		State: telephony.StateEnded, Ending: telephony.CallerHungUp, Duration: 3 * time.Second, At: s.now,
	})
	got, again := s.proven(p, r, err)
	if got.status != http.StatusOK || len(s.board.told) != 1 {
		s.t.Fatalf("%d %s, told %+v", got.status, got.body, s.board.told)
	}
	told := s.board.told[0]
	if told.State != telephony.StateEnded || told.CallID != call.CallID {
		s.t.Errorf("told %+v", told)
	}
	if got = again(); got.status != http.StatusOK {
		s.t.Errorf("the report again got %d %s", got.status, got.body)
	}
	if twice := s.board.told; len(twice) > 1 && twice[1] != told { // who signs nothing that is used once
		s.t.Errorf("told %+v, then %+v", told, twice[1])
	}
}
