package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/sim"
	"github.com/talkpath/talkpath/telephony/twilio"
)

func TestADetourLeadsFromThePublicURLToTheServer(t *testing.T) {
	const base = "http://127.0.0.1:8080"
	d := detour{public: "https://bot.example.com/talk", base: base}
	for from, to := range map[string]string{
		"https://bot.example.com/talk/telephony/twilio/answer?agent=a": base + "/telephony/twilio/answer?agent=a",
		"wss://bot.example.com/talk/media/twilio/abc":                  "ws://127.0.0.1:8080/media/twilio/abc",
		"https://bot.example.com/talk":                                 base,
		"https://bot.example.com/talk?a=b":                             base + "?a=b",
		"https://bot.example.com/talks":                                "https://bot.example.com/talks",
		"https://bot.example.com.evil.example/talk":                    "https://bot.example.com.evil.example/talk",
		"http://bot.example.com/talk":                                  "http://bot.example.com/talk",
		"https://other.example.com/":                                   "https://other.example.com/",
	} {
		if got := d.arrives(from); got != to {
			t.Errorf("%s arrives at %s, want %s", from, got, to)
		}
	}
}

func TestACallIsMadeToThePublicURLAndArrivesAtTheServer(t *testing.T) {
	var asked string
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { asked = r.Host + r.RequestURI }))
	defer server.Close()
	var dialled string
	cfg := sim.Config{Dial: func(_ context.Context, url string, _ http.Header) (telephony.Conn, error) {
		dialled = url
		return nil, nil
	}}
	target := sim.Target{AnswerURL: server.URL + "/answer?a=b", StatusURL: server.URL + "/status"}
	detour{"https://bot.example.com", server.URL}.apply(&cfg, &target)
	want := sim.Target{AnswerURL: "https://bot.example.com/answer?a=b", StatusURL: "https://bot.example.com/status"}
	if diff := cmp.Diff(want, target); diff != "" {
		t.Error(diff)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, target.AnswerURL, strings.NewReader("x"))
	if err != nil {
		t.Fatal(err)
	}
	res, err := cfg.HTTP.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	http.DefaultClient.CloseIdleConnections()
	host := strings.TrimPrefix(server.URL, "http://")
	if asked != host+"/answer?a=b" || req.URL.Host != "bot.example.com" {
		t.Errorf("asked %s, by a request to %s", asked, req.URL)
	}
	if _, err := cfg.Dial(t.Context(), "wss://bot.example.com/media/twilio/abc", nil); err != nil || dialled != "ws://"+host+"/media/twilio/abc" {
		t.Errorf("dialled %s, %v", dialled, err)
	}
}

func TestWithoutAPublicURLThereIsNoDetour(t *testing.T) {
	for _, d := range []detour{{"", "http://127.0.0.1:1"}, {"https://a.example.com", ""}, {"https://a.example.com", "https://a.example.com"}} {
		var cfg sim.Config
		target := sim.Target{AnswerURL: "http://127.0.0.1:1/answer"}
		if d.apply(&cfg, &target); cfg.HTTP != nil || target.AnswerURL != "http://127.0.0.1:1/answer" {
			t.Errorf("%+v: %+v", d, target)
		}
	}
}

// A server behind a proxy that isn't there yet can be called with its own
// configuration, and with nothing else.
func TestASecuredServerIsCalledWithItsConfiguration(t *testing.T) {
	setSecrets(t)
	const config = `
server: {listen: '127.0.0.1:0', public_url: 'https://bot.example.com/talk', admin_listen: '127.0.0.1:0'}
carriers: {serve: [twilio], twilio: {auth_tokens: ["${env:TEST_TOKEN}"], signed_sockets: true}}
`
	main, admin := started(t, config)
	adminHost := strings.TrimPrefix(admin, "http://")
	path := write(t, strings.Replace(config, "admin_listen: '127.0.0.1:0'", "admin_listen: '"+adminHost+"'", 1))
	place := func(proof proofFlags) (*sim.Report, reached, error) {
		at, err := findServer(t.Context(), whereabouts{main, proof.config}, "twilio")
		if err != nil {
			t.Fatal(err)
		}
		cfg, err := proof.simConfig(twilio.Carrier(), 0)
		if err != nil {
			t.Fatal(err)
		}
		f := callFlags{proof: proof}
		target, err := f.aim(at.target, at.base, twilio.Carrier())
		if err != nil {
			t.Fatal(err)
		}
		detour{at.public, at.base}.apply(&cfg, &target)
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		report, err := sim.Place(ctx, cfg, target, sim.Plan{Observe: func(m sim.Moment) {
			if m.Kind == sim.Connected {
				stop() // it is proven, which is all that is to be seen
			}
		}})
		if err != nil {
			err = proof.advised(err, twilio.Carrier())
		}
		return report, at, err
	}
	report, at, err := place(proofFlags{config: path})
	if report == nil || at.records != admin {
		t.Errorf("%+v %+v %v", report, at, err)
	}
	if report, _, err := place(proofFlags{}); report != nil || err == nil || !strings.Contains(err.Error(), "--config FILE") {
		t.Errorf("without proof: %+v %v", report, err)
	}
}
