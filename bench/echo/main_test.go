package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/gorilla/websocket"
)

func TestEchoSaysWhereItListensEchoesAndReportsItsCPU(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	read, write := io.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, "127.0.0.1:0", write) }()
	line, err := bufio.NewReader(read).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	address := strings.TrimSpace(line)

	conn, resp, err := websocket.DefaultDialer.DialContext(t.Context(), "ws://"+address+"/media/any", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	for kind, data := range map[int]string{websocket.TextMessage: `{"event":"media"}`, websocket.BinaryMessage: "\x00\xff"} {
		if err = conn.WriteMessage(kind, []byte(data)); err != nil {
			t.Fatal(err)
		}
		if gotKind, got, err := conn.ReadMessage(); err != nil || gotKind != kind || string(got) != data {
			t.Errorf("got %d %q %v, want %d %q", gotKind, got, err, kind, data)
		}
	}
	_ = conn.Close()

	if metrics := get(t, "http://"+address+"/metrics"); !strings.Contains(metrics, "process_cpu_seconds_total") ||
		!strings.Contains(metrics, "go_goroutines") {
		t.Errorf("metrics lack the process or the runtime:\n%s", metrics)
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("run ended with %v", err)
	}
}

func get(t *testing.T, url string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}
