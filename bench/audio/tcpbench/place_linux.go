package tcpbench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// place is a network namespace with one TUN device and nothing else. It has no
// name: the kernel removes it with its device when the last file and socket of
// it is closed, also where the program is killed.
type place struct {
	addr netip.Addr
	ns   *os.File
	tun  *os.File // packets of IPv4 that its sockets send, and takes those for them
}

// newPlace makes a namespace whose one address is addr, in a network of 256.
// Where the program may not it returns errNotPermitted.
func newPlace(addr netip.Addr) (*place, error) {
	p := &place{addr: addr}
	err := onThread(func() error {
		if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
			return fmt.Errorf("network namespace: %w", err)
		}
		var err error
		if p.ns, err = os.Open(fmt.Sprintf("/proc/self/task/%d/ns/net", unix.Gettid())); err != nil {
			return fmt.Errorf("network namespace: %w", err)
		}
		p.tun, err = openTUN(addr)
		return err
	})
	if err != nil {
		p.close()
		if errors.Is(err, os.ErrPermission) || errors.Is(err, os.ErrNotExist) || errors.Is(err, unix.ENODEV) {
			err = errors.Join(errNotPermitted, err)
		}
		return nil, err
	}
	return p, nil
}

func (p *place) close() {
	for _, f := range []*os.File{p.tun, p.ns} {
		if f != nil {
			_ = f.Close()
		}
	}
}

// device returns the end of the place's TUN device.
func (p *place) device() io.ReadWriteCloser { return p.tun }

// listen opens a port on the place's address.
func (p *place) listen(ctx context.Context) (l net.Listener, err error) {
	err = p.inside(func() error {
		l, err = (&net.ListenConfig{}).Listen(ctx, "tcp4", netip.AddrPortFrom(p.addr, 0).String())
		return err
	})
	return l, err
}

// dial opens a connection from the place to an address that is a number.
func (p *place) dial(ctx context.Context, network, addr string) (c net.Conn, err error) {
	err = p.inside(func() error {
		c, err = (&net.Dialer{}).DialContext(ctx, network, addr)
		return err
	})
	return c, err
}

// inside runs f in the namespace. Sockets stay in the one in which they were
// opened.
func (p *place) inside(f func() error) error {
	return onThread(func() error {
		if err := unix.Setns(int(p.ns.Fd()), unix.CLONE_NEWNET); err != nil {
			return fmt.Errorf("enter the network namespace: %w", err)
		}
		return f()
	})
}

// onThread runs f on a thread that ends afterwards, for what a thread can't
// take back.
func onThread(f func() error) error {
	done := make(chan error, 1)
	go func() {
		runtime.LockOSThread() // and never unlock it: the thread ends with the goroutine
		done <- f()
	}()
	return <-done
}

// openTUN opens a TUN device in the thread's namespace and gives it addr.
func openTUN(addr netip.Addr) (*os.File, error) {
	fd, err := unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, fmt.Errorf("open /dev/net/tun: %w", err)
	}
	if err = setUp(fd, addr); err != nil {
		return nil, errors.Join(fmt.Errorf("tun device: %w", err), unix.Close(fd))
	}
	return os.NewFile(uintptr(fd), "tun"), nil // only now, since it joins the poller
}

// setUp makes fd a device with an address that is up.
func setUp(fd int, addr netip.Addr) error {
	req, err := unix.NewIfreq("bench0")
	if err != nil {
		return err
	}
	req.SetUint16(unix.IFF_TUN | unix.IFF_NO_PI)
	if err = unix.IoctlIfreq(fd, unix.TUNSETIFF, req); err != nil {
		return err
	}
	sock, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer func() { _ = unix.Close(sock) }()
	if err = req.SetInet4Addr(addr.AsSlice()); err != nil {
		return err
	}
	if err = unix.IoctlIfreq(sock, unix.SIOCSIFADDR, req); err != nil {
		return err
	}
	if err = req.SetInet4Addr(net.CIDRMask(24, 32)); err != nil {
		return err
	}
	if err = unix.IoctlIfreq(sock, unix.SIOCSIFNETMASK, req); err != nil {
		return err
	}
	req.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
	return unix.IoctlIfreq(sock, unix.SIOCSIFFLAGS, req)
}

// congestionControl returns what new connections in the place use.
func (p *place) congestionControl() (name string) {
	_ = p.inside(func() error {
		text, err := os.ReadFile("/proc/sys/net/ipv4/tcp_congestion_control")
		name = string(text)
		return err
	})
	return name
}
