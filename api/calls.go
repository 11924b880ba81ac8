package api

import (
	"fmt"
	"net/http"
	"strconv"

	"github.com/talkpath/talkpath/ledger"
)

// maxList is the most calls in one list.
const maxList = 1000

// findCall answers with the record of one call.
func (s *Server) findCall(w http.ResponseWriter, r *http.Request) {
	record, ok := s.cfg.Ledger.Find(r.PathValue("id"))
	if !ok {
		refuse(w, http.StatusNotFound, "no call with this id; GET /v1/calls lists those that are known")
		return
	}
	answer(w, record)
}

// listCalls answers with the records that the query asks for.
func (s *Server) listCalls(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	filter := ledger.Filter{
		Carrier: q.Get("carrier"), CarrierCallID: q.Get("carrier_call_id"),
		Status: q.Get("status"), Limit: 100,
	}
	if text := q.Get("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > maxList {
			refuse(w, http.StatusUnprocessableEntity, fmt.Sprintf("limit must be a number from 1 to %d", maxList))
			return
		}
		filter.Limit = n
	}
	answer(w, struct {
		Calls []ledger.Record `json:"calls"`
	}{s.cfg.Ledger.List(filter)})
}
