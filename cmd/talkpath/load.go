package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/talkpath/talkpath/telephony/sim"
)

// loadFlags are the flags of load.
type loadFlags struct {
	carrier, url, metrics string
	calls                 int
	ramp, hold            time.Duration
	asJSON                bool
	proof                 proofFlags
	network               networkFlags
}

func loadCommand() *cobra.Command {
	var f loadFlags
	cmd := &cobra.Command{
		Use:   "load --carrier CARRIER [--calls N]",
		Short: "Play a carrier and make many calls to a server",
		Long: `Load makes many simulated calls at once and tells how they went: how many were
set up, how long answers took, how late the server sent, and what each call
cost the server in CPU and memory. Without --url it starts a server of its own
in a second process, with engines that only pretend.`,
		Example: `  talkpath load --carrier twilio --calls 200 --hold 20s
  talkpath load --carrier plivo --calls 40 --network jitter`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return f.run(cmd) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.carrier, "carrier", "", "the `carrier` to play; one of "+strings.Join(carrierNames(), ", "))
	flags.StringVar(&f.url, "url", "", "the server: its base `URL`, its answer URL, or a media socket's ws:// URL")
	flags.StringVar(&f.metrics, "metrics", "", "`URL` of the server's Prometheus metrics; where not given, /metrics at --url, or at --config's admin_listen")
	flags.IntVar(&f.calls, "calls", 100, "the `number` of calls")
	flags.DurationVar(&f.ramp, "ramp", 5*time.Second, "the `time` over which the calls begin, evenly; half of --hold where that is less")
	flags.DurationVar(&f.hold, "hold", 20*time.Second, "the `time` that each call lasts")
	f.proof.register(cmd)
	f.network.add(cmd)
	flags.BoolVar(&f.asJSON, "json", false, "print the report as one JSON document")
	return cmd
}

// loadResult is the report of load: the simulator's, and what the server's
// metrics told.
type loadResult struct {
	*sim.LoadReport
	Server *serverCost `json:"server"` // nil where the server has no metrics
}

func (f *loadFlags) run(cmd *cobra.Command) error {
	ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	carrier, err := carrierNamed(f.carrier)
	if err != nil {
		return err
	}
	if !cmd.Flags().Changed("ramp") {
		f.ramp = min(f.ramp, f.hold/2)
	}
	if err = f.check(); err != nil {
		return err
	}
	cfg, err := f.proof.simConfig(carrier, 0)
	if err != nil {
		return err
	}
	if err = f.network.apply(&cfg); err != nil {
		return err
	}
	where := whereabouts{f.url, f.proof.config}
	if f.url == "" {
		child, own, failed := startServer(ctx)
		if failed != nil {
			return failed
		}
		defer child.stop()
		f.url, where = own, whereabouts{url: own}
	}
	server, err := findServer(ctx, where, carrier.Name())
	if err != nil {
		return err
	}
	target, err := f.aim(server.target, server.base, carrier.Name())
	if err != nil {
		return err
	}
	detour{server.public, server.base}.apply(&cfg, &target)
	return f.place(ctx, cfg, target, server.records)
}

// check returns what can't be asked for.
func (f *loadFlags) check() error {
	switch {
	case f.calls < 1:
		return usageError{errors.New("--calls: must be 1 or more")}
	case f.hold < 2*time.Second:
		return usageError{errors.New("--hold: must be 2s or more")}
	case f.ramp < 0 || f.ramp > f.hold*2/3:
		return usageError{fmt.Errorf("--ramp %v: must be at most two thirds of --hold %v, so that all calls are up together", f.ramp, f.hold)}
	}
	return nil
}

// place makes the calls and prints what came of them. records is the base URL of
// the server's metrics, empty where that isn't known.
func (f *loadFlags) place(ctx context.Context, cfg sim.Config, target sim.Target, records string) error {
	carrier := cfg.Carrier
	watch := watchServer(ctx, f.metricsURL(records))
	fmt.Fprintf(os.Stderr, "%d %s calls to %s, beginning over %v, %v each\n", f.calls, carrier.Name(), f.url, f.ramp, f.hold)
	watch.measure(ctx, f.ramp, f.hold)
	defer progress(ctx, f.ramp+f.hold)()
	report, err := sim.Load(ctx, cfg, target, sim.LoadPlan{Calls: f.calls, Ramp: f.ramp, Hold: f.hold})
	if report == nil {
		watch.close()
		return fmt.Errorf("load: %w", err)
	}
	result := loadResult{LoadReport: report, Server: watch.cost(ctx, f.calls)}
	if f.asJSON {
		enc := json.NewEncoder(os.Stdout)
		enc.SetIndent("", "  ")
		if failed := enc.Encode(result); failed != nil {
			return failed
		}
	} else {
		printLoad(os.Stdout, result)
	}
	if err != nil {
		return fmt.Errorf("load: %w", err)
	}
	if advice := f.proof.advice(report.Failure, carrier); advice != "" {
		fmt.Fprintln(os.Stderr, "talkpath:", advice)
	}
	if report.Lasted < report.Calls {
		return errFailed
	}
	return nil
}

// aim returns target with the key that its URLs end with.
func (f *loadFlags) aim(target sim.Target, base, carrier string) (sim.Target, error) {
	key, err := f.proof.pathKey(carrier)
	if err != nil {
		return target, err
	}
	return withPages(target, base, carrier, key)
}

// progress tells every five seconds how far the load is, until it is stopped.
func progress(ctx context.Context, all time.Duration) (stop func()) {
	ctx, stop = context.WithCancel(ctx)
	begin := time.Now()
	go func() {
		for until(ctx, time.Now().Add(5*time.Second)) {
			fmt.Fprintf(os.Stderr, "%3.0f of %.0f s\n", time.Since(begin).Seconds(), all.Seconds())
		}
	}()
	return stop
}

// metricsURL returns where the server's metrics are, by the base URL of its
// records or else by the media socket's.
func (f *loadFlags) metricsURL(base string) string {
	switch {
	case f.metrics != "":
		return f.metrics
	case base != "":
		return base + "/metrics"
	}
	at := strings.Replace(f.url, "ws", "http", 1)
	scheme, rest, _ := strings.Cut(at, "://")
	host, _, _ := strings.Cut(rest, "/")
	return scheme + "://" + host + "/metrics"
}

// watcher reads a server's metrics at the right moments of a load.
type watcher struct {
	stop   context.CancelFunc
	url    string
	before *scrape
	from   *scrape // all calls are up
	to     *scrape // they still are
	done   chan struct{}
}

func watchServer(ctx context.Context, url string) *watcher {
	w := &watcher{url: url, done: make(chan struct{})}
	w.before, _ = readMetrics(ctx, url)
	return w
}

// measure reads the metrics once all calls are up and again just before the
// first ends.
func (w *watcher) measure(ctx context.Context, ramp, hold time.Duration) {
	ctx, w.stop = context.WithCancel(ctx)
	begin := time.Now()
	go func() {
		defer close(w.done)
		up := begin.Add(ramp + hold/10)
		if !until(ctx, up) {
			return
		}
		w.from, _ = readMetrics(ctx, w.url)
		if !until(ctx, begin.Add(max(hold-hold/20, ramp+hold/5))) {
			return
		}
		w.to, _ = readMetrics(ctx, w.url)
	}()
}

// until waits for a time and reports whether it came before ctx's end.
func until(ctx context.Context, at time.Time) bool {
	select {
	case <-time.After(time.Until(at)):
		return true
	case <-ctx.Done():
		return false
	}
}

func (w *watcher) close() {
	w.stop()
	<-w.done
}
