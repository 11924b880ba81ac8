// Command capacity measures what a call costs: it puts the same simulated
// load on bench/echo, a bare WebSocket echo, and on talkpath with engines
// that only pretend, one after the other, and prints both. Its last line is
// the ratio of their CPU times per call.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// The goals: bytes that a call may take, and its CPU time against that of the
// echo.
const (
	maxMemory = 256 << 10
	maxRatio  = 1.0
)

// result is what of load's report is used here.
type result struct {
	Calls  int `json:"calls"`
	SetUp  int `json:"set_up"`
	Lasted int `json:"lasted"`
	Sent   int `json:"sent_frames"`
	Server *struct {
		CPU      float64 `json:"cpu_per_call"`
		Memory   float64 `json:"memory_per_call"`
		Received float64 `json:"received_frames"`
		Late     float64 `json:"send_late_p99_ms"`
	} `json:"server"`
}

func main() {
	calls := flag.Int("calls", 200, "calls at once")
	hold := flag.Duration("hold", 20*time.Second, "how long each lasts")
	ramp := flag.Duration("ramp", 4*time.Second, "how long they take to begin")
	carrier := flag.String("carrier", "twilio", "the carrier to play")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, "--carrier", *carrier, "--calls", strconv.Itoa(*calls), "--hold", hold.String(), "--ramp", ramp.String())
	if err != nil {
		fmt.Fprintln(os.Stderr, "capacity:", err)
		stop()
		os.Exit(1)
	}
}

// run puts the load on both and prints what came of it.
func run(ctx context.Context, load ...string) error {
	echo, err := onEcho(ctx, load)
	if err != nil {
		return fmt.Errorf("bench/echo: %w", err)
	}
	ours, err := measure(ctx, load)
	if err != nil {
		return fmt.Errorf("talkpath: %w", err)
	}
	if echo.Server == nil || ours.Server == nil || echo.Server.CPU == 0 {
		return errors.New("a server told no metrics")
	}
	for name, r := range map[string]*result{"bench/echo": echo, "talkpath": ours} {
		if r.Lasted < r.Calls {
			return fmt.Errorf("%s: %d of %d calls were held to the end, so the figures are void", name, r.Lasted, r.Calls)
		}
	}
	fmt.Printf("%-12s %-12s %-22s %-18s %s\n", "", "calls held", "CPU per call", "memory per call", "")
	row := func(name string, r *result, more string) {
		fmt.Printf("%-12s %4d of %-4d %.4f %% of a core     %7.1f KiB        %s\n",
			name, r.Lasted, r.Calls, 100*r.Server.CPU, r.Server.Memory/1024, more)
	}
	row("bench/echo", echo, "")
	row("talkpath", ours, fmt.Sprintf("send lateness p99 <= %.1f ms, frames lost %.0f of %d",
		ours.Server.Late, float64(ours.Sent)-ours.Server.Received, ours.Sent))
	ratio := ours.Server.CPU / echo.Server.CPU
	missed := missed(ours, ratio)
	for _, goal := range missed {
		fmt.Println("missed:", goal)
	}
	fmt.Printf("cpu ratio to bench/echo: %.2f\n", ratio)
	if len(missed) > 0 {
		return fmt.Errorf("%d goals missed", len(missed))
	}
	return nil
}

// missed returns the goals that a run did not reach.
func missed(ours *result, ratio float64) (goals []string) {
	if lost := float64(ours.Sent) - ours.Server.Received; lost != 0 {
		goals = append(goals, fmt.Sprintf("no frame lost: %.0f were", lost))
	}
	if ours.Server.Memory > maxMemory {
		goals = append(goals, fmt.Sprintf("at most %d KiB per call: %.1f", maxMemory>>10, ours.Server.Memory/1024))
	}
	if ratio > maxRatio {
		goals = append(goals, fmt.Sprintf("CPU at most %.2f of bench/echo's: %.2f", maxRatio, ratio))
	}
	return goals
}

// onEcho starts the echo and puts the load on it.
func onEcho(ctx context.Context, load []string) (*result, error) {
	echo := exec.CommandContext(ctx, "bin/echo")
	echo.Stderr = os.Stderr
	out, err := echo.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err = echo.Start(); err != nil {
		return nil, err
	}
	defer func() {
		_ = echo.Process.Signal(syscall.SIGTERM)
		_ = echo.Wait()
	}()
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return nil, fmt.Errorf("it told no address: %w", err)
	}
	address = strings.TrimPrefix(strings.TrimSpace(address), "http://")
	return measure(ctx, append(load, "--url", "ws://"+address+"/"))
}

// measure runs load and reads its report.
func measure(ctx context.Context, load []string) (*result, error) {
	cmd := exec.CommandContext(ctx, "bin/talkpath", append([]string{"load", "--json"}, load...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	var r result
	if decodeErr := json.Unmarshal(out, &r); decodeErr != nil {
		return nil, errors.Join(err, decodeErr)
	}
	return &r, nil
}
