package api

import (
	"net"
	"net/http"
)

// Admin says who reaches the calls' records and the metrics where carriers
// reach the webhooks. Handler Admin serves them to whoever reaches it.
type Admin uint8

// The ways.
const (
	AdminHere      Admin = iota // clients on this host that no proxy forwards
	AdminElsewhere              // nobody
)

// admin serves a path to those who may see it.
func (s *Server) admin(path string, h http.HandlerFunc, methods ...string) {
	handle(s.office, path, h, methods...)
	handle(s.mux, path, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case s.cfg.Admin == AdminElsewhere:
			s.unknown(w, r)
		case !isHere(r):
			refuse(w, http.StatusForbidden, "this path is for clients on the server's own host; server.admin_listen gives it an address")
		default:
			h(w, r)
		}
	}, methods...)
}

// Admin returns the handler of a listener for the calls' records, the metrics
// and the health, which serves them to everybody.
func (s *Server) Admin() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		s.office.ServeHTTP(w, r)
	})
}

// isHere reports whether a request comes from this host and for a name of it,
// and from no proxy, behind which a stranger may stand.
func isHere(r *http.Request) bool {
	for _, name := range []string{"Forwarded", "X-Forwarded-For", "X-Real-Ip", "Via"} {
		if r.Header.Get(name) != "" {
			return false
		}
	}
	host, _, err := net.SplitHostPort(r.Host)
	if err != nil {
		host = r.Host
	}
	return readAddr(r.RemoteAddr).IsLoopback() && (host == "localhost" || readAddr(host).IsLoopback())
}
