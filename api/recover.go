package api

import (
	"errors"
	"net/http"

	"github.com/talkpath/talkpath/telephony"
)

// recoverCall answers a carrier that asks how a call goes on whose stream has
// ended: over another stream, or without us.
func (s *Server) recoverCall(w http.ResponseWriter, r *http.Request, c *carrier, p proof) {
	if c.Recovery == nil {
		refuse(w, http.StatusNotFound, "this carrier doesn't ask how a call goes on")
		return
	}
	lost, err := c.Recovery.ReadLost(r)
	if err != nil {
		refuseBody(w, err)
		return
	}
	switch {
	case !lost.Asks:
		if !p.replayed {
			s.report(c, lost)
		}
		acknowledge(w)
	case c.Quirks.RecoversByCall:
		s.recoverByCall(w, r, c, lost)
	default:
		s.recoverByKey(w, r, c, lost)
	}
}

// recoverByKey answers for the call whose document planted the path's key.
func (s *Server) recoverByKey(w http.ResponseWriter, r *http.Request, c *carrier, lost telephony.Lost) {
	key := r.PathValue("key")
	call, doc, again, err := s.passages.asked(c.Name(), key)
	switch {
	case errors.Is(err, errCallLeft):
		s.leave(w, c)
		return
	case err == nil && c.Quirks.SameCallID && lost.CallID != "" && lost.CallID != call.CallID:
		err = errKeyUnknown // the key is another call's
	}
	if err != nil || again {
		s.writeAnswer(w, r, c, doc, err)
		return
	}
	if call.CallID != "" {
		lost.CallID = call.CallID // that of the announcement
	}
	s.report(c, lost)
	if !s.goesOn(call, lost) {
		s.passages.drop(key)
		s.leave(w, c)
		return
	}
	doc, err = s.passages.resume(c.Name(), key, func(call Call, key string) (telephony.Document, error) {
		return c.Recovery.Resume(s.stream(r, c, call, key))
	})
	if errors.Is(err, errCallLeft) {
		s.leave(w, c)
		return
	}
	s.writeAnswer(w, r, c, doc, err)
}

// recoverByCall answers for a call that the carrier names. It announces the
// call anew when it is to go on.
func (s *Server) recoverByCall(w http.ResponseWriter, r *http.Request, c *carrier, lost telephony.Lost) {
	k := callKey{c.Name(), lost.CallID}
	call, again, err := s.passages.find(k)
	if err == nil && !again {
		s.report(c, lost)
		if !s.goesOn(call, lost) {
			err = errCallLeft
		} else {
			err = s.passages.expect(k)
		}
	}
	if err != nil {
		s.leave(w, c)
		return
	}
	doc, err := c.Recovery.Resume(telephony.Stream{})
	s.writeAnswer(w, r, c, doc, err)
}

// goesOn reports whether a call gets another stream: one that never had any, or
// one that the board still has. The board is told of the loss in any case.
func (s *Server) goesOn(call Call, lost telephony.Lost) bool {
	return (s.cfg.Board.Resumes(call.ID, lost) || !call.opened) && !lost.Done
}

// leave answers that a call goes on without us.
func (s *Server) leave(w http.ResponseWriter, c *carrier) {
	doc, err := c.Recovery.Leave()
	s.writeDocument(w, c, doc, err)
}

// report reports what a carrier tells when it asks how a call goes on, where
// it tells of a fault or of the call's end.
func (s *Server) report(c *carrier, lost telephony.Lost) {
	told := telephony.Status{
		CallID: lost.CallID, StreamID: lost.StreamID, Event: "recover",
		Ending: lost.Ending, Fault: lost.Fault,
	}
	if lost.Ending != telephony.EndingNone {
		told.State = telephony.StateEnded
	}
	if told.CallID != "" && (told.Ending != telephony.EndingNone || told.Fault != "") {
		s.cfg.Board.Report(c.Name(), told)
	}
}
