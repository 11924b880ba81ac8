package sim

import (
	"context"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/talkpath/talkpath/telephony"
)

// NetworkReport tells through which profile a call or a load went.
type NetworkReport struct {
	Profile   string `json:"profile"`
	Seed      uint64 `json:"seed"`
	Dropped   int    `json:"dropped"`   // audio messages that the carrier never sent
	Reordered int    `json:"reordered"` // audio messages that were overtaken
}

// network is a Profile at work in one call. What is not guarded is owned by
// the goroutine or lock that sends for the call.
type network struct {
	cfg       Config
	call      uint64 // its number in a load test
	dropper   *dropper
	overtaker *overtaker

	mu      sync.Mutex
	sockets uint64 // how many were opened
	socket  *slowConn
}

// What the random choices of a call are about. Sockets have the numbers from
// choiceSocket on.
const (
	choiceDrops = iota
	choiceOrder
	choiceBreaks
	choiceSocket
)

func newNetwork(cfg Config, call int) *network {
	n := &network{cfg: cfg, call: uint64(call)}
	n.dropper = newDropper(cfg.Network.Dropped, n.random(choiceDrops), n.waiting)
	n.overtaker = &overtaker{how: cfg.Network.Reordered, rng: n.random(choiceOrder)}
	return n
}

// seed returns a seed of its own for each thing that is chosen in each call.
func (n *network) seed(about uint64) uint64 {
	return rand.NewPCG(n.cfg.Seed, n.call<<32|about).Uint64()
}

func (n *network) random(about uint64) *rand.Rand { return rand.New(rand.NewPCG(n.seed(about), 1)) }

// waiting returns the sound that is on its way to the server.
func (n *network) waiting() time.Duration {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.socket == nil || n.socket.up == nil {
		return 0
	}
	return time.Duration(n.socket.up.len()) * n.cfg.Carrier.Quirks.Packet
}

// dialler returns what opens the call's sockets, with the network between.
func (n *network) dialler() func(context.Context, string, http.Header) (telephony.Conn, error) {
	p := n.cfg.Network
	if p.ToServer.straight() && p.FromServer.straight() {
		return n.cfg.Dial
	}
	return func(ctx context.Context, url string, header http.Header) (telephony.Conn, error) {
		conn, err := n.cfg.Dial(ctx, url, header)
		if err != nil {
			return nil, err
		}
		n.mu.Lock()
		defer n.mu.Unlock()
		about := choiceSocket + 2*n.sockets
		n.sockets++
		n.socket = newSlowConn(conn, n.arrivals(p.ToServer, about), n.arrivals(p.FromServer, about+1))
		return n.socket, nil
	}
}

// arrivals returns those on a path, nil where messages take no time.
func (n *network) arrivals(path Path, about uint64) *Arrivals {
	if path.straight() {
		return nil
	}
	return NewArrivals(path, n.seed(about))
}

// mischief returns what the carrier does to the call's messages.
func (n *network) mischief() (all []Mischief) {
	p, quirks := n.cfg.Network, n.cfg.Carrier.Quirks
	if p.Dropped.Share > 0 || p.Dropped.Backlog > 0 {
		all = append(all, n.dropper.mischief())
	}
	if p.Reordered.Share > 0 && quirks.ReorderWait > 0 {
		all = append(all, n.overtaker.mischief())
	}
	if p.EarlyMedia > 0 {
		all = append(all, MediaBeforeStart(p.EarlyMedia))
	}
	return all
}

// breaks returns when the call's sockets break, in order.
func (n *network) breaks(longest time.Duration) []time.Duration {
	return n.cfg.Network.Breaks.times(n.random(choiceBreaks), longest)
}

// plan returns what the caller does with what the network adds.
func (n *network) plan(p Plan) Plan {
	p.Mischief = slices.Concat(p.Mischief, n.mischief())
	p.Breaks = slices.Sorted(slices.Values(slices.Concat(p.Breaks, n.breaks(p.MaxDuration))))
	if p.SecondSocket == 0 {
		p.SecondSocket = n.cfg.Network.SecondSocketOn(n.cfg.Carrier.Quirks)
	}
	return p
}

// told returns the report of a call with what the network did to it.
func (n *network) told(r *Report) *Report {
	if r.Network = n.cfg.networkReport(); r.Network != nil {
		r.Network.Dropped, r.Network.Reordered = n.dropper.dropped, n.overtaker.reordered
		r.Media.SentFrames -= n.dropper.dropped
	}
	return r
}

// networkReport names the profile, unless it does nothing.
func (c Config) networkReport() *NetworkReport {
	if c.Network.clean() {
		return nil
	}
	return &NetworkReport{Profile: c.Network.Name, Seed: c.Seed}
}
