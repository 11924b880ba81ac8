package trace

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// ErrFormat reports a file that holds no trace.
var ErrFormat = errors.New("not a trace")

// maxPackets bounds what Read takes: an hour of sound.
const maxPackets = int(time.Hour / Interval)

// Write writes the trace as text: its name on the first line, then one line
// for each packet with the times of sending and arrival in microseconds.
func (t Trace) Write(w io.Writer) error {
	if t.Name == "" || strings.ContainsAny(t.Name, "\r\n") {
		return fmt.Errorf("%w: name %q", ErrFormat, t.Name)
	}
	out := bufio.NewWriter(w)
	_, _ = fmt.Fprintln(out, t.Name)
	for _, p := range t.Packets {
		_, _ = fmt.Fprintln(out, p.Sent.Microseconds(), p.Arrived.Microseconds())
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write trace: %w", err)
	}
	return nil
}

// Read reads what Write wrote. It returns ErrFormat where that isn't a trace,
// or is one in which time goes back.
func Read(r io.Reader) (Trace, error) {
	lines := bufio.NewScanner(r)
	if !lines.Scan() || lines.Text() == "" {
		return Trace{}, errors.Join(ErrFormat, lines.Err())
	}
	t := Trace{Name: lines.Text()}
	var last Packet
	for lines.Scan() {
		var sent, arrived int64
		if _, err := fmt.Sscanf(lines.Text(), "%d %d", &sent, &arrived); err != nil {
			return Trace{}, fmt.Errorf("%w: line %q: %w", ErrFormat, lines.Text(), err)
		}
		p := Packet{Sent: time.Duration(sent) * time.Microsecond, Arrived: time.Duration(arrived) * time.Microsecond}
		if p.Sent < last.Sent || p.Arrived < last.Arrived || p.Arrived < p.Sent || len(t.Packets) == maxPackets {
			return Trace{}, fmt.Errorf("%w: line %q behind %v", ErrFormat, lines.Text(), last)
		}
		t.Packets, last = append(t.Packets, p), p
	}
	if err := lines.Err(); err != nil {
		return Trace{}, fmt.Errorf("read trace: %w", err)
	}
	return t, nil
}
