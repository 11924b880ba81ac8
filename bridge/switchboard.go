package bridge

import (
	"context"
	"crypto/subtle"
	"errors"
	"net/url"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"github.com/talkpath/talkpath/codec"
	"github.com/talkpath/talkpath/ledger"
	"github.com/talkpath/talkpath/media/pace"
	"github.com/talkpath/talkpath/telephony"
)

// Entry is what is known of a call when its socket opens.
type Entry struct {
	ID       string // ours
	Carrier  telephony.Carrier
	Query    url.Values // of the socket's URL
	Agent    *Agent
	Ticket   string // what the stream must present where it presents one
	CallID   string // the carrier's, as its webhook told; may be empty
	From, To string // as its webhook told; may be empty
	// Recoverable says that the carrier asks us, or dials again by itself,
	// when the stream breaks.
	Recoverable bool
	// Joins says that the stream is another one of the call ID, which is under
	// way.
	Joins bool
}

// errForeign reports a stream that isn't the one its ticket was made for.
var errForeign = errors.New("the stream is not the one that its ticket was made for")

// admits returns an error where the stream that started is not the one that
// was announced.
func (e Entry) admits(start telephony.Start) error {
	if t, given := start.Params[telephony.TicketParam]; given && e.Ticket != "" &&
		subtle.ConstantTimeCompare([]byte(t), []byte(e.Ticket)) != 1 {
		return errForeign
	}
	if e.Carrier.Quirks.SameCallID && e.CallID != "" && start.CallID != e.CallID {
		return errForeign
	}
	return nil
}

// Config is what a Switchboard works with.
type Config struct {
	Codecs   codec.Set
	Wheel    *pace.Wheel // must be running while calls are served
	Ledger   *ledger.Ledger
	Log      zerolog.Logger
	Lead     time.Duration // DefaultLead where zero
	MaxCalls int           // no limit where zero
}

// Switchboard holds the calls of a process. Its methods may run together.
type Switchboard struct {
	cfg   Config
	began time.Time
	stats counters

	mu       sync.Mutex
	calls    map[*Call]bool   // whose stream has started
	byID     map[string]*Call // the same by our id
	carried  map[string]*Call // the same by the carrier and its id
	reserved int              // sockets open, streams started or not
	draining bool
	idle     chan struct{} // closed when draining and no call is left
}

// New returns a Switchboard without calls.
func New(cfg Config) *Switchboard {
	return &Switchboard{
		cfg: cfg, began: time.Now(), idle: make(chan struct{}),
		stats: counters{lines: newLines()},
		calls: map[*Call]bool{}, byID: map[string]*Call{}, carried: map[string]*Call{},
	}
}

// Why a Switchboard takes no call.
var (
	ErrFull     = errors.New("as many calls as the limit allows")
	ErrDraining = errors.New("shutting down")
)

// Ready returns nil where another call can be taken, or why not.
func (b *Switchboard) Ready() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.ready()
}

func (b *Switchboard) ready() error {
	switch {
	case b.draining:
		return ErrDraining
	case b.cfg.MaxCalls > 0 && b.reserved >= b.cfg.MaxCalls:
		return ErrFull
	}
	return nil
}

// Reserve takes a place for a call, or returns ErrFull or ErrDraining. The
// place is given back with release, which may be called more than once.
func (b *Switchboard) Reserve() (release func(), err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.ready(); err != nil {
		b.stats.refused.Add(1)
		return nil, err
	}
	b.reserved++
	return sync.OnceFunc(b.giveBack), nil
}

func (b *Switchboard) giveBack() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.reserved--
	b.settle()
}

// settle tells Drain when the last call has gone.
func (b *Switchboard) settle() {
	if b.draining && b.reserved == 0 {
		select {
		case <-b.idle:
		default:
			close(b.idle)
		}
	}
}

// Serve carries one call over conn until it ends, and returns its record. The
// caller has reserved its place. Where e joins a call, it returns when conn has
// ended, with an empty record.
func (b *Switchboard) Serve(ctx context.Context, e Entry, conn telephony.Conn) ledger.Record {
	if e.Joins {
		b.join(e, conn)
		return ledger.Record{}
	}
	c := &Call{
		board: b, entry: e,
		log: b.cfg.Log.With().Str("call", e.ID).Str("carrier", e.Carrier.Name()).Logger(),
		record: ledger.Record{
			ID: e.ID, Carrier: e.Carrier.Name(), CarrierCallID: e.CallID, Agent: e.Agent.Name,
			From: e.From, To: e.To, Status: ledger.StatusLive, StartedAt: time.Now(),
		},
	}
	return c.Run(ctx, conn)
}

// join carries another stream of a call that is under way.
func (b *Switchboard) join(e Entry, conn telephony.Conn) {
	c := b.find(e.ID)
	if c == nil {
		_ = conn.Close(telephony.ClosePolicy, "the call is over")
		return
	}
	c.carry(newStream(c, e, conn))
}

// find returns a live call by our id, nil where there is none.
func (b *Switchboard) find(id string) *Call {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.byID[id]
}

// Resumes reports whether a call, by our id, goes on when another stream joins
// it, after its carrier has told what became of the one before.
func (b *Switchboard) Resumes(id string, lost telephony.Lost) bool {
	c := b.find(id)
	return c != nil && c.resumes(lost)
}

// CarrierEnded takes a carrier's word that a call, by the carrier's id, is
// over. One that waits for another stream then waits no more.
func (b *Switchboard) CarrierEnded(carrier, callID string, ending telephony.Ending, cause string) {
	b.mu.Lock()
	c := b.carried[carriedKey(carrier, callID)]
	b.mu.Unlock()
	if c == nil {
		return
	}
	defer c.contain()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.carrierEnded(ending, cause)
}

// carriedKey returns the key of a carrier's call in Switchboard.carried.
func carriedKey(carrier, callID string) string { return carrier + " " + callID }

// opened enters a call whose stream has started. The call's lock is held.
func (b *Switchboard) opened(c *Call) {
	b.stats.started.Add(1)
	b.mu.Lock()
	b.calls[c], b.byID[c.entry.ID] = true, c
	if id := c.record.CarrierCallID; id != "" {
		b.carried[carriedKey(c.record.Carrier, id)] = c
	}
	b.mu.Unlock()
	b.cfg.Ledger.Open(c.entry.ID, c.Snapshot)
}

// closed enters the end of a call. The call's lock is held.
func (b *Switchboard) closed(c *Call, r ledger.Record) {
	var n Counts
	if c.core != nil {
		n = c.counted(time.Now())
	}
	b.mu.Lock()
	delete(b.calls, c)
	if b.byID[c.entry.ID] == c {
		delete(b.byID, c.entry.ID)
	}
	if key := carriedKey(c.record.Carrier, c.record.CarrierCallID); b.carried[key] == c {
		delete(b.carried, key)
	}
	b.stats.ended(r, n) // with the call gone from the live ones, or a count would see it twice or not at all
	b.mu.Unlock()
	b.cfg.Ledger.Close(r)
}

// Drain takes no more calls and waits until those that are live have ended,
// or ctx has.
func (b *Switchboard) Drain(ctx context.Context) error {
	b.mu.Lock()
	b.draining = true
	b.settle()
	b.mu.Unlock()
	select {
	case <-b.idle:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
