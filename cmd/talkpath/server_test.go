package main

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"github.com/talkpath/talkpath/ledger"
)

// started runs a server with engines that only pretend and returns the base
// URLs of its listeners.
func started(t *testing.T, config string) (main, admin string) {
	t.Helper()
	cfg, err := loadConfig(write(t, config), (*Config).useFakes)
	if err != nil {
		t.Fatal(err)
	}
	s, err := newServer(t.Context(), cfg, zerolog.Nop())
	if err != nil {
		t.Fatal(err)
	}
	l, err := listen(t.Context(), cfg.Server)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan error, 1)
	go func() { done <- s.run(ctx, ctx, l) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
		s.close()
		http.DefaultClient.CloseIdleConnections()
	})
	if l.admin != nil {
		admin = "http://" + l.admin.Addr().String()
	}
	return "http://" + l.main.Addr().String(), admin
}

func fetch(t *testing.T, method, url string) (status int, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var text strings.Builder
	buf := make([]byte, 4096)
	for {
		n, err := res.Body.Read(buf)
		text.Write(buf[:n])
		if err != nil {
			return res.StatusCode, text.String()
		}
	}
}

func TestRecordsAndMetricsHaveAListenerOfTheirOwnWhereOneIsSet(t *testing.T) {
	main, admin := started(t, "server: {listen: '127.0.0.1:0', admin_listen: '127.0.0.1:0'}\n")
	for url, want := range map[string]int{
		main + "/v1/calls": 404, main + "/metrics": 404, main + "/healthz": 200,
		admin + "/v1/calls": 200, admin + "/metrics": 200, admin + "/healthz": 200, admin + "/telephony/twilio/answer": 404,
	} {
		if got, body := fetch(t, http.MethodGet, url); got != want {
			t.Errorf("%s: %d, want %d: %.80s", strings.TrimPrefix(url, "http://"), got, want, body)
		}
	}
}

// What carriers tell reaches the record, and what is refused the metrics.
func TestARunningServerProvesCountsAndTakesReports(t *testing.T) {
	setSecrets(t)
	main, _ := started(t, `
server: {listen: '127.0.0.1:0'}
carriers: {exotel: {webhook_keys: ["${env:TEST_TOKEN}"]}}
`)
	const key = "0123456789abcdef0123456789abcdef"
	for path, want := range map[string]int{
		"/telephony/exotel/answer?CallSid=c1":           401,
		"/telephony/exotel/answer/wrong?CallSid=c1":     403,
		"/telephony/exotel/answer/" + key + "?CallSid=": 200,
		"/telephony/exotel/recover/" + key:              302, // no call that it could take up again
	} {
		if got, body := fetch(t, http.MethodGet, main+path); got != want {
			t.Errorf("%s: %d, want %d: %s", path, got, want, body)
		}
	}
	_, metrics := fetch(t, http.MethodGet, main+"/metrics")
	for _, line := range []string{
		`talkpath_webhooks_refused_total{carrier="exotel",why="unsigned"} 1`,
		`talkpath_webhooks_refused_total{carrier="exotel",why="forged"} 1`,
		`talkpath_webhooks_verified_total{carrier="exotel",key="0"} 2`,
	} {
		if !strings.Contains(metrics, line) {
			t.Errorf("no %s in the metrics", line)
		}
	}
	_, body := fetch(t, http.MethodGet, main+"/v1/calls")
	var list struct{ Calls []ledger.Record }
	if err := json.Unmarshal([]byte(body), &list); err != nil || len(list.Calls) != 0 {
		t.Errorf("%v %s", err, body)
	}
}
