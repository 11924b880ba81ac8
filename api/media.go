package api

import (
	"crypto/subtle"
	"net/http"
	"time"

	"github.com/talkpath/talkpath/telephony/wsconn"
)

// openMedia opens a carrier's media socket. Whoever has no ticket is refused
// before any work.
func (s *Server) openMedia(w http.ResponseWriter, r *http.Request) {
	carrier, ok := s.carrier(w, r)
	if !ok {
		return
	}
	if !wsconn.IsUpgrade(r) { // a ticket is for a socket; a page that asks must not use it up
		refuse(w, http.StatusUpgradeRequired, "this is a media socket: open it as a WebSocket")
		return
	}
	release, err := s.cfg.Board.Reserve()
	if err != nil {
		busy(w, err, 10*time.Second) // and the ticket stays good
		return
	}
	call, err := s.enter(carrier, r.PathValue("ticket"))
	if err != nil {
		release()
		s.cfg.Log.Warn().Str("carrier", carrier.Name()).Str("why", err.Error()).Msg("media socket refused")
		refuse(w, http.StatusForbidden, err.Error()+"; ask the answer URL for a fresh one")
		return
	}
	conn, err := wsconn.Upgrade(w, r, wsconn.Config{Poller: s.cfg.Poller})
	if err != nil {
		release()
		s.cfg.Log.Warn().Err(err).Str("carrier", carrier.Name()).Str("call", call.ID).Msg("upgrade failed")
		return
	}
	call.Query = r.URL.Query()
	// The call goes on in a goroutine of its own, since net/http holds on to
	// its buffers until the handler returns.
	s.gate.Lock()
	defer s.gate.Unlock()
	s.calls.Go(func() {
		defer release()
		s.cfg.Board.Serve(call, conn)
	})
}

// enter returns the call that a ticket, or the carrier's fixed key, opens.
func (s *Server) enter(carrier CarrierConfig, ticket string) (Call, error) {
	key := carrier.StreamKey
	if key == "" || subtle.ConstantTimeCompare([]byte(key), []byte(ticket)) != 1 {
		return s.tickets.claim(carrier.Name(), ticket)
	}
	id, err := newTicket()
	if err != nil {
		return Call{}, err
	}
	return Call{ID: id, Carrier: carrier.Carrier, Agent: s.cfg.Agents[0]}, nil
}
