package api

import (
	"net/http"

	"github.com/talkpath/talkpath/telephony"
)

// takeStatus takes what a carrier tells of a call. What was told before has no
// effect and is no fault.
func (s *Server) takeStatus(w http.ResponseWriter, r *http.Request, c *carrier, p proof) {
	reader, ok := c.Webhook.(telephony.StatusReader)
	if !ok {
		refuse(w, http.StatusNotFound, "this carrier reports nothing that is read here")
		return
	}
	if p.replayed {
		acknowledge(w)
		return
	}
	told, err := reader.ReadStatus(r)
	if err != nil {
		refuseBody(w, err)
		return
	}
	s.cfg.Board.Report(c.Name(), told)
	acknowledge(w)
}
