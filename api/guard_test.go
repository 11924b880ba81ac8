package api_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/talkpath/talkpath/api"
	"github.com/talkpath/talkpath/telephony"
)

const hooks = "/telephony/twilio/"

// Fault 50: what isn't proven to be the carrier's is refused, at every webhook,
// without a word about what is wrong with it.
func TestUnprovenWebhooksAreRefused(t *testing.T) {
	said := map[string]bool{}
	for proof, want := range map[string]int{"": 401, "forged": 403, "stale": 403} {
		for _, path := range []string{"answer", "answer/key", "status", "status/key", "recover", "recover/key"} {
			s := newFakeSite(t, &guard{}, nil)
			status, body := s.send(hooks+path, proof, "CallSid=CA1")
			if status != want || strings.Contains(body, "ticket") || len(s.board.told) != 0 {
				t.Errorf("%s with proof %q: %d %s", path, proof, status, body)
			}
			_, detail, _ := strings.Cut(body, `"detail"`)
			said[detail] = true
			why := map[string]string{"": "unsigned"}[proof]
			if why == "" {
				why = proof
			}
			if got := s.api.Stats().Refused; len(got) != 1 || got[0] != (api.Tally{Carrier: "twilio", Of: why, N: 1}) {
				t.Errorf("counted %+v", got)
			}
		}
	}
	if len(said) != 1 {
		t.Errorf("the answers differ: %v", said)
	}
}

func TestACarrierThatForgetsToSignIsAskedAgain(t *testing.T) {
	s := newFakeSite(t, &guard{}, func(c *api.CarrierConfig) { c.Quirks.SometimesUnsigned = true })
	for proof, want := range map[string]int{"": 503, "forged": 403} {
		got := s.request("POST", hooks+"answer", http.Header{"X-Proof": {proof}}, "")
		if got.status != want || (got.header.Get("Retry-After") != "") != (want == 503) {
			t.Errorf("proof %q: %d %v", proof, got.status, got.header)
		}
	}
}

func TestAnUnprovenRequestIsToldHowToProveItself(t *testing.T) {
	for scheme, login := range map[string]*url.Userinfo{"Signature": nil, "Basic": url.UserPassword("u", "p")} {
		s := newFakeSite(t, &guard{}, func(c *api.CarrierConfig) { c.Login = login })
		got := s.request("GET", hooks+"answer", nil, "")
		if got.status != 401 || !strings.HasPrefix(got.header.Get("WWW-Authenticate"), scheme+" ") {
			t.Errorf("%d, %q", got.status, got.header.Get("WWW-Authenticate"))
		}
	}
}

func TestTheGuardSeesTheURLThatTheCarrierCalled(t *testing.T) {
	public, err := url.Parse("https://voice.example.com/a%20b/")
	if err != nil {
		t.Fatal(err)
	}
	const target = "/telephony/twilio/answer/k%C3%A9y?agent=demo&x=%2f+&&y"
	for name, c := range map[string]struct {
		public *url.URL
		want   string
	}{
		"configured": {public, "https://voice.example.com/a%20b" + target},
		"the host's": {nil, "http://HOST" + target},
	} {
		g := &guard{}
		s := newSite(t, func(cfg *api.Config) {
			cfg.PublicURL = c.public
			cfg.Carriers = []api.CarrierConfig{{Carrier: fakeCarrier(nil), Guard: g}}
		})
		want := strings.Replace(c.want, "HOST", strings.TrimPrefix(s.URL, "http://"), 1)
		header := http.Header{"X-Proof": {"0/1"}, "X-Forwarded-Host": {"evil.example.com"}, "X-Forwarded-Proto": {"https"}}
		if got := s.request("POST", target, header, "a=b"); got.status != 200 {
			t.Fatalf("%s: %d %s", name, got.status, got.body)
		}
		if g.last.URL != want || g.last.Method != "POST" || string(g.last.Body) != "a=b" {
			t.Errorf("%s: guard got %s %s %q, want %s", name, g.last.Method, g.last.URL, g.last.Body, want)
		}
		want = strings.Replace(strings.Replace(want, "http", "ws", 1), target, "/media/twilio/", 1)
		_, d := s.ask(hooks+"answer", "0/2", "CallSid=CA1")
		ws := strings.Replace(s.URL, "http", "ws", 1)
		if status, leave := s.enter(ws+"/media/twilio/"+last(d.Stream.URL)+"?a=%20b", "0/3"); status == 101 {
			leave()
		}
		if g.last.URL != want+last(d.Stream.URL)+"?a=%20b" || g.last.Method != "GET" {
			t.Errorf("%s: at the socket the guard got %s %s, want %s...", name, g.last.Method, g.last.URL, want)
		}
	}
}

func TestOnlyATrustedProxyTellsWhoCalls(t *testing.T) {
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("2001:db8::/32")}
	for name, c := range map[string]struct {
		peer  string
		chain []string
		want  string
	}{
		"no proxy":                   {"192.0.2.9:1234", nil, "192.0.2.9"},
		"a stranger's header":        {"192.0.2.9:1234", []string{"198.51.100.1"}, "192.0.2.9"},
		"proxy":                      {"10.0.0.1:1", []string{"198.51.100.1"}, "198.51.100.1"},
		"proxy itself":               {"10.0.0.1:1", nil, "10.0.0.1"},
		"proxies":                    {"10.0.0.1:1", []string{"203.0.113.5, 198.51.100.1", "10.0.0.2"}, "198.51.100.1"},
		"none but proxies":           {"10.0.0.1:1", []string{"10.0.0.3, 10.0.0.2"}, "10.0.0.3"},
		"with a port":                {"10.0.0.1:1", []string{"198.51.100.1:5060"}, "198.51.100.1"},
		"version 6":                  {"[2001:db8::1]:1", []string{"[2001:dead::2]:9"}, "2001:dead::2"},
		"version 4 in 6":             {"[::ffff:10.0.0.1]:1", []string{"::ffff:198.51.100.1"}, "198.51.100.1"},
		"garbage":                    {"10.0.0.1:1", []string{"198.51.100.1, unknown"}, "invalid IP"},
		"garbage before the trusted": {"10.0.0.1:1", []string{"x, 198.51.100.1, 10.0.0.2"}, "198.51.100.1"},
	} {
		t.Run(name, func(t *testing.T) {
			g := &guard{}
			s := newSite(t, func(cfg *api.Config) {
				cfg.TrustedProxies = proxies
				cfg.Carriers = []api.CarrierConfig{{Carrier: fakeCarrier(nil), Guard: g}}
			})
			r := httptest.NewRequest("POST", hooks+"status", nil)
			r.RemoteAddr, r.Header["X-Forwarded-For"] = c.peer, c.chain
			s.api.ServeHTTP(httptest.NewRecorder(), r)
			if got := g.last.From.String(); got != c.want {
				t.Errorf("from %s, want %s", got, c.want)
			}
		})
	}
}

// Fault 51: a body is bounded before anything is done with it, and stays
// compressed.
func TestBodiesAreBoundedAndNotDecompressed(t *testing.T) {
	g := &guard{}
	s := newFakeSite(t, g, nil)
	for n, want := range map[int]int{64 << 10: 200, 64<<10 + 1: 413, 1 << 20: 413} {
		if status, _ := s.send(hooks+"status", "0/"+fmt.Sprint(n), strings.Repeat("a", n)); status != want {
			t.Errorf("%d bytes: %d, want %d", n, status, want)
		}
		if len(g.last.Body) > 64<<10 {
			t.Errorf("the guard got %d bytes", len(g.last.Body))
		}
	}
	// Without a length the body is read no further than the bound.
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+hooks+"status",
		struct{ *strings.Reader }{strings.NewReader(strings.Repeat("a", 80<<10))})
	if err != nil {
		t.Fatal(err)
	}
	res, err := s.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	if _ = res.Body.Close(); res.StatusCode != 413 {
		t.Errorf("without a length: %d", res.StatusCode)
	}
	var bomb bytes.Buffer
	zip := gzip.NewWriter(&bomb)
	_, _ = zip.Write(bytes.Repeat([]byte("CallSid=CA1&"), 1<<20))
	_ = zip.Close()
	if bomb.Len() > 64<<10 {
		t.Fatalf("the bomb has %d bytes", bomb.Len())
	}
	got := s.request("POST", hooks+"status", http.Header{
		"X-Proof": {"0/bomb"}, "Content-Encoding": {"gzip"}, "Content-Type": {"application/x-www-form-urlencoded"},
	}, bomb.String())
	if !bytes.Equal(g.last.Body, bomb.Bytes()) {
		t.Errorf("the guard got %d bytes, sent were %d", len(g.last.Body), bomb.Len())
	}
	if got.status >= 500 {
		t.Errorf("%d %s", got.status, got.body)
	}
}

// Canary: numbers, paths, queries and bodies of what is refused never reach the
// log, and a flood of it doesn't fill it.
func TestWhatIsRefusedIsLoggedSeldomAndWithoutItsContent(t *testing.T) {
	s := newFakeSite(t, &guard{}, nil)
	const canary = "15550109999"
	for range 50 {
		for _, proof := range []string{"", "forged"} {
			s.send(hooks+"answer/"+canary+"?a="+canary, proof, "From="+canary+"&CallSid="+canary)
			s.send(hooks+"recover/"+canary+"?a="+canary, proof, "From="+canary)
		}
		s.enter(strings.Replace(s.URL, "http", "ws", 1)+"/media/twilio/"+canary, "")
	}
	if lines := strings.Count(s.log.String(), "\n"); lines != 1 {
		t.Errorf("%d log lines within a second", lines)
	}
	s.now = s.now.Add(time.Second)
	s.send(hooks+"answer", "forged", "From="+canary)
	s.send(hooks+"status?bad="+canary, "0/1", "From="+canary)
	s.send(hooks+"answer?bad="+canary, "0/2", "From="+canary)
	if text := s.log.String(); strings.Contains(text, canary) || !strings.Contains(text, `"unlogged":249`) {
		t.Errorf("logged %s", text)
	}
}

func TestWhichSecretMatchedIsCounted(t *testing.T) {
	s := newFakeSite(t, &guard{}, nil)
	for i, key := range []int{0, 1, 1} {
		s.send(hooks+"status", fmt.Sprintf("%d/%d", key, i), "")
	}
	want := fmt.Sprint([]api.Tally{{Carrier: "twilio", Of: "0", N: 1}, {Carrier: "twilio", Of: "1", N: 2}})
	if got := fmt.Sprint(s.api.Stats().Verified); got != want {
		t.Errorf("counted %s, want %s", got, want)
	}
}

func TestACarrierWithoutAGuardIsOpen(t *testing.T) {
	s := newFakeSite(t, nil, nil)
	if status, d := s.ask(hooks+"answer", "", "CallSid=CA1"); status != 200 || d.Kind != "answer" {
		t.Errorf("%d %+v", status, d)
	}
	if got := s.api.Stats(); len(got.Verified)+len(got.Refused) != 0 {
		t.Errorf("counted %+v", got)
	}
}

// A replay is known for 15 minutes, and among the last 100,000.
func TestReplaysAreRememberedWithinBounds(t *testing.T) {
	s := newFakeSite(t, &guard{}, nil)
	tell := func(once string) (fresh bool) {
		before := len(s.board.told)
		r := httptest.NewRequest("POST", hooks+"status", nil)
		r.Header.Set("X-Proof", "0/"+once)
		w := httptest.NewRecorder()
		s.api.ServeHTTP(w, r)
		if w.Code != 200 {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		return len(s.board.told) > before
	}
	if !tell("a") || tell("a") {
		t.Error("a value isn't new, or isn't known the second time")
	}
	if got := s.api.Stats().Replayed; len(got) != 1 || got[0].N != 1 {
		t.Errorf("counted %+v", got)
	}
	s.now = s.now.Add(15 * time.Minute)
	if tell("a") {
		t.Error("forgotten within 15 minutes")
	}
	s.now = s.now.Add(time.Second)
	if !tell("a") || tell("a") {
		t.Error("not new after 15 minutes, or not known then")
	}
	tell("b")
	for i := range 99_999 {
		tell(fmt.Sprint("other", i))
	}
	if tell("b") {
		t.Error("forgotten with 99,999 behind it")
	}
	tell("one more")
	if !tell("b") {
		t.Error("still known with 100,000 behind it")
	}
}

var _ telephony.Guard = (*guard)(nil)
