package api

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/talkpath/talkpath/telephony"
)

// maxWebhook is the largest body of a carrier's request.
const maxWebhook = 64 << 10

// answerCall answers a carrier that asks what to do with a call: stream it to
// us, with a ticket.
func (s *Server) answerCall(w http.ResponseWriter, r *http.Request) {
	carrier, ok := s.carrier(w, r)
	if !ok {
		return
	}
	if err := s.cfg.Board.Ready(); err != nil {
		busy(w, err, 10*time.Second)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxWebhook)
	agent, ok := s.agent(w, r)
	if !ok {
		return
	}
	rate, ok := s.rate(w, r, carrier)
	if !ok {
		return
	}
	incoming, err := carrier.Webhook.ReadCall(r)
	if errors.Is(err, telephony.ErrCallOver) {
		w.WriteHeader(http.StatusOK) // some carriers tell the end of a call at the same URL
		return
	}
	if err != nil {
		refuseBody(w, err)
		return
	}
	id, err := newTicket()
	if err != nil {
		refuse(w, http.StatusInternalServerError, "no randomness for a call id")
		return
	}
	call := Call{
		ID: id, Carrier: carrier.Carrier, Agent: agent,
		CallID: incoming.CallID, From: incoming.From, To: incoming.To,
	}
	ticket, err := s.tickets.issue(&call)
	if err != nil {
		busy(w, err, TicketLife)
		return
	}
	params := map[string]string{telephony.TicketParam: ticket}
	if carrier.Quirks.Anonymous && incoming.CallID != "" {
		params[telephony.CallParam] = incoming.CallID
	}
	doc, err := carrier.Webhook.Answer(telephony.Stream{
		URL:    s.mediaURL(r, carrier.Name(), ticket),
		Params: params,
		Rate:   rate,
	})
	if err != nil {
		s.cfg.Log.Error().Err(err).Str("carrier", carrier.Name()).Msg("answer document")
		refuse(w, http.StatusInternalServerError, "the answer document could not be written")
		return
	}
	w.Header().Set("Content-Type", doc.ContentType)
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(doc.Body)
}

// carrier returns the carrier that the path names, or refuses.
func (s *Server) carrier(w http.ResponseWriter, r *http.Request) (CarrierConfig, bool) {
	c, ok := s.carriers[r.PathValue("carrier")]
	if !ok {
		names := make([]string, 0, len(s.carriers))
		for name := range s.carriers {
			names = append(names, name)
		}
		slices.Sort(names)
		refuse(w, http.StatusNotFound, "no such carrier here; there is "+strings.Join(names, ", "))
	}
	return c, ok
}

// agent returns who shall answer: ?agent= or the first, or refuses.
func (s *Server) agent(w http.ResponseWriter, r *http.Request) (string, bool) {
	name := r.URL.Query().Get("agent")
	if name == "" && len(s.cfg.Agents) > 0 {
		return s.cfg.Agents[0], true
	}
	if !slices.Contains(s.cfg.Agents, name) {
		refuse(w, http.StatusNotFound, "no such agent; there is "+strings.Join(s.cfg.Agents, ", "))
		return "", false
	}
	return name, true
}

// rate returns the sample rate to ask of a carrier that has a choice:
// ?sample-rate=, or what is configured. It refuses what the carrier lacks.
func (s *Server) rate(w http.ResponseWriter, r *http.Request, carrier CarrierConfig) (int, bool) {
	text := r.URL.Query().Get("sample-rate")
	if text == "" {
		return carrier.Rate, true
	}
	offered := make([]string, 0, len(carrier.Quirks.Formats))
	for _, f := range carrier.Quirks.Formats {
		rate := strconv.Itoa(f.Rate)
		if rate == text {
			return f.Rate, true
		}
		offered = append(offered, rate)
	}
	refuse(w, http.StatusUnprocessableEntity, "sample-rate must be one of "+strings.Join(offered, ", "))
	return 0, false
}

// refuseBody refuses a carrier's request that can't be read.
func refuseBody(w http.ResponseWriter, err error) {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		refuse(w, http.StatusRequestEntityTooLarge, "the body is larger than 64 KiB")
		return
	}
	refuse(w, http.StatusBadRequest, err.Error())
}

// mediaURL returns where the carrier shall open its socket.
func (s *Server) mediaURL(r *http.Request, carrier, ticket string) string {
	u := url.URL{Scheme: "ws", Host: r.Host}
	if r.TLS != nil {
		u.Scheme = "wss"
	}
	if public := s.cfg.PublicURL; public != nil {
		u = url.URL{Scheme: "ws", Host: public.Host, Path: strings.TrimSuffix(public.Path, "/")}
		if public.Scheme == "https" || public.Scheme == "wss" {
			u.Scheme = "wss"
		}
	}
	u.Path += "/media/" + carrier + "/" + ticket
	return u.String()
}
