package sim_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/talkpath/talkpath/codec"
	"github.com/talkpath/talkpath/codec/g711"
	"github.com/talkpath/talkpath/codec/l16"
	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/exotel"
	"github.com/talkpath/talkpath/telephony/sim"
	"github.com/talkpath/talkpath/telephony/twilio"
	"github.com/talkpath/talkpath/telephony/wsconn/wsconntest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// server is a talking server in memory: it answers announcements and runs a
// script for each media socket.
type server struct {
	t       testing.TB
	carrier telephony.Carrier
	rate    int
	script  func(*agent)
	web     map[string]func(*http.Request) (telephony.Document, error) // by path; the answer's is built in

	mu     sync.Mutex
	agents []*agent
	wg     sync.WaitGroup
	gate   sync.Mutex // held while an agent begins, and while all are waited for
}

// agent is the server's end of one call.
type agent struct {
	t     testing.TB
	n     int // how many sockets came before
	conn  telephony.Conn
	wire  telephony.Wire
	codec codec.Codec
	chunk telephony.Chunk

	mu     sync.Mutex
	begun  time.Time // when Started came
	events []seen
	wrong  []error
	ended  error
	up     chan struct{} // closed with Started
	gone   chan struct{} // closed when the socket has ended
	format media.Format
	heard  []int16
}

// seen is an event and when it came, since the stream's start.
type seen struct {
	telephony.Event
	when time.Duration
}

func codecs() codec.Set {
	return codec.Set{Codecs: map[media.Encoding]func(int) (codec.Codec, error){
		media.PCMU: g711.NewMuLaw,
		media.L16:  l16.New,
	}}
}

// config returns a simulator of carrier whose calls reach s.
func (s *server) config() sim.Config {
	return sim.Config{
		Carrier: s.carrier,
		Codecs:  codecs(),
		HTTP:    &http.Client{Transport: s},
		Dial:    s.dial,
	}
}

// RoundTrip is the server's webhook.
func (s *server) RoundTrip(r *http.Request) (*http.Response, error) {
	if page := s.web[r.URL.Path]; page != nil {
		doc, err := page(r)
		if err != nil {
			return nil, err
		}
		return response(doc), nil
	}
	call, err := s.carrier.Webhook.ReadCall(r)
	if err != nil {
		return nil, err
	}
	if r.URL.Path != "/answer" {
		return &http.Response{StatusCode: http.StatusNotFound, Status: "404 Not Found", Body: http.NoBody}, nil
	}
	doc, err := s.carrier.Webhook.Answer(telephony.Stream{
		URL: "wss://agent.example/media", Rate: s.rate, Params: map[string]string{"ticket": "t-" + call.CallID},
	})
	if err != nil {
		return nil, err
	}
	return response(doc), nil
}

// response is doc as it is sent.
func response(doc telephony.Document) *http.Response {
	if doc.Status == 0 {
		doc.Status = http.StatusOK
	}
	return &http.Response{
		StatusCode: doc.Status, Status: strconv.Itoa(doc.Status) + " " + http.StatusText(doc.Status),
		Header: http.Header{"Content-Type": {doc.ContentType}}, Body: io.NopCloser(bytes.NewReader(doc.Body)),
	}
}

func (s *server) dial(_ context.Context, to string, _ http.Header) (telephony.Conn, error) {
	u, err := url.Parse(to)
	if err != nil || u.Host != "agent.example" {
		return nil, errors.New("no such server: " + to)
	}
	theirs, ours := wsconntest.Pair()
	s.serve(ours, u.Query())
	return theirs, nil
}

// serve starts an agent on a socket.
func (s *server) serve(conn telephony.Conn, query url.Values) {
	a := &agent{
		t: s.t, conn: conn, wire: s.carrier.NewWire(query), chunk: s.carrier.Quirks.Chunk,
		up: make(chan struct{}), gone: make(chan struct{}),
	}
	s.mu.Lock()
	a.n = len(s.agents)
	s.agents = append(s.agents, a)
	s.mu.Unlock()
	s.wg.Go(a.read)
	s.wg.Go(func() {
		select {
		case <-a.up:
			s.script(a)
		case <-a.gone:
		}
	})
}

func (a *agent) read() {
	defer close(a.gone)
	for {
		msg, err := a.conn.Read()
		a.mu.Lock()
		if err != nil {
			a.ended = err
			a.mu.Unlock()
			return
		}
		a.take(msg)
		a.mu.Unlock()
	}
}

func (a *agent) take(msg telephony.Message) {
	ev, err := a.wire.Decode(msg)
	if err != nil {
		a.wrong = append(a.wrong, err)
		return
	}
	if ev.Kind == telephony.Started && a.begun.IsZero() {
		a.begun, a.format = time.Now(), ev.Start.Format
		a.codec, err = codecs().New(a.format)
		if err != nil {
			a.t.Error(err)
		}
		close(a.up)
	}
	var when time.Duration
	if !a.begun.IsZero() {
		when = time.Since(a.begun)
	}
	if ev.Kind == telephony.Audio {
		a.heard, err = a.codec.Decode(a.heard, ev.Frame.Payload)
		if err != nil {
			a.t.Error(err)
		}
		ev.Frame.Payload = slices.Clone(ev.Frame.Payload)
	}
	a.events = append(a.events, seen{ev, when})
}

// of returns the events of one kind.
func (a *agent) of(kind telephony.Kind) []seen {
	a.mu.Lock()
	defer a.mu.Unlock()
	var found []seen
	for _, ev := range a.events {
		if ev.Kind == kind {
			found = append(found, ev)
		}
	}
	return found
}

// at waits until d after the stream's start, and says whether the call is
// still up.
func (a *agent) at(d time.Duration) bool {
	timer := time.NewTimer(d - time.Since(a.begun))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-a.gone:
		return false
	}
}

// waitFor waits until n events of a kind have come.
func (a *agent) waitFor(kind telephony.Kind, n int) bool {
	for d := time.Since(a.begun); len(a.of(kind)) < n; d += 5 * time.Millisecond {
		if !a.at(d) {
			return false
		}
	}
	return true
}

func (a *agent) send(ev telephony.Event) {
	msg, err := a.wire.Encode(nil, ev)
	if err != nil {
		a.t.Error(err)
		return
	}
	_ = a.conn.Write(msg)
}

// play sends pcm at once, in messages of 20 ms or the carrier's least.
func (a *agent) play(pcm []int16) {
	payload := a.codec.Encode(nil, pcm)
	size := max(a.format.Bytes(20*time.Millisecond), a.chunk.Min)
	for len(payload) > 0 {
		n := min(size, len(payload))
		if n < size && a.chunk.Min > 0 {
			payload = append(payload, make([]byte, size-n)...)
			n = size
		}
		a.raw(payload[:n])
		payload = payload[n:]
	}
}

// raw sends one message of sound of whatever size.
func (a *agent) raw(payload []byte) {
	a.send(telephony.Event{Kind: telephony.Audio, Frame: media.Frame{Format: a.format, Payload: payload}})
}

func (a *agent) mark(name string) { a.send(telephony.Event{Kind: telephony.Mark, Mark: name}) }
func (a *agent) clear()           { a.send(telephony.Event{Kind: telephony.Clear}) }
func (a *agent) hangUp()          { _ = a.conn.Close(telephony.CloseNormal, "bye") }

// square returns d of a square wave: every sample of it is voiced.
func square(d time.Duration, rate int) []int16 {
	pcm := make([]int16, media.PCMSamples(d, rate))
	for i := range pcm {
		pcm[i] = 8000
		if i/8%2 == 1 {
			pcm[i] = -8000
		}
	}
	return pcm
}

// speech returns a square wave between two silences.
func speech(before, voiced, after time.Duration) func(context.Context, int) ([]int16, error) {
	return func(_ context.Context, rate int) ([]int16, error) {
		pcm := make([]int16, media.PCMSamples(before, rate))
		pcm = append(pcm, square(voiced, rate)...)
		return append(pcm, make([]int16, media.PCMSamples(after, rate))...), nil
	}
}

// called is what both sides saw of one call.
type called struct {
	*sim.Report
	agent *agent
}

// place runs one call in virtual time and then judges it.
func place(t *testing.T, s *server, plan sim.Plan, judge func(called)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s.t = t
		report, err := sim.Place(t.Context(), s.config(), sim.Target{AnswerURL: "https://agent.example/answer"}, plan)
		if err != nil {
			t.Fatal(err)
		}
		s.wg.Wait()
		judge(called{report, s.agents[0]})
	})
}

func onTwilio(script func(*agent)) *server {
	return &server{carrier: twilio.Carrier(), script: script}
}

func onExotel(rate int, script func(*agent)) *server {
	return &server{carrier: exotel.Carrier(exotel.Config{}), rate: rate, script: script}
}

const ms = time.Millisecond

func millis(d time.Duration) *sim.Millis {
	m := sim.Millis(d)
	return &m
}
