package api

import "net/http"

// takeStatus takes what a carrier tells of a call. What was told before has no
// effect and is no fault.
func (s *Server) takeStatus(w http.ResponseWriter, r *http.Request, c *carrier, p proof) {
	if p.replayed {
		acknowledge(w)
		return
	}
	told, err := c.Webhook.ReadStatus(r)
	if err != nil {
		refuseBody(w, err)
		return
	}
	s.cfg.Board.Report(c.Name(), told)
	acknowledge(w)
}
