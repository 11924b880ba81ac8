package sim

import (
	"context"
	"errors"
	"net/http"

	"github.com/talkpath/talkpath/telephony"
)

// mostRedials is how often a carrier that redials opens a broken socket again
// (Plivo tries twice more).
const mostRedials = 2

// opening is a socket that is being opened while the call goes on.
type opening struct {
	stop context.CancelFunc
	done chan opened // holds one, and gets one
}

// opened is what came of an opening.
type opened struct {
	leg    leg
	conn   telephony.Conn // nil where err isn't
	err    error          // wraps telephony.ErrCallOver where the server ends the call
	tries  int            // recoveries that it took
	failed []failure
	second bool // whether the call had a socket already
}

// failure is a socket that could not be opened.
type failure struct {
	leg leg
	err error
}

// open runs dial behind the beat's back.
func (c *call) open(ctx context.Context, dial func(context.Context) opened) {
	ctx, stop := context.WithCancel(ctx)
	o := &opening{stop: stop, done: make(chan opened, 1)}
	c.opening = o
	go func() { o.done <- dial(ctx) }()
}

// openSecond opens another socket for the stream that the call has.
func (c *call) openSecond(ctx context.Context) {
	cfg, first := c.cfg, c.leg
	c.open(ctx, func(ctx context.Context) opened {
		same, err := openLeg(cfg, first.where, first.call)
		if err != nil {
			return opened{err: err, second: true}
		}
		conn, err := same.dial(ctx, cfg)
		return opened{leg: same, conn: conn, err: err, second: true}
	})
}

// search is how a carrier finds out where a call goes on whose stream has
// ended.
type search struct {
	cfg     Config
	target  Target
	from    leg // the stream that ended
	why     telephony.StreamEnd
	most    int // recoveries that are left
	redials int
	request *http.Request // the next question to the server; nil where it asks nothing
}

// prepare says whether the carrier does anything about the stream's end.
func (s *search) prepare() (bool, error) {
	if s.from.where.RecoverURL == "" && s.target.RecoverURL == "" {
		return s.redialling(), nil
	}
	request, err := s.cfg.Carrier.Peer.AskRecover(s.target.RecoverURL, s.from.where, s.from.call, s.why)
	switch {
	case errors.Is(err, telephony.ErrUnsendable):
		return s.redialling(), nil
	case err != nil:
		return false, err
	case request.URL.Host != "":
		s.request = request
	}
	return s.request != nil || s.redialling(), nil
}

// redialling says whether the carrier opens the same socket again.
func (s *search) redialling() bool {
	return s.cfg.Carrier.Quirks.Redials && s.why != telephony.StreamClosed && s.redials < mostRedials
}

// run opens another socket for the call, after prepare.
func (s *search) run(ctx context.Context) (o opened) {
	for {
		o.leg, o.err = s.next(ctx)
		if o.err != nil {
			return o
		}
		o.tries++
		if o.conn, o.err = o.leg.dial(ctx, s.cfg); o.err == nil {
			return o
		}
		o.failed = append(o.failed, failure{o.leg, o.err})
		s.from, s.why, s.request = o.leg, telephony.StreamFailed, nil
		if goesOn, err := s.prepare(); err != nil || !goesOn || o.tries >= s.most {
			o.err = errors.Join(o.err, err)
			return o
		}
	}
}

// next returns where the carrier streams to next.
func (s *search) next(ctx context.Context) (leg, error) {
	if s.redialling() {
		s.redials++
		return openLeg(s.cfg, s.from.where, s.from.call)
	}
	doc, err := s.cfg.ask(ctx, s.request)
	if err != nil {
		return leg{}, err
	}
	where, again, err := s.cfg.Carrier.Peer.ReadRecover(doc)
	if err != nil {
		return leg{}, err
	}
	call := s.from.call
	call.StreamID = ""
	call = named(call)
	if again {
		if where, err = whereTo(ctx, s.cfg, s.target, call); err != nil {
			return leg{}, err
		}
	}
	return openLeg(s.cfg, where, call)
}
