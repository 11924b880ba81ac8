package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/talkpath/talkpath/media/wav"
	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/sim"
	"github.com/talkpath/talkpath/telephony/wsconn"
)

// callFlags are the flags of call.
type callFlags struct {
	carrier, url, out, voice, from, to string
	turns                              []askedTurn
	talkOver, asJSON                   bool
	rate                               int
	encoding, listen, inband           string
	patience, second                   time.Duration
	breaks                             []time.Duration
	echo                               sim.Echo
	proof                              proofFlags
	network                            networkFlags
}

func callCommand() *cobra.Command {
	var f callFlags
	cmd := &cobra.Command{
		Use:   "call --carrier CARRIER [--say TEXT]...",
		Short: "Play a carrier and make one call to a server",
		Long: `Call plays the carrier's part of one call against a running server, ours or
any other that speaks the carrier's protocol. Each --say, --audio and --digits
is a turn, in the order in which they stand, and waits for the agent to finish;
--over, and all with --talk-over, start one second into the agent's speech.
Status events are reported, and a call whose socket breaks goes on, as the
carrier does it. What happens is told on standard error as it happens.

Without --url it calls 127.0.0.1:8080 or, where nothing listens there, a server
of its own. A server that wants proof of being the carrier is called with
--config, its configuration: requests are signed with the secrets in there, for
its public_url, and sent to --url or to the address that it listens on, so that
no proxy is needed for a trial.`,
		Example: `  talkpath call --carrier twilio --say "i would like to book an appointment" --say "yes please"
  talkpath call --carrier exotel --rate 16000 --say goodbye --out heard.wav --json
  talkpath call --carrier telnyx --encoding pcma --over "i want to speak to an agent" --digits 3 --say goodbye
  talkpath call --carrier twilio --config talkpath.yaml --say goodbye
  talkpath call --carrier plivo --config talkpath.yaml --url https://bot.example.com --break 4s --say goodbye
  talkpath call --carrier plivo --digits 3 --inband-digits
  talkpath call --carrier twilio --echo-loss 12 --echo-delay 150ms --say goodbye
  talkpath call --carrier twilio --listen both --say hello --callee "hello yourself"
  talkpath call --carrier twilio --url wss://bot.example.com/media --audio question.wav
  talkpath call --carrier telnyx --say goodbye --network stalls --seed 7`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return f.run(cmd) },
	}
	f.register(cmd)
	return cmd
}

// register makes the flags of call.
func (f *callFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.carrier, "carrier", "", "the `carrier` to play; one of "+strings.Join(carrierNames(), ", "))
	flags.StringVar(&f.url, "url", "", "the server: its base `URL`, its answer URL, or a media socket's ws:// URL")
	for kind, usage := range map[string]string{
		"say":    "`text` that the caller says, once for each turn",
		"over":   "`text` that the caller says over the agent, from one second into its speech",
		"audio":  "WAV `file` (16-bit PCM or G.711) that the caller plays, once for each turn",
		"digits": "`keys` that the caller presses, once for each turn",
		"callee": "`text` that the other party says, once for each turn; with --listen",
	} {
		flags.Var(&turnFlag{f, kind}, kind, usage)
	}
	flags.StringVar(&f.inband, "inband-digits", "", "leave the keys' tones in the caller's sound: in `place` of the carrier's events, or with them (--inband-digits=both)")
	flags.Lookup("inband-digits").NoOptDefVal = "only"
	flags.Float64Var(&f.echo.Loss, "echo-loss", 0, "let the caller's telephone send back what it plays, weaker by so many `decibels`, up to 100")
	flags.DurationVar(&f.echo.Delay, "echo-delay", 150*time.Millisecond, "how long after it was played, up to 2s, with --echo-loss")
	flags.BoolVar(&f.talkOver, "talk-over", false, "speak over the agent in each turn, from one second into its speech")
	flags.StringVar(&f.encoding, "encoding", "", "the `encoding` where the carrier has a choice: pcmu, pcma, l16, g722 or opus")
	flags.IntVar(&f.rate, "rate", 0, "sample rate in `hertz` where the carrier has a choice: 8000, 16000 or 24000")
	flags.StringVar(&f.out, "out", "", "write what the caller heard to this WAV `file`")
	flags.StringVar(&f.voice, "voice", callerVoice, "espeak-ng `voice` of the caller")
	flags.StringVar(&f.from, "from", "+15550100001", "the caller's `number`")
	flags.StringVar(&f.to, "to", "+15550100002", "the `number` that is called")
	f.network.add(cmd)
	flags.DurationVar(&f.patience, "patience", 10*time.Second, "the `time` for which an answer is waited for")
	flags.StringVar(&f.listen, "listen", "", "ask for a one-way copy of the call instead of an agent, of the `part` that is caller or both")
	flags.DurationSliceVar(&f.breaks, "break", nil, "break the carrier's socket this `time` after the call began; may be given more than once")
	flags.DurationVar(&f.second, "second-socket", 0, "open a second socket for the stream this `time` after the call began, and go on there, as Plivo does; talkpath takes it with proof only")
	flags.Lookup("break").DefValue = "" // without one there is nothing to show
	f.proof.register(cmd)
	flags.BoolVar(&f.asJSON, "json", false, "print the report as one JSON document")
}

func carrierNames() (names []string) {
	for _, c := range carriers(CarriersConfig{}) {
		names = append(names, c.Name())
	}
	return names
}

// carrierNamed returns a carrier, or an error that names those there are.
func carrierNamed(name string) (telephony.Carrier, error) {
	for _, c := range carriers(CarriersConfig{}) {
		if c.Name() == name {
			return c, nil
		}
	}
	if name == "" {
		return telephony.Carrier{}, usageError{fmt.Errorf("--carrier is missing: one of %s", strings.Join(carrierNames(), ", "))}
	}
	return telephony.Carrier{}, usageError{fmt.Errorf("--carrier %q: must be one of %s", name, strings.Join(carrierNames(), ", "))}
}

// run makes the call.
func (f *callFlags) run(cmd *cobra.Command) error {
	ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	carrier, err := carrierNamed(f.carrier)
	if err != nil {
		return err
	}
	plan, cfg, err := f.prepare(carrier)
	if err != nil {
		return err
	}
	server, err := findServer(ctx, whereabouts{f.url, f.proof.config}, carrier.Name())
	if err != nil {
		return err
	}
	defer server.end()
	target, err := f.aim(server.target, server.base, carrier)
	if err != nil {
		return err
	}
	detour{server.public, server.base}.apply(&cfg, &target)
	told := newTeller(ctx, os.Stderr, source{base: server.records, carrier: carrier.Name(), call: target.Call.CallID})
	plan.Observe = told.observe
	report, err := sim.Place(ctx, cfg, target, plan)
	if report != nil {
		report.Transcript, report.Quality = told.source.told(context.WithoutCancel(ctx))
	}
	told.close()
	if report == nil {
		return f.proof.advised(fmt.Errorf("call: %w", err), carrier)
	}
	shown := f.show(report)
	if err != nil {
		return fmt.Errorf("call: %w", err)
	}
	return shown
}

// prepare returns what the caller does and what the simulator works with.
func (f *callFlags) prepare(carrier telephony.Carrier) (plan sim.Plan, cfg sim.Config, err error) {
	if plan, err = f.plan(carrier); err != nil {
		return plan, cfg, err
	}
	if f.out != "" { // which is written when the call is over
		if _, err = os.Stat(filepath.Dir(f.out)); err != nil {
			return plan, cfg, fmt.Errorf("--out: %w", err)
		}
	}
	rate, _, err := f.format(carrier)
	if err != nil {
		return plan, cfg, err
	}
	if cfg, err = f.proof.simConfig(carrier, rate); err != nil {
		return plan, cfg, err
	}
	return plan, cfg, f.network.apply(&cfg)
}

// aim returns target with all that the call asks of it.
func (f *callFlags) aim(target sim.Target, base string, carrier telephony.Carrier) (sim.Target, error) {
	key, err := f.proof.pathKey(carrier.Name())
	if err != nil {
		return target, err
	}
	if target, err = withPages(target, base, carrier.Name(), key); err != nil {
		return target, err
	}
	rate, encoding, err := f.format(carrier)
	if err != nil {
		return target, err
	}
	if rate != 0 && len(carrier.Quirks.Formats) > 1 {
		target.AnswerURL, target.MediaURL = withRate(target.AnswerURL, rate), withRate(target.MediaURL, rate)
	}
	if encoding != 0 {
		target.AnswerURL = withQuery(target.AnswerURL, "encoding", strings.ToLower(encoding.String()))
	}
	if f.listen != "" {
		target.AnswerURL = withQuery(target.AnswerURL, telephony.ListenParam, f.listen)
		target.AnswerURL = withQuery(target.AnswerURL, "next", base+"/") // where the call goes on is not played
		target.Listen = telephony.ReadListening(f.listen)
		target.Params = map[string]string{telephony.ListenParam: f.listen}
	}
	target.Call = telephony.PeerCall{CallID: carrierID(), From: f.from, To: f.to, Rate: rate, Encoding: encoding}
	return target, nil
}

// carrierID returns a call's id as a carrier would make it up.
func carrierID() string {
	var raw [16]byte
	_, _ = rand.Read(raw[:]) // never fails
	return "CA" + hex.EncodeToString(raw[:])
}

// simConfig returns what the simulator works with.
func (p *proofFlags) simConfig(c telephony.Carrier, rate int) (sim.Config, error) {
	signer, err := p.signer(c.Name())
	return sim.Config{
		Carrier: c, Codecs: codecs(), Rate: rate, Signer: signer,
		Dial: func(ctx context.Context, url string, header http.Header) (telephony.Conn, error) {
			return wsconn.Dial(ctx, url, wsconn.Config{Header: header})
		},
	}, err
}

// show writes what came of the call.
func (f *callFlags) show(r *sim.Report) error {
	if f.out != "" {
		if err := wav.WriteFile(f.out, r.Rate, r.Heard); err != nil {
			return fmt.Errorf("--out: %w", err)
		}
		fmt.Fprintf(os.Stderr, "what the caller heard is in %s\n", f.out)
	}
	if f.asJSON {
		enc := json.NewEncoder(os.Stdout)
		enc.SetIndent("", "  ")
		if err := enc.Encode(r); err != nil {
			return err
		}
	} else {
		printReport(os.Stdout, r)
	}
	if len(r.Errors) > 0 || r.Ending == telephony.MediaLost || r.Ending == telephony.CarrierError {
		return errFailed
	}
	return nil
}
