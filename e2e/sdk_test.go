//go:build e2e

package e2e_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"sync"
	"testing"

	"github.com/talkpath/talkpath/telephony"
)

// TestTheCarriersOwnSDKs holds what we sign, check and write against the code
// that the carriers publish.
func TestTheCarriersOwnSDKs(t *testing.T) {
	s := startSDKs(t)
	t.Run("twilio", func(t *testing.T) { twilioAgrees(t, s) })
	t.Run("plivo", func(t *testing.T) { plivoAgrees(t, s) })
	t.Run("vonage", func(t *testing.T) { vonageAgrees(t, s) })
	t.Run("telnyx", func(t *testing.T) { telnyxAgrees(t, s) })
}

func TestTheLockOfTheSDKsNamesNoRegistry(t *testing.T) {
	raw, err := os.ReadFile("sdk/package-lock.json")
	if err != nil {
		t.Fatal(err)
	}
	var lock struct {
		Packages map[string]struct{ Version, Resolved, Integrity string }
	}
	decode(t, string(raw), &lock)
	for name, p := range lock.Packages {
		if name != "" && (p.Version == "" || p.Integrity == "" || p.Resolved != "") {
			t.Errorf("%s: version %q, integrity %q, resolved %q", name, p.Version, p.Integrity, p.Resolved)
		}
	}
	if len(lock.Packages) < 5 {
		t.Errorf("%d packages", len(lock.Packages))
	}
}

// sdks is the Node program with the carriers' SDKs. It answers one question at
// a time.
type sdks struct {
	mu  sync.Mutex
	in  io.Writer
	out *bufio.Reader
}

// question is what the program is asked, beside the operation's name.
type question map[string]any

// reporter is a testing.T or a rapid.T.
type reporter interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// startSDKs starts the program, which ends with the test.
func startSDKs(t *testing.T) *sdks {
	t.Helper()
	if _, err := os.Stat("sdk/node_modules"); err != nil {
		t.Fatalf("%v (make e2e installs the SDKs)", err)
	}
	cmd := exec.Command("node", "sdk/sdk.mjs")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close() // it ends with its input
		if err := cmd.Wait(); err != nil {
			t.Errorf("the SDKs ended with %v", err)
		}
	})
	return &sdks{in: in, out: bufio.NewReader(out)}
}

// ask returns the program's answer to one question.
func ask[T any](t reporter, s *sdks, op string, q question) T {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	full := question{"op": op}
	for key, value := range q {
		full[key] = value
	}
	line, err := json.Marshal(full)
	if err != nil {
		t.Fatalf("%s: %v", op, err)
	}
	if _, err = s.in.Write(append(line, '\n')); err != nil {
		t.Fatalf("%s: %v", op, err)
	}
	if line, err = s.out.ReadBytes('\n'); err != nil {
		t.Fatalf("%s: %v", op, err)
	}
	var answer struct {
		Value *T
		Error string
	}
	if err := json.Unmarshal(line, &answer); err != nil || answer.Value == nil {
		t.Fatalf("%s %s: %s %v", op, q, line, err)
	}
	return *answer.Value
}

// signed returns r as a Guard sees it.
func signed(t reporter, r *http.Request) telephony.Signed {
	t.Helper()
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			t.Fatalf("%v", err)
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	return telephony.Signed{Method: r.Method, URL: r.URL.String(), Header: r.Header, Body: body}
}

// request returns r as it is sent.
func request(t reporter, r telephony.Signed) *http.Request {
	t.Helper()
	sent, err := http.NewRequest(r.Method, r.URL, bytes.NewReader(r.Body))
	if err != nil {
		t.Fatalf("%v", err)
	}
	sent.Header = r.Header.Clone()
	return sent
}
