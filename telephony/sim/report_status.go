package sim

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/talkpath/talkpath/telephony"
)

// mostReports is how many status reports may wait: a call has four of its own
// and three of each stream, of which there are seven at most.
const mostReports = 32

// reporter tells the server what becomes of a call, as the carrier does: one
// event after another, without holding the call up. The beat alone tells it.
type reporter struct {
	cfg   Config
	url   string // where the call's events go; empty for nowhere
	queue chan event
	done  sync.WaitGroup
	stop  context.CancelFunc

	// Owned by the goroutine until done.
	taken   int
	refused []string
}

// event is a status event and where it goes.
type event struct {
	url  string
	call telephony.PeerCall
	told telephony.Status
}

// report returns a reporter of the call to target, which close ends.
func report(ctx context.Context, cfg Config, target Target) *reporter {
	r := &reporter{cfg: cfg, url: target.StatusURL, queue: make(chan event, mostReports)}
	// The end of a call is reported whatever ended it.
	ctx, r.stop = context.WithCancel(context.WithoutCancel(ctx))
	r.done.Go(func() { r.run(ctx) })
	return r
}

// run makes the reports.
func (r *reporter) run(ctx context.Context) {
	for e := range r.queue {
		req, err := r.cfg.Carrier.Peer.Report(e.url, e.call, e.told)
		if errors.Is(err, telephony.ErrUnsendable) {
			continue // what a carrier never tells is no fault
		}
		if err == nil {
			_, err = r.cfg.send(ctx, req)
		}
		refused := (*RefusedError)(nil)
		switch {
		case err == nil:
			r.taken++
		case errors.As(err, &refused):
			r.refused = append(r.refused, "status report: "+refused.Error())
		}
	}
}

// tell queues a status event of call for url.
func (r *reporter) tell(url string, call telephony.PeerCall, told telephony.Status) {
	if url == "" {
		return
	}
	told.CallID, told.At = call.CallID, time.Now()
	r.queue <- event{url: url, call: call, told: told}
}

// reached tells how far the call has come.
func (r *reporter) reached(call telephony.PeerCall, state telephony.CallState) {
	r.tell(r.url, call, telephony.Status{State: state})
}

// over tells that the call has ended.
func (r *reporter) over(call telephony.PeerCall, ending telephony.Ending, lasted time.Duration) {
	r.tell(r.url, call, telephony.Status{State: telephony.StateEnded, Ending: ending, Duration: lasted})
}

// streamStarted tells that the stream of l has begun.
func (r *reporter) streamStarted(l leg) {
	r.stream(l, telephony.Status{State: telephony.StateAnswered})
}

// streamStopped tells that the stream of l is over, in good order.
func (r *reporter) streamStopped(l leg) { r.stream(l, telephony.Status{State: telephony.StateEnded}) }

// streamFailed tells that the stream of l could not be opened.
func (r *reporter) streamFailed(l leg, err error) { r.stream(l, telephony.Status{Fault: err.Error()}) }

// streamEnded tells that the stream of l has lost its socket.
func (r *reporter) streamEnded(l leg, how loss) {
	if how.why == telephony.StreamBroken {
		fault := how.fault
		if fault == "" {
			fault = "socket broke"
		}
		r.stream(l, telephony.Status{Fault: fault})
	}
	r.streamStopped(l)
}

func (r *reporter) stream(l leg, told telephony.Status) {
	told.StreamID = l.stream.Start().StreamID
	r.tell(l.where.StatusURL, l.call, told)
}

// close waits, for as long as one request may take, until all is told; where
// ctx is over it hurries. It returns how many reports the server took and how
// it refused others.
func (r *reporter) close(ctx context.Context) (taken int, refused []string) {
	close(r.queue)
	wait := answerWait
	if ctx.Err() != nil {
		wait = lastWords
	}
	late := time.AfterFunc(wait, r.stop)
	r.done.Wait()
	late.Stop()
	r.stop()
	return r.taken, r.refused
}
