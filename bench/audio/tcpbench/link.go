package tcpbench

import (
	"errors"
	"io"
	"math/rand/v2"
	"net/netip"
	"sync"
	"time"
)

// errNotPermitted reports that this program may not make network namespaces
// and TUN devices here: it takes Linux, and root or the like.
var errNotPermitted = errors.New("no network namespaces or TUN devices here")

// Addresses of the two ends, each in a namespace of its own.
var (
	nearAddr = netip.AddrFrom4([4]byte{10, 0, 0, 1}) //nolint:gochecknoglobals // a constant, which Go has no way to write
	farAddr  = netip.AddrFrom4([4]byte{10, 0, 0, 2}) //nolint:gochecknoglobals // a constant, which Go has no way to write
)

const (
	// onTheWay is how many packets may be on the link in one direction, far
	// more than 24 calls have in a round trip. What comes on top is dropped.
	onTheWay = 8192
	// largest is more than the largest packet of a TUN device has.
	largest = 2048
)

// link carries packets between two devices, each way after half the round trip,
// and loses some.
type link struct {
	near, far io.ReadWriteCloser
	rtt       time.Duration
	loss      float64 // the share of packets that is lost, each way
	// delivered takes each packet towards far, when it is handed to the device.
	// It runs on one goroutine and must not keep the packet.
	delivered func(packet []byte, at time.Time)

	ends      sync.WaitGroup
	closeOnce sync.Once
}

// flying is a packet on the link.
type flying struct {
	data []byte
	due  time.Time
}

// start begins to carry packets; the same seed loses the same ones of them.
func (l *link) start(seed uint64) {
	l.carry(l.near, l.far, rand.New(rand.NewPCG(seed, 1)), l.delivered)
	l.carry(l.far, l.near, rand.New(rand.NewPCG(seed, 2)), func([]byte, time.Time) {})
}

// stop closes the devices and returns when nothing is carried any more.
func (l *link) stop() {
	l.closeOnce.Do(func() {
		_ = l.near.Close()
		_ = l.far.Close()
	})
	l.ends.Wait()
}

func (l *link) carry(from, to io.ReadWriter, rng *rand.Rand, delivered func([]byte, time.Time)) {
	way := make(chan flying, onTheWay)
	l.ends.Go(func() {
		defer close(way)
		buf := make([]byte, largest)
		for {
			n, err := from.Read(buf)
			if err != nil {
				return
			}
			if l.loss > 0 && rng.Float64() < l.loss {
				continue
			}
			select {
			case way <- flying{data: append([]byte(nil), buf[:n]...), due: time.Now().Add(l.rtt / 2)}:
			default: // a queue of this length overflows
			}
		}
	})
	l.ends.Go(func() {
		for p := range way {
			time.Sleep(time.Until(p.due))
			delivered(p.data, time.Now())
			// A device that is down or whose queue is full loses the packet,
			// as a line does.
			_, _ = to.Write(p.data)
		}
	})
}
