package main

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/talkpath/talkpath/telephony/sim"
)

func TestAURLIsABaseAnAnswerURLOrASocket(t *testing.T) {
	ours := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/healthz" && r.URL.Path != "/prefix/healthz" {
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	defer http.DefaultClient.CloseIdleConnections()
	defer ours.Close()
	const answer = "/telephony/twilio/answer"
	for text, want := range map[string]struct{ answer, media, base string }{
		ours.URL:                       {ours.URL + answer, "", ours.URL},
		ours.URL + "/":                 {ours.URL + answer, "", ours.URL},
		ours.URL + "/prefix":           {ours.URL + "/prefix" + answer, "", ours.URL + "/prefix"},
		ours.URL + answer + "?agent=a": {ours.URL + answer + "?agent=a", "", ours.URL},
		ours.URL + "/other/hook":       {ours.URL + "/other/hook", "", ""},
		"wss://bot.example.com/media":  {"", "wss://bot.example.com/media", ""},
	} {
		at, err := findServer(t.Context(), whereabouts{url: text}, "twilio")
		if err != nil || at.target.AnswerURL != want.answer || at.target.MediaURL != want.media || at.base != want.base || at.records != want.base {
			t.Errorf("%s gives %+v, %v; want %+v", text, at, err, want)
		}
	}
	for _, text := range []string{"bot.example.com", "127.0.0.1:8080", "localhost:8080", "ftp://bot.example.com", "https://", "https:///answer"} {
		var usage usageError
		if at, err := findServer(t.Context(), whereabouts{url: text}, "twilio"); !errors.As(err, &usage) {
			t.Errorf("%s gives %+v, %v, want a usage error", text, at, err)
		}
	}
}

func TestACarriersPagesStandBesideItsAnswer(t *testing.T) {
	const base = "https://bot.example.com/talk"
	answered := sim.Target{AnswerURL: base + "/telephony/exotel/answer?agent=a"}
	for _, c := range []struct {
		base, key string
		want      sim.Target
	}{
		{base, "", sim.Target{
			AnswerURL: answered.AnswerURL,
			StatusURL: base + "/telephony/exotel/status", RecoverURL: base + "/telephony/exotel/recover",
		}},
		{base, "k-1", sim.Target{
			AnswerURL: base + "/telephony/exotel/answer/k-1?agent=a",
			StatusURL: base + "/telephony/exotel/status/k-1", RecoverURL: base + "/telephony/exotel/recover/k-1",
		}},
		{"", "", answered},
	} {
		got, err := withPages(answered, c.base, "exotel", c.key)
		if diff := cmp.Diff(c.want, got); diff != "" || err != nil {
			t.Errorf("%q %q: %v %s", c.base, c.key, err, diff)
		}
	}
	if _, err := withPages(answered, "", "exotel", "k-1"); err == nil {
		t.Error("a key is taken for a server that is no talkpath")
	}
}

func TestAQueryKeepsWhatStoodThere(t *testing.T) {
	got := withQuery("https://bot.example.com/answer?agent=a", "listen", "both")
	if want := "https://bot.example.com/answer?agent=a&listen=both"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got := withQuery("", "listen", "both"); got != "" {
		t.Errorf("no URL becomes %s", got)
	}
}
