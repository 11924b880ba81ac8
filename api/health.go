package api

import (
	"io"
	"net/http"
)

// healthy answers that the process runs.
func (s *Server) healthy(w http.ResponseWriter, _ *http.Request) {
	answer(w, map[string]string{"status": "ok"})
}

// ready answers whether another call can be taken.
func (s *Server) ready(w http.ResponseWriter, _ *http.Request) {
	if err := s.cfg.Board.Ready(); err != nil {
		busy(w, err, fullAgain)
		return
	}
	answer(w, map[string]string{"status": "ready"})
}

// welcome tells a person who opens the server in a browser what it is.
func (s *Server) welcome(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, `talkpath: a voice agent on a phone line

  POST or GET /telephony/{carrier}/answer   what a carrier asks when a call comes in
  POST or GET /telephony/{carrier}/status   what a carrier tells of a call
  POST or GET /telephony/{carrier}/recover  what a carrier asks when a stream has ended
  GET /media/{carrier}/{ticket}             the media socket that the answer names
  GET /v1/calls                             the calls, live and ended
  GET /v1/calls/{id}                        one call: transcript, turns, ending
  GET /healthz, /readyz, /metrics

Try it:  talkpath call --carrier twilio --say "i would like to book an appointment"
`)
}

// unknown answers for paths that don't exist.
func (s *Server) unknown(w http.ResponseWriter, _ *http.Request) {
	refuse(w, http.StatusNotFound, "no such path; GET / lists them")
}
