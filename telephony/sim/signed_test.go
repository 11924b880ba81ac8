package sim_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/sim"
)

// notary is a Signer whose proof is all that it was given, in words.
type notary struct{ err error }

const proof = "X-Proof"

func (n notary) Sign(r *http.Request, body []byte, now time.Time) error {
	r.Header.Set(proof, r.Method+" "+r.URL.String()+" "+string(body)+" "+now.Format(time.RFC3339))
	return n.err
}

func (n notary) SignSocket(url string, header http.Header, now time.Time) error {
	header.Set(proof, url+" "+now.Format(time.RFC3339))
	return n.err
}

// proven says whether r has the notary's proof of what came.
func proven(t *testing.T, r *http.Request) bool {
	t.Helper()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Error(err)
	}
	r.Body = io.NopCloser(strings.NewReader(string(body)))
	want := r.Method + " " + r.URL.String() + " " + string(body) + " " + time.Now().Format(time.RFC3339)
	if got := r.Header.Get(proof); got != want {
		t.Errorf("proof %q, want %q", got, want)
		return false
	}
	return true
}

// roundTripper is a function that answers requests.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestEveryRequestIsSignedOverTheURLThatIsCalled(t *testing.T) {
	for _, s := range []*server{onTwilio(func(*agent) {}), onExotel(16000, func(*agent) {})} {
		synctest.Test(t, func(t *testing.T) {
			s.t = t
			cfg := s.config()
			cfg.Signer = notary{}
			var announced, dialled atomic.Int32
			cfg.HTTP = &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
				if proven(t, r) {
					announced.Add(1)
				}
				return s.RoundTrip(r)
			})}
			cfg.Dial = func(ctx context.Context, url string, header http.Header) (telephony.Conn, error) {
				if want := url + " " + time.Now().Format(time.RFC3339); header.Get(proof) != want {
					t.Errorf("socket's proof %q, want %q", header.Get(proof), want)
				}
				dialled.Add(1)
				return s.dial(ctx, url, header)
			}
			target := sim.Target{AnswerURL: "https://agent.example/answer?agent=a&key=%20k"}
			if _, err := sim.Place(t.Context(), cfg, target, sim.Plan{Patience: time.Second}); err != nil {
				t.Fatal(err)
			}
			if _, err := sim.Load(t.Context(), cfg, target, sim.LoadPlan{Calls: 2, Hold: time.Second}); err != nil {
				t.Fatal(err)
			}
			s.wg.Wait()
			if announced.Load() != 3 || dialled.Load() != 3 {
				t.Errorf("%d announcements and %d sockets were signed, want 3 and 3", announced.Load(), dialled.Load())
			}
		})
	}
}

func TestACarrierThatCantSignDoesNotCall(t *testing.T) {
	forgetful := errors.New("no key")
	for _, target := range []sim.Target{answering, {MediaURL: "wss://agent.example/media"}} {
		s := onTwilio(func(*agent) {})
		cfg := s.config()
		cfg.Signer = notary{err: forgetful}
		_, err := sim.Place(t.Context(), cfg, target, sim.Plan{})
		var failed *sim.SetupError
		if !errors.Is(err, forgetful) || !errors.As(err, &failed) || len(s.agents) > 0 {
			t.Errorf("%+v: %v with %d sockets, want a SetupError and none", target, err, len(s.agents))
		}
	}
}

func TestALoginInTheURLGoesIntoTheHeader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := onTwilio(func(*agent) {})
		s.t = t
		cfg := s.config()
		var at string
		var sent http.Header
		cfg.Dial = func(ctx context.Context, url string, header http.Header) (telephony.Conn, error) {
			at, sent = url, header
			return s.dial(ctx, url, header)
		}
		target := sim.Target{MediaURL: "wss://carrier:p%40ss@agent.example/media"}
		if _, err := sim.Place(t.Context(), cfg, target, sim.Plan{Patience: time.Second}); err != nil {
			t.Fatal(err)
		}
		s.wg.Wait()
		user, password, _ := (&http.Request{Header: sent}).BasicAuth()
		if at != "wss://agent.example/media" || user != "carrier" || password != "p@ss" {
			t.Errorf("dialled %s as %q %q", at, user, password)
		}
	})
}

func TestAFailedRequestDoesNotTellItsURL(t *testing.T) {
	s := onTwilio(func(*agent) {})
	cfg := s.config()
	cfg.HTTP = &http.Client{Transport: roundTripper(func(*http.Request) (*http.Response, error) {
		return nil, errors.New("connection refused")
	})}
	secret := sim.Target{AnswerURL: "https://user:word@agent.example/answer/secretkey?key=secretkey"}
	_, err := sim.Place(t.Context(), cfg, secret, sim.Plan{})
	var failed *url.Error
	if err == nil || errors.As(err, &failed) || strings.Contains(err.Error(), "secretkey") || strings.Contains(err.Error(), "word") {
		t.Errorf("error tells the URL: %v", err)
	}
	if !strings.Contains(err.Error(), "agent.example: connection refused") {
		t.Errorf("error doesn't tell host and cause: %v", err)
	}
}
