package api

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/talkpath/talkpath/telephony"
)

// maxWebhook is the largest body of a carrier's request.
const maxWebhook = 64 << 10

// webhook returns the handler of a carrier's request, which reaches handle
// when it is proven to be the carrier's. Its body is then in memory.
func (s *Server) webhook(handle func(http.ResponseWriter, *http.Request, *carrier, proof)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c, ok := s.carrier(w, r)
		if !ok {
			return
		}
		body, err := readBody(w, r)
		if err != nil {
			refuseBody(w, err)
			return
		}
		p, refused := s.proveWebhook(w, r, c, body)
		if refused {
			return
		}
		handle(w, r, c, p)
	}
}

// readBody reads a carrier's request, at most maxWebhook bytes, as sent: what
// is compressed stays so.
func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if r.ContentLength > maxWebhook {
		return nil, &http.MaxBytesError{Limit: maxWebhook}
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxWebhook))
	if err != nil {
		return nil, err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	return body, nil
}

// refuseBody refuses a carrier's request that can't be read.
func refuseBody(w http.ResponseWriter, err error) {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		w.Header().Set("Connection", "close") // rather than read the rest
		refuse(w, http.StatusRequestEntityTooLarge, "the body is larger than 64 KiB")
		return
	}
	refuse(w, http.StatusBadRequest, err.Error())
}

// carrier returns the carrier that the path names, or refuses.
func (s *Server) carrier(w http.ResponseWriter, r *http.Request) (*carrier, bool) {
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

// acknowledge answers a request that needs no answer.
func acknowledge(w http.ResponseWriter) { w.WriteHeader(http.StatusOK) }

// writeDocument answers with a carrier's document.
func (s *Server) writeDocument(w http.ResponseWriter, c *carrier, doc telephony.Document, err error) {
	if errors.Is(err, telephony.ErrNoNext) {
		refuse(w, http.StatusUnprocessableEntity, "listen needs next: the URL of the document that the call goes on with")
		return
	}
	if err != nil {
		s.cfg.Log.Error().Err(err).Str("carrier", c.Name()).Msg("answer document")
		refuse(w, http.StatusInternalServerError, "the answer document could not be written")
		return
	}
	if doc.ContentType != "" {
		w.Header().Set("Content-Type", doc.ContentType)
	}
	w.Header().Set("Cache-Control", "no-store")
	if doc.Status != 0 {
		w.WriteHeader(doc.Status)
	}
	_, _ = w.Write(doc.Body)
}
