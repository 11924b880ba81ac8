//go:build e2e

package e2e_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// program is the binary that make build made.
func program(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs("../bin/talkpath")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("%v (make e2e builds it)", err)
	}
	return path
}

// talkpath runs the program and returns what it printed and its exit code.
func talkpath(t *testing.T, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program(t), args...)
	var out, complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaint
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("talkpath %v: %v", args, err)
	}
	return out.String(), complaint.String(), cmd.ProcessState.ExitCode()
}

// server is a running talkpath serve.
type server struct {
	t    *testing.T
	cmd  *exec.Cmd
	URL  string
	log  *lines
	done chan error
}

// lines keeps what a program writes to standard error.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// serve starts a server, which ends with the test.
func serve(t *testing.T, args ...string) *server {
	t.Helper()
	s := &server{t: t, log: &lines{}, done: make(chan error, 1)}
	s.cmd = exec.Command(program(t), append([]string{"serve", "--listen", "127.0.0.1:0"}, args...)...)
	s.cmd.Stderr = s.log
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err = s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("serve told no address: %v\n%s", err, s.log)
	}
	s.URL = strings.TrimSpace(address)
	go func() {
		_, _ = io.Copy(io.Discard, out)
		s.done <- s.cmd.Wait()
	}()
	t.Cleanup(func() {
		defer func() { t.Log(s.log) }() // for scripts/canary to look through
		s.signal()
		select {
		case err := <-s.done:
			s.done <- err
		case <-time.After(2 * time.Second):
			s.signal()
			s.done <- <-s.done
		}
	})
	return s
}

func (s *server) signal() { _ = s.cmd.Process.Signal(syscall.SIGTERM) }

// get fetches a path of the server's and decodes its JSON into v.
func (s *server) get(path string, v any) int {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, s.URL+path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if v != nil {
		if err := json.NewDecoder(res.Body).Decode(v); err != nil {
			s.t.Fatalf("GET %s: %v", path, err)
		}
	}
	return res.StatusCode
}

// report is call --json, as a script would read it.
type report struct {
	Carrier  string `json:"carrier"`
	Call     string `json:"call"`
	Ending   string `json:"ending"`
	Greeting *spoken
	Turns    []struct {
		Caller struct {
			Say   string `json:"say"`
			Start int    `json:"start_ms"`
			End   int    `json:"end_ms"`
		} `json:"caller"`
		Agent    *spoken `json:"agent"`
		Response int     `json:"response_ms"`
		BargeIn  *int    `json:"barge_in_ms"`
		Stale    *int    `json:"stale_ms"`
	} `json:"turns"`
	Media struct {
		Received      int `json:"received_frames"`
		GapMax        int `json:"gap_ms_max"`
		Clears        int `json:"clears"`
		MarksSent     int `json:"marks_sent"`
		MarksReturned int `json:"marks_returned"`
	} `json:"media"`
	Transcript []struct{ Role, Text, Heard string } `json:"transcript"`
	Quality    string                               `json:"quality"`
	Errors     []string                             `json:"errors"`
	Reported   int                                  `json:"reported"`
	Streams    []struct {
		Resumed *int   `json:"resumed_ms"`
		End     string `json:"end"`
	} `json:"streams"`
}

type spoken struct {
	Start       int  `json:"start_ms"`
	End         int  `json:"end_ms"`
	Interrupted bool `json:"interrupted"`
}

// call makes a call to a server and returns its report.
func call(t *testing.T, args ...string) report {
	t.Helper()
	out, complaint, code := talkpath(t, append([]string{"call", "--json"}, args...)...)
	var r report
	if err := json.Unmarshal([]byte(out), &r); err != nil || code != 0 {
		t.Fatalf("call %v: exit %d, %v\n%s\n%s", args, code, err, out, complaint)
	}
	return r
}

func decode(t *testing.T, text string, v any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), v); err != nil {
		t.Fatal(err)
	}
}
