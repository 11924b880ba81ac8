// Package api is the HTTP side of the server: the carriers' webhooks, the
// media sockets' handshake, the calls' records and the health of it all.
package api

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"github.com/talkpath/talkpath/ledger"
	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/wsconn"
)

// Board takes calls. Its methods may run together.
type Board interface {
	// Ready returns nil where another call can be taken, or why not.
	Ready() error
	// Reserve takes a place for a call until release is called.
	Reserve() (release func(), err error)
	// Serve carries a call over conn until it ends.
	Serve(call Call, conn telephony.Conn)
}

// Call is a call whose socket may open, or has opened.
type Call struct {
	ID       string // ours
	Carrier  telephony.Carrier
	Agent    string // who answers it
	Ticket   string // empty for a stream that opened by its key
	CallID   string // the carrier's, where its webhook told
	From, To string // as the webhook told
	Query    url.Values
}

// CarrierConfig is one carrier and what was configured for it.
type CarrierConfig struct {
	telephony.Carrier
	// Rate is the sample rate asked of carriers that let us choose; zero for
	// their default.
	Rate int
	// StreamKey opens media sockets without a ticket, for carriers that are
	// given one fixed URL; empty for none.
	StreamKey string
}

// Config is what a Server works with.
type Config struct {
	Carriers []CarrierConfig
	Board    Board
	Ledger   *ledger.Ledger
	Metrics  http.Handler
	Log      zerolog.Logger
	// Agents are the names of those who can answer; the first does where a
	// webhook names none.
	Agents []string
	// Poller reads the media sockets; nil lets each read on its own goroutine.
	Poller *wsconn.Poller
	// PublicURL is where carriers reach the server: http or https, host and
	// path. Where empty, the Host header of their requests is taken.
	PublicURL *url.URL
	// Now tells the time; time.Now where nil.
	Now func() time.Time
}

// Server answers HTTP. Its handlers may run together.
type Server struct {
	cfg      Config
	carriers map[string]CarrierConfig
	tickets  *tickets
	mux      *http.ServeMux

	gate  sync.Mutex // held while a call begins, and while all are waited for
	calls sync.WaitGroup
}

// New returns a Server.
func New(cfg Config) *Server {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	s := &Server{
		cfg: cfg, carriers: map[string]CarrierConfig{},
		tickets: newTickets(cfg.Now), mux: http.NewServeMux(),
	}
	for _, c := range cfg.Carriers {
		s.carriers[c.Name()] = c
	}
	s.handle("/telephony/{carrier}/answer", s.answerCall, http.MethodGet, http.MethodPost)
	s.handle("/media/{carrier}/{ticket}", s.openMedia, http.MethodGet)
	s.handle("/v1/calls", s.listCalls, http.MethodGet)
	s.handle("/v1/calls/{id}", s.findCall, http.MethodGet)
	s.handle("/healthz", s.healthy, http.MethodGet)
	s.handle("/readyz", s.ready, http.MethodGet)
	s.handle("/metrics", cfg.Metrics.ServeHTTP, http.MethodGet)
	s.handle("/{$}", s.welcome, http.MethodGet)
	s.mux.HandleFunc("/", s.unknown)
	return s
}

// handle serves a path for some methods, and says so to the others.
func (s *Server) handle(path string, h http.HandlerFunc, methods ...string) {
	allow := strings.Join(methods, ", ")
	s.mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
		if !slices.Contains(methods, r.Method) && (r.Method != http.MethodHead || methods[0] != http.MethodGet) {
			w.Header().Set("Allow", allow)
			refuse(w, http.StatusMethodNotAllowed, "this path takes "+allow)
			return
		}
		h(w, r)
	})
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Content-Type-Options", "nosniff")
	s.mux.ServeHTTP(w, r)
}

// Wait returns when the calls of all sockets that were opened have ended.
// Handshakes under way meanwhile wait for it.
func (s *Server) Wait() {
	s.gate.Lock()
	defer s.gate.Unlock()
	s.calls.Wait()
}
