package main

import (
	"net/http"
	"net/http/httptest"
	"testing"
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
		target, base, _, err := findServer(t.Context(), text, "twilio")
		if err != nil || target.AnswerURL != want.answer || target.MediaURL != want.media || base != want.base {
			t.Errorf("%s gives %q, %q, base %q, %v; want %+v", text, target.AnswerURL, target.MediaURL, base, err, want)
		}
	}
}
