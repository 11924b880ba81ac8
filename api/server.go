// Package api is the HTTP side of the server: the carriers' webhooks, the
// media sockets' handshake, the calls' records and the health of it all.
package api

import (
	"net/http"
	"net/netip"
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

// CarrierConfig is one carrier and what was configured for it.
type CarrierConfig struct {
	telephony.Carrier
	// Rate is the sample rate asked of carriers that let us choose; zero for
	// their default.
	Rate int
	// StreamKey opens media sockets without a ticket, for carriers that are
	// given one fixed URL; empty for none.
	StreamKey string
	// Guard tells the carrier's requests from those of strangers; where nil,
	// everybody's are taken.
	Guard telephony.Guard
	// Login is what the carrier is asked to log in with at its media sockets;
	// nil for nothing.
	Login *url.Userinfo
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
	// TrustedProxies are the networks whose X-Forwarded-For tells a carrier's
	// address.
	TrustedProxies []netip.Prefix
	// Admin says who sees the calls' records and the metrics.
	Admin Admin
	// Now tells the time; time.Now where nil.
	Now func() time.Time
}

// Server answers HTTP. Its handlers may run together.
type Server struct {
	cfg      Config
	carriers map[string]*carrier
	passages *passages
	count    counters
	mux      *http.ServeMux
	office   *http.ServeMux // of the listener for records and metrics

	gate  sync.Mutex // held while a call begins, and while all are waited for
	calls sync.WaitGroup
}

// New returns a Server.
func New(cfg Config) *Server {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	s := &Server{
		cfg: cfg, carriers: map[string]*carrier{},
		passages: newPassages(cfg.Now), mux: http.NewServeMux(), office: http.NewServeMux(),
	}
	for _, c := range cfg.Carriers {
		s.carriers[c.Name()] = newCarrier(c)
	}
	for hook, h := range map[string]http.HandlerFunc{
		"answer": s.webhook(s.answerCall), "status": s.webhook(s.takeStatus), "recover": s.webhook(s.recoverCall),
	} {
		// The last segment is a secret, where that is all that a carrier can
		// prove itself with, or the key that a recovery was planted with.
		handle(s.mux, "/telephony/{carrier}/"+hook, h, http.MethodGet, http.MethodPost)
		handle(s.mux, "/telephony/{carrier}/"+hook+"/{key}", h, http.MethodGet, http.MethodPost)
	}
	handle(s.mux, "/media/{carrier}/{ticket}", s.openMedia, http.MethodGet)
	s.admin("/v1/calls", s.listCalls, http.MethodGet)
	s.admin("/v1/calls/{id}", s.findCall, http.MethodGet)
	s.admin("/metrics", cfg.Metrics.ServeHTTP, http.MethodGet)
	for _, mux := range []*http.ServeMux{s.mux, s.office} {
		handle(mux, "/healthz", s.healthy, http.MethodGet)
		handle(mux, "/readyz", s.ready, http.MethodGet)
		handle(mux, "/{$}", s.welcome, http.MethodGet)
		mux.HandleFunc("/", s.unknown)
	}
	return s
}

// handle serves a path for some methods, and says so to the others.
func handle(mux *http.ServeMux, path string, h http.HandlerFunc, methods ...string) {
	allow := strings.Join(methods, ", ")
	mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
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
	// No target has a fragment (RFC 9112 section 3.2), while signatures cover
	// a URL up to one: what stands behind it would be nobody's word.
	if strings.ContainsRune(r.RequestURI, '#') {
		refuse(w, http.StatusBadRequest, "the request's target has a fragment: leave it out")
		return
	}
	s.mux.ServeHTTP(w, r)
}

// Wait returns when the calls of all sockets that were opened have ended.
// Handshakes under way meanwhile wait for it.
func (s *Server) Wait() {
	s.gate.Lock()
	defer s.gate.Unlock()
	s.calls.Wait()
}
