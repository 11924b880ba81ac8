//go:build !linux

package wsconn

import (
	"context"

	"github.com/talkpath/talkpath/telephony"
)

// Poller reads for many connections on one goroutine, on Linux. Elsewhere
// each connection reads on its own.
type Poller struct{}

// NewPoller returns a Poller that takes no connections.
func NewPoller() (*Poller, error) { return &Poller{}, nil }

// Run waits until ctx ends.
func (*Poller) Run(ctx context.Context) error {
	<-ctx.Done()
	return nil
}

func (*Poller) add(*Conn, func(telephony.Message)) bool { return false }
func (*Poller) remove(*Conn)                            {}
