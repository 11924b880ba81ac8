package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// child is a server in a process of its own, so that what it costs can be
// told from what its load costs.
type child struct {
	cmd *exec.Cmd
}

// startServer starts a server with engines that only pretend.
func startServer(ctx context.Context) (c *child, base string, err error) {
	self, err := os.Executable()
	if err != nil {
		return nil, "", fmt.Errorf("start server: %w", err)
	}
	cmd := exec.CommandContext(ctx, self, "serve", "--fake-engines", "--listen", "127.0.0.1:0")
	cmd.Env = append(os.Environ(), "TALKPATH_LOG_LEVEL=error", "TALKPATH_SERVER_MAX_CALLS=100000")
	cmd.Stderr = os.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 10 * time.Second
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, "", fmt.Errorf("start server: %w", err)
	}
	if err = cmd.Start(); err != nil {
		return nil, "", fmt.Errorf("start server: %w", err)
	}
	c = &child{cmd: cmd}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		c.stop()
		return nil, "", fmt.Errorf("start server: %w", errors.Join(err, errors.New("it told no address")))
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	return c, strings.TrimSpace(line), nil
}

// stop ends the server, at once where it has calls.
func (c *child) stop() {
	_ = c.cmd.Process.Signal(syscall.SIGTERM)
	time.AfterFunc(time.Second, func() { _ = c.cmd.Process.Signal(syscall.SIGTERM) })
	_ = c.cmd.Wait()
}
