//go:build !linux

package tcpbench

import (
	"context"
	"io"
	"net"
	"net/netip"
)

// place is a network namespace, which only Linux has.
type place struct{}

func newPlace(netip.Addr) (*place, error)                   { return nil, errNotPermitted }
func (*place) close()                                       {}
func (*place) device() io.ReadWriteCloser                   { return nil }
func (*place) listen(context.Context) (net.Listener, error) { return nil, errNotPermitted }

func (*place) dial(context.Context, string, string) (net.Conn, error) { return nil, errNotPermitted }
func (*place) congestionControl() string                              { return "" }
