package api_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/talkpath/talkpath/api"
	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/twilio"
	"github.com/talkpath/talkpath/telephony/wsconn"
)

// hook is a carrier's HTTP side whose document is the stream that it was
// asked to open.
type hook struct{ telephony.Webhook }

var errNoCall = errors.New("no call")

func (hook) ReadCall(r *http.Request) (telephony.Incoming, error) {
	if err := r.ParseForm(); err != nil {
		return telephony.Incoming{}, err
	}
	if r.Form.Get("bad") != "" {
		return telephony.Incoming{}, errNoCall
	}
	return telephony.Incoming{CallID: r.Form.Get("CallSid"), From: r.Form.Get("From")}, nil
}

func (hook) Answer(s telephony.Stream) (telephony.Document, error) { return document("answer", s) }

func (hook) ReadStatus(r *http.Request) (telephony.Status, error) {
	if err := r.ParseForm(); err != nil {
		return telephony.Status{}, err
	}
	if r.Form.Get("bad") != "" {
		return telephony.Status{}, errNoCall
	}
	return telephony.Status{CallID: r.Form.Get("CallSid"), Event: r.Form.Get("event"), State: telephony.StateRinging}, nil
}

// flow is a carrier that asks how calls go on.
type flow struct{}

func (flow) ReadLost(r *http.Request) (telephony.Lost, error) {
	if err := r.ParseForm(); err != nil {
		return telephony.Lost{}, err
	}
	return telephony.Lost{
		CallID: r.Form.Get("CallSid"), StreamID: r.Form.Get("stream"), Fault: r.Form.Get("fault"),
		Asks: r.Form.Get("event") == "", Done: r.Form.Get("done") != "", Ending: telephony.Ending(r.Form.Get("ending")),
	}, nil
}

func (flow) Resume(s telephony.Stream) (telephony.Document, error) { return document("resume", s) }
func (flow) Leave() (telephony.Document, error) {
	return document("leave", telephony.Stream{})
}

// shown is a document of a hook or a flow.
type shown struct {
	Kind   string
	Stream telephony.Stream
	Login  string
}

func document(kind string, s telephony.Stream) (telephony.Document, error) {
	d := shown{Kind: kind, Stream: s}
	if s.Login != nil {
		d.Login, d.Stream.Login = s.Login.String(), nil
	}
	body, err := json.Marshal(d)
	return telephony.Document{ContentType: "application/json", Body: body}, err
}

// guard takes requests whose X-Proof is "key/once", and refuses those where it
// is empty, forged or stale.
type guard struct {
	mu   sync.Mutex
	last telephony.Signed
}

func (g *guard) Check(r telephony.Signed, _ time.Time) (telephony.Proof, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.last = r
	switch text := r.Header.Get("X-Proof"); text {
	case "":
		return telephony.Proof{}, fmt.Errorf("fake: %w", telephony.ErrUnsigned)
	case "forged":
		return telephony.Proof{}, fmt.Errorf("fake: %w", telephony.ErrForged)
	case "stale":
		return telephony.Proof{}, fmt.Errorf("fake: %w", telephony.ErrStale)
	default:
		var p telephony.Proof
		_, _ = fmt.Sscanf(text, "%d/%s", &p.Key, &p.Once)
		return p, nil
	}
}

func (g *guard) CheckSocket(r telephony.Signed, now time.Time) (telephony.Proof, error) {
	return g.Check(r, now)
}

// fakeCarrier returns a carrier of which all that the api needs is plain to
// see, under Twilio's name.
func fakeCarrier(change func(*telephony.Carrier)) telephony.Carrier {
	c := twilio.Carrier()
	c.Webhook, c.Recovery = hook{}, flow{}
	c.Quirks.OneWay, c.Quirks.BothTracks, c.Quirks.Redials, c.Quirks.SometimesUnsigned = false, false, false, false
	if change != nil {
		change(&c)
	}
	return c
}

// newFakeSite is a site with one carrier, fakeCarrier, and a guard.
func newFakeSite(t *testing.T, g telephony.Guard, change func(*api.CarrierConfig)) *site {
	one := api.CarrierConfig{Carrier: fakeCarrier(nil), Guard: g}
	if change != nil {
		change(&one)
	}
	return newSite(t, func(c *api.Config) { c.Carriers = []api.CarrierConfig{one} })
}

// ask sends a form to a webhook of the fake carrier with a proof and returns
// the status and the document.
func (s *site) ask(path, proof, form string) (int, shown) {
	s.t.Helper()
	status, body := s.send(path, proof, form)
	var d shown
	if status == http.StatusOK && body != "" {
		if err := json.Unmarshal([]byte(body), &d); err != nil {
			s.t.Fatalf("%s: %v in %q", path, err, body)
		}
	}
	return status, d
}

// send does the same and returns the body.
func (s *site) send(path, proof, form string) (int, string) {
	s.t.Helper()
	header := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
	if proof != "" {
		header.Set("X-Proof", proof)
	}
	res := s.request(http.MethodPost, path, header, form)
	return res.status, res.body
}

// path returns the path and query of a URL on the site.
func (s *site) path(text string) string {
	s.t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		s.t.Fatal(err)
	}
	return u.RequestURI()
}

// enter opens a media socket with a proof and returns the status that refused
// it, or 101 and a way to leave.
func (s *site) enter(target, proof string) (status int, leave func()) {
	s.t.Helper()
	header := http.Header{}
	if proof != "" {
		header.Set("X-Proof", proof)
	}
	conn, err := wsconn.Dial(s.t.Context(), target, wsconn.Config{Header: header})
	var refused *wsconn.RefusedError
	if errors.As(err, &refused) {
		return refused.Status, func() {}
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return http.StatusSwitchingProtocols, func() {
		_, _ = conn.Read()
		_ = conn.Close(telephony.CloseNormal, "")
	}
}

// served returns the calls that the board has got.
func (b *board) served() []api.Call {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]api.Call{}, b.calls...)
}

// last returns the last segment of a URL's path.
func last(text string) string { return text[strings.LastIndex(text, "/")+1:] }
