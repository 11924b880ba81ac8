package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"runtime"
	"time"

	"github.com/rs/zerolog"

	"github.com/talkpath/talkpath/api"
	"github.com/talkpath/talkpath/bridge"
	"github.com/talkpath/talkpath/ledger"
	"github.com/talkpath/talkpath/media/pace"
	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/wsconn"
)

// server is the whole of what serve runs.
type server struct {
	cfg    Config
	log    zerolog.Logger
	agents *agents
	wheel  *pace.Wheel
	poller *wsconn.Poller
	board  *bridge.Switchboard
	book   *ledger.Ledger
	api    *api.Server
	http   *http.Server
	office *http.Server // of records and metrics, where they have a listener of their own
	serve  func(bridge.Entry, telephony.Conn) ledger.Record
	end    context.CancelCauseFunc // ends all calls
}

// newServer puts a server together. It is closed with close, whether it ran
// or not.
func newServer(ctx context.Context, cfg Config, log zerolog.Logger) (*server, error) {
	s := &server{cfg: cfg, log: log}
	var err error
	if s.agents, err = newAgents(ctx, cfg.Agents, log); err != nil {
		return nil, err
	}
	// A shard beats thousands of calls; more of them only wake more often.
	s.wheel = pace.NewWheelWith(pace.WheelConfig{Period: bridge.Beat, Shards: 1 + runtime.GOMAXPROCS(0)/4})
	if s.poller, err = wsconn.NewPoller(); err != nil {
		s.agents.close()
		return nil, err
	}
	s.book = ledger.New(cfg.Server.KeepCalls)
	s.board = bridge.New(bridge.Config{
		Codecs: codecs(), Wheel: s.wheel, Ledger: s.book, Log: log,
		Lead: cfg.Server.Lead, MaxCalls: cfg.Server.MaxCalls,
	})
	// The calls outlive the context that asks for the server's end: they may
	// finish.
	running, end := context.WithCancelCause(context.WithoutCancel(ctx))
	s.end = end
	s.serve = func(e bridge.Entry, conn telephony.Conn) ledger.Record { return s.board.Serve(running, e, conn) }
	known, err := cfg.answered()
	if err != nil {
		return nil, err
	}
	public, err := cfg.publicURL()
	if err != nil {
		return nil, err
	}
	proxies, err := prefixes(cfg.Server.TrustedProxies)
	if err != nil {
		return nil, err
	}
	s.api = api.New(api.Config{
		Carriers: known, Board: board{s}, Ledger: s.book, Log: log,
		Metrics: metricsHandler(newCollector(new(describer), s.board, s.wheel), newHookCollector(new(describer), func() api.Stats { return s.api.Stats() })),
		Poller:  s.poller, Agents: s.agents.names, PublicURL: public, TrustedProxies: proxies, Admin: cfg.admin(),
	})
	s.http, s.office = httpServer(s.api), httpServer(s.api.Admin())
	return s, nil
}

// httpServer returns a server that no slow client holds up.
func httpServer(h http.Handler) *http.Server {
	return &http.Server{
		Handler: h, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second,
		WriteTimeout: 30 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10,
		ErrorLog: nil,
	}
}

// admin says who sees records and metrics where the carriers come.
func (c *Config) admin() api.Admin {
	if c.Server.AdminListen != "" {
		return api.AdminElsewhere
	}
	return api.AdminHere
}

// answered returns the carriers that are answered, with what is set for them.
func (c *Config) answered() (known []api.CarrierConfig, err error) {
	for _, one := range carriers(c.Carriers) {
		name := one.Name()
		if !c.Carriers.serves(name) {
			continue
		}
		guard, failed := c.Carriers.guard(name)
		err = errors.Join(err, failed)
		answered := api.CarrierConfig{
			Carrier: one, Rate: c.Carriers.rate(name), Guard: guard, Login: c.Carriers.login(name),
		}
		if name == "exotel" {
			if answered.StreamKey, failed = c.Carriers.Exotel.StreamKey.Reveal(); failed != nil {
				err = errors.Join(err, fmt.Errorf("carriers.exotel.stream_key: %w", failed))
			}
		}
		known = append(known, answered)
	}
	return known, err
}

// board lets the api hand its calls to the switchboard, with their agents.
type board struct{ *server }

func (b board) Ready() error                         { return b.board.Ready() }
func (b board) Reserve() (release func(), err error) { return b.board.Reserve() }

// Serve implements api.Board. A stream that joins a call joins one that has
// begun.
func (b board) Serve(c api.Call, conn telephony.Conn) (began bool) {
	record := b.serve(bridge.Entry{
		ID: c.ID, Carrier: c.Carrier, Query: c.Query, Agent: b.agents.byName[c.Agent],
		Ticket: c.Ticket, CallID: c.CallID, From: c.From, To: c.To,
		Recoverable: c.Recoverable, Joins: c.Joins,
	}, conn)
	return c.Joins || record.StreamID != ""
}

func (b board) Resumes(id string, lost telephony.Lost) bool { return b.board.Resumes(id, lost) }

// Report implements api.Board.
func (b board) Report(carrier string, told telephony.Status) {
	b.book.Tell(carrier, told.CallID, toldOf(told))
	if told.State == telephony.StateEnded {
		b.board.CarrierEnded(carrier, told.CallID, told.Ending, told.Cause)
	}
}

// listeners are where a server listens: to carriers, and to those who see
// records and metrics, which may be nil.
type listeners struct{ main, admin net.Listener }

// listen opens the listeners of a configuration.
func listen(ctx context.Context, cfg ServerConfig) (l listeners, err error) {
	var config net.ListenConfig
	if l.main, err = config.Listen(ctx, "tcp", cfg.Listen); err != nil {
		return l, fmt.Errorf("server.listen (--listen): %w", err)
	}
	if cfg.AdminListen == "" {
		return l, nil
	}
	if l.admin, err = config.Listen(ctx, "tcp", cfg.AdminListen); err != nil {
		_ = l.main.Close()
		return l, fmt.Errorf("server.admin_listen: %w", err)
	}
	return l, nil
}

// run serves on l until ctx ends, then takes no more calls and lets those that
// are live finish, at most for the drain time. force ends them at once.
func (s *server) run(ctx, force context.Context, l listeners) error {
	beat, stopBeat := context.WithCancel(context.WithoutCancel(ctx))
	defer stopBeat()
	wheel, poller := make(chan error, 1), make(chan error, 1)
	go func() { wheel <- s.wheel.Run(beat) }()
	go func() { poller <- s.poller.Run(beat) }()
	served := make(chan error, 2)
	go func() { served <- s.http.Serve(l.main) }()
	if l.admin != nil {
		go func() { served <- s.office.Serve(l.admin) }()
	}
	var failed error
	select {
	case <-ctx.Done():
	case failed = <-served:
	}
	s.drain(force)
	s.end(bridge.ErrOperator)
	s.farewell()
	closing, done := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer done()
	for _, one := range []*http.Server{s.http, s.office} {
		if err := one.Shutdown(closing); err != nil {
			_ = one.Close()
		}
	}
	s.api.Wait() // behind Shutdown, which waits for handshakes under way
	stopBeat()
	if err := <-wheel; !errors.Is(err, context.Canceled) {
		failed = errors.Join(failed, err)
	}
	return errors.Join(failed, <-poller)
}

// drain waits for the calls that are live.
func (s *server) drain(force context.Context) {
	ctx, stop := context.WithTimeout(force, s.cfg.Server.Drain)
	defer stop()
	if live := s.board.Stats().Live; live > 0 {
		s.log.Info().Int("calls", live).Dur("at_most", s.cfg.Server.Drain).
			Msg("taking no more calls; waiting for those that are live (a second signal ends them)")
	}
	if err := s.board.Drain(ctx); err != nil {
		s.log.Warn().Int("calls", s.board.Stats().Live).Msg("ending the calls that are left")
	}
}

// farewell waits for the last questions of the carriers, when the calls that
// were left have had the time to end.
func (s *server) farewell() {
	ctx, stop := context.WithTimeout(context.Background(), 3*time.Second)
	defer stop()
	_ = s.board.Drain(ctx)
	s.api.Farewell(ctx)
}

// close frees what the server's engines hold.
func (s *server) close() { s.agents.close() }
