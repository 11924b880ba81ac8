package api

import (
	"crypto/subtle"
	"net/http"

	"github.com/talkpath/talkpath/telephony/wsconn"
)

// openMedia opens a carrier's media socket. Whoever has no ticket is refused
// before any work. A carrier that opens a broken socket again may use its
// ticket again, where it proves that by a signature that nobody has seen yet.
func (s *Server) openMedia(w http.ResponseWriter, r *http.Request) {
	c, ok := s.carrier(w, r)
	if !ok {
		return
	}
	if !wsconn.IsUpgrade(r) { // a ticket is for a socket; a page that asks must not use it up
		refuse(w, http.StatusUpgradeRequired, "this is a media socket: open it as a WebSocket")
		return
	}
	ticket := r.PathValue("ticket")
	fixed, joins := c.opensWith(ticket), false
	if !fixed {
		var err error
		if joins, err = s.passages.look(c.Name(), ticket, c.Quirks.Redials && c.Guard != nil); err != nil {
			s.refuseTicket(w, r, c, err)
			return
		}
	}
	p, refused := s.proveSocket(w, r, c)
	if refused {
		return
	}
	fresh := s.passages.prove(ticket, p.Once) && !p.replayed
	release := func() {}
	if !joins {
		var err error
		if release, err = s.cfg.Board.Reserve(); err != nil {
			busy(w, err, fullAgain) // and the ticket stays good
			return
		}
	}
	call, here, err := s.enter(c, ticket, fixed, c.Quirks.Redials && fresh)
	if err != nil {
		release()
		s.refuseTicket(w, r, c, err)
		return
	}
	s.serve(w, r, call, here, release)
}

// serve opens the socket of a call and lets it be carried. release gives the
// call's place back.
func (s *Server) serve(w http.ResponseWriter, r *http.Request, call Call, here visit, release func()) {
	conn, err := wsconn.Upgrade(w, r, wsconn.Config{Poller: s.cfg.Poller})
	if err != nil {
		here.giveBack()
		release()
		s.cfg.Log.Warn().Err(err).Str("carrier", call.Carrier.Name()).Str("call", call.ID).Msg("upgrade failed")
		return
	}
	call.Query = r.URL.Query()
	// The call goes on in a goroutine of its own, since net/http holds on to
	// its buffers until the handler returns.
	s.gate.Lock()
	defer s.gate.Unlock()
	s.calls.Go(func() {
		defer release()
		began := true // a board that breaks is no reason to begin anew
		defer func() { here.leave(began) }()
		began = s.cfg.Board.Serve(call, conn)
	})
}

// opensWith reports whether ticket is the carrier's fixed key.
func (c *carrier) opensWith(ticket string) bool {
	return c.StreamKey != "" && subtle.ConstantTimeCompare([]byte(c.StreamKey), []byte(ticket)) == 1
}

// enter returns the call that a ticket, or the carrier's fixed key, opens.
// redials says whether the ticket may have been used.
func (s *Server) enter(c *carrier, ticket string, fixed, redials bool) (Call, visit, error) {
	if !fixed {
		return s.passages.claim(c.Name(), ticket, redials)
	}
	id, err := newTicket()
	if err != nil {
		return Call{}, visit{}, err
	}
	return Call{ID: id, Carrier: c.Carrier, Agent: s.cfg.Agents[0]}, visit{}, nil
}

// refuseTicket refuses a media socket for its ticket.
func (s *Server) refuseTicket(w http.ResponseWriter, r *http.Request, c *carrier, err error) {
	s.count.tickets.add("", whyTicket(err))
	s.warn(r, c, "media socket refused", err.Error())
	refuse(w, http.StatusForbidden, err.Error()+"; ask the answer URL for a fresh one")
}
