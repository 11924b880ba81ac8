package api

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/talkpath/talkpath/telephony"
)

const (
	// fullAgain is after how long a carrier is asked to try a full server
	// again.
	fullAgain = 10 * time.Second
	// maxCallID is the longest call id that is taken, in bytes, and maxNumber
	// what is kept of a number: Telnyx's ids have about 60, and numbers may be
	// SIP addresses.
	maxCallID, maxNumber = 128, 256
)

// errCallID reports a call id that no carrier gives.
var errCallID = errors.New("the call's id is too long")

// answerCall answers a carrier that asks what to do with a call: stream it to
// us, with a ticket. A call that is announced again gets the same document
// while its ticket is unused, and none afterwards, unless it is to be taken up
// again.
func (s *Server) answerCall(w http.ResponseWriter, r *http.Request, c *carrier, p proof) {
	asked, ok := s.wish(w, r, c)
	if !ok {
		return
	}
	incoming, err := c.Webhook.ReadCall(r)
	if err == nil && len(incoming.CallID) > maxCallID {
		err = errCallID
	}
	if errors.Is(err, telephony.ErrCallOver) { // some carriers tell the end of a call at the same URL
		s.takeOver(r, c, p)
		acknowledge(w)
		return
	}
	call := Call{
		Carrier: c.Carrier, Agent: asked.agent,
		CallID: strings.Clone(incoming.CallID), From: number(incoming.From), To: number(incoming.To),
		Recoverable: c.recovers(asked, incoming), wish: asked,
	}
	compose := func(call Call, key string) (telephony.Document, error) {
		return c.Webhook.Answer(s.stream(r, c, call, key))
	}
	if err == nil {
		doc, known := s.passages.again(call, compose)
		if !errors.Is(known, errCallUnknown) {
			s.writeAnswer(w, r, c, doc, known)
			return
		}
	}
	if full := s.cfg.Board.Ready(); full != nil {
		if !p.replayed {
			c.once.forget(p.Once) // the carrier may send the very same again
		}
		busy(w, full, fullAgain)
		return
	}
	if err != nil {
		refuseBody(w, err)
		return
	}
	if p.replayed { // of a call without an id, or of what was sent to another webhook
		s.writeAnswer(w, r, c, telephony.Document{}, errCallAnswered)
		return
	}
	if call.ID, err = newTicket(); err != nil {
		refuse(w, http.StatusInternalServerError, "no randomness for a call id")
		return
	}
	doc, err := s.passages.issue(call, compose)
	s.writeAnswer(w, r, c, doc, err)
}

// number returns what is kept of a number: a copy, since the text may be a part
// of a whole request.
func number(text string) string {
	return strings.Clone(strings.ToValidUTF8(text[:min(len(text), maxNumber)], ""))
}

// takeOver reports a call's end that came to the answer URL.
func (s *Server) takeOver(r *http.Request, c *carrier, p proof) {
	if p.replayed {
		return
	}
	if told, err := c.Webhook.ReadStatus(r); err == nil {
		s.cfg.Board.Report(c.Name(), told)
	}
}

// recovers reports whether the carrier asks us when a call's stream is lost.
func (c *carrier) recovers(asked wish, incoming telephony.Incoming) bool {
	return c.Recovery != nil && asked.listen == telephony.ListenNone &&
		(!c.Quirks.RecoversByCall || incoming.CallID != "")
}

// writeAnswer answers a webhook with a call's document, or refuses for err.
func (s *Server) writeAnswer(w http.ResponseWriter, r *http.Request, c *carrier, doc telephony.Document, err error) {
	switch {
	case errors.Is(err, errCallAnswered), errors.Is(err, errKeyUsed), errors.Is(err, errKeyUnknown):
		why := "answered"
		if !errors.Is(err, errCallAnswered) {
			why = "key"
		}
		s.count.refused.add(c.Name(), why)
		s.warn(r, c, "webhook refused", err.Error())
		refuse(w, http.StatusForbidden, err.Error())
	case errors.Is(err, errPassagesFull):
		busy(w, err, TicketLife)
	default:
		s.writeDocument(w, c, doc, err)
	}
}
