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
	serve  func(bridge.Entry, telephony.Conn)
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
	s.serve = func(e bridge.Entry, conn telephony.Conn) { s.board.Serve(running, e, conn) }
	key, err := cfg.Carriers.Exotel.StreamKey.Reveal()
	if err != nil {
		return nil, fmt.Errorf("carriers.exotel.stream_key: %w", err)
	}
	public, err := cfg.publicURL()
	if err != nil {
		return nil, err
	}
	var known []api.CarrierConfig
	for _, c := range carriers(cfg.Carriers) {
		one := api.CarrierConfig{Carrier: c, Rate: cfg.Carriers.rate(c.Name())}
		if c.Name() == "exotel" {
			one.StreamKey = key
		}
		known = append(known, one)
	}
	s.api = api.New(api.Config{
		Carriers: known, Board: board{s}, Ledger: s.book, Log: log,
		Metrics: metricsHandler(newCollector(s.board, s.wheel)),
		Poller:  s.poller, Agents: s.agents.names, PublicURL: public,
	})
	s.http = &http.Server{
		Handler: s.api, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second,
		WriteTimeout: 30 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10,
		ErrorLog: nil,
	}
	return s, nil
}

// board lets the api hand its calls to the switchboard, with their agents.
type board struct{ *server }

func (b board) Ready() error                         { return b.board.Ready() }
func (b board) Reserve() (release func(), err error) { return b.board.Reserve() }

func (b board) Serve(c api.Call, conn telephony.Conn) {
	b.serve(bridge.Entry{
		ID: c.ID, Carrier: c.Carrier, Query: c.Query, Agent: b.agents.byName[c.Agent],
		Ticket: c.Ticket, CallID: c.CallID, From: c.From, To: c.To,
	}, conn)
}

// Resumes implements api.Board: a call ends with its stream.
func (b board) Resumes(string, telephony.Lost) bool { return false }

// Report implements api.Board.
func (b board) Report(carrier string, told telephony.Status) {
	b.book.Tell(carrier, told.CallID, toldOf(told))
}

// run serves on l until ctx ends, then takes no more calls and lets those that
// are live finish, at most for the drain time. force ends them at once.
func (s *server) run(ctx, force context.Context, l net.Listener) error {
	beat, stopBeat := context.WithCancel(context.WithoutCancel(ctx))
	defer stopBeat()
	wheel, poller := make(chan error, 1), make(chan error, 1)
	go func() { wheel <- s.wheel.Run(beat) }()
	go func() { poller <- s.poller.Run(beat) }()
	served := make(chan error, 1)
	go func() { served <- s.http.Serve(l) }()
	var failed error
	select {
	case <-ctx.Done():
	case failed = <-served:
	}
	s.drain(force)
	s.end(bridge.ErrOperator)
	closing, done := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer done()
	if err := s.http.Shutdown(closing); err != nil {
		_ = s.http.Close()
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

// close frees what the server's engines hold.
func (s *server) close() { s.agents.close() }
