package api

import (
	"errors"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/talkpath/talkpath/telephony"
)

const (
	// unsignedAgain is after how long a carrier that forgot to sign is asked
	// to send its request again.
	unsignedAgain = time.Second
	// refusalPause is the least time between two log lines about what was
	// refused of one carrier.
	refusalPause = time.Second
)

// errNotProven is all that whoever fails a Guard is told.
var errNotProven = errors.New("the request isn't proven to be the carrier's")

// carrier is a carrier with what is remembered of its requests.
type carrier struct {
	CarrierConfig
	once *seen

	mu     sync.Mutex
	warned time.Time // when its last log line about a refusal was written
	quiet  uint64    // refusals since
}

func newCarrier(cfg CarrierConfig) *carrier {
	return &carrier{CarrierConfig: cfg, once: newSeen(maxOnce, onceLife)}
}

// proof is what a request proves, and whether it was seen before.
type proof struct {
	telephony.Proof
	replayed bool
}

// proveWebhook returns what a webhook's request proves; refused says that it
// is none of the carrier's and was answered so.
func (s *Server) proveWebhook(w http.ResponseWriter, r *http.Request, c *carrier, body []byte) (p proof, refused bool) {
	if c.Guard == nil {
		return proof{}, false
	}
	found, err := c.Guard.Check(telephony.Signed{
		Method: r.Method, URL: s.calledURL(r), Header: r.Header, Body: body, From: s.from(r),
	}, s.cfg.Now())
	if err != nil {
		why := whyUnproven(err)
		s.count.refused.add(c.Name(), why)
		s.warn(r, c, "webhook refused", why)
		if why == whyUnsigned && c.Quirks.SometimesUnsigned {
			busy(w, errNotProven, unsignedAgain)
			return proof{}, true
		}
		refuseUnproven(w, c, why)
		return proof{}, true
	}
	s.count.verified.add(c.Name(), strconv.Itoa(found.Key))
	p = proof{Proof: found, replayed: found.Once != "" && c.once.note(found.Once, s.cfg.Now())}
	if p.replayed {
		s.count.replayed.add(c.Name(), "")
	}
	return p, false
}

// proveSocket does the same for the request that opens a media socket.
func (s *Server) proveSocket(w http.ResponseWriter, r *http.Request, c *carrier) (p proof, refused bool) {
	if c.Guard == nil {
		return proof{}, false
	}
	found, err := c.Guard.CheckSocket(telephony.Signed{
		Method: r.Method, URL: s.dialledURL(r), Header: r.Header, From: s.from(r),
	}, s.cfg.Now())
	if err != nil {
		why := whyUnproven(err)
		s.count.tickets.add("", why)
		s.warn(r, c, "media socket refused", why)
		refuseUnproven(w, c, why)
		return proof{}, true
	}
	return proof{Proof: found, replayed: found.Once != "" && c.once.note(found.Once, s.cfg.Now())}, false
}

// Why a request is refused, in metrics and logs.
const (
	whyUnsigned = "unsigned"
	whyForged   = "forged"
	whyStale    = "stale"
)

// whyUnproven returns why a Guard refused a request.
func whyUnproven(err error) string {
	switch {
	case errors.Is(err, telephony.ErrUnsigned):
		return whyUnsigned
	case errors.Is(err, telephony.ErrStale):
		return whyStale
	default:
		return whyForged
	}
}

// refuseUnproven refuses a request that isn't proven to be the carrier's.
func refuseUnproven(w http.ResponseWriter, c *carrier, why string) {
	if why != whyUnsigned {
		refuse(w, http.StatusForbidden, errNotProven.Error())
		return
	}
	scheme := "Signature"
	if c.Login != nil {
		scheme = "Basic"
	}
	w.Header().Set("WWW-Authenticate", scheme+` realm="talkpath"`)
	refuse(w, http.StatusUnauthorized, errNotProven.Error())
}

// warn logs that something of a carrier was refused, at most once in
// refusalPause. What the request held is not logged.
func (s *Server) warn(r *http.Request, c *carrier, what, why string) {
	now := s.cfg.Now()
	c.mu.Lock()
	if now.Sub(c.warned) < refusalPause {
		c.quiet++
		c.mu.Unlock()
		return
	}
	quiet := c.quiet
	c.warned, c.quiet = now, 0
	c.mu.Unlock()
	s.cfg.Log.Warn().Str("carrier", c.Name()).Str("why", why).Stringer("client", s.from(r)).
		Uint64("unlogged", quiet).Msg(what)
}
