package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
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
	carrier, url, digits, out, voice, from, to string
	say, audio                                 []string
	talkOver, asJSON                           bool
	rate                                       int
	patience                                   time.Duration
	network                                    networkFlags
}

func callCommand() *cobra.Command {
	var f callFlags
	cmd := &cobra.Command{
		Use:   "call --carrier C [--say TEXT]...",
		Short: "Play a carrier and make one call to a server",
		Long: `Call plays the carrier's part of one call against a running server, ours or
any other that speaks the carrier's protocol. Each --say and --audio waits for
the agent to finish; with --talk-over it starts one second into the agent's
speech. Without --url it calls 127.0.0.1:8080 or, where nothing listens there,
a server of its own. What happens is told on standard error as it happens.`,
		Example: `  talkpath call --carrier twilio --say "i would like to book an appointment" --say "yes please"
  talkpath call --carrier exotel --rate 16000 --say goodbye --out heard.wav --json
  talkpath call --carrier twilio --url wss://bot.example.com/media --audio question.wav
  talkpath call --carrier telnyx --say goodbye --network stalls --seed 7`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return f.run(cmd) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.carrier, "carrier", "", "the `carrier` to play: "+strings.Join(carrierNames(), ", "))
	flags.StringVar(&f.url, "url", "", "the server: its base `URL`, its answer URL, or a media socket's ws:// URL")
	turns := &turnFlags{f: &f}
	flags.Var(turns.of("say"), "say", "`text` that the caller says, once for each turn")
	flags.Var(turns.of("audio"), "audio", "WAV `file` that the caller plays, once for each turn")
	flags.BoolVar(&f.talkOver, "talk-over", false, "speak over the agent, from one second into its speech")
	flags.StringVar(&f.digits, "digits", "", "`keys` that the caller presses behind the last turn")
	flags.IntVar(&f.rate, "rate", 0, "samples per `second` where the carrier has a choice (8000, 16000, 24000)")
	flags.StringVar(&f.out, "out", "", "write what the caller heard to this WAV `file`")
	flags.StringVar(&f.voice, "voice", callerVoice, "espeak-ng `voice` of the caller")
	flags.StringVar(&f.from, "from", "+15550100001", "the caller's `number`")
	flags.StringVar(&f.to, "to", "+15550100002", "the `number` that is called")
	f.network.add(cmd)
	flags.DurationVar(&f.patience, "patience", 10*time.Second, "how long an answer is waited for")
	flags.BoolVar(&f.asJSON, "json", false, "print the report as one JSON document")
	return cmd
}

// turnFlags keeps --say and --audio in the order in which they stand.
type turnFlags struct{ f *callFlags }

type turnFlag struct {
	turns *turnFlags
	kind  string
}

func (t *turnFlags) of(kind string) *turnFlag { return &turnFlag{t, kind} }

func (t *turnFlag) String() string { return "" }
func (t *turnFlag) Type() string   { return "string" }

func (t *turnFlag) Set(text string) error {
	if strings.TrimSpace(text) == "" {
		return errors.New("must not be empty")
	}
	say, audio := "", ""
	if t.kind == "say" {
		say = text
	} else {
		audio = text
	}
	t.turns.f.say = append(t.turns.f.say, say)
	t.turns.f.audio = append(t.turns.f.audio, audio)
	return nil
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
	plan, err := f.plan(carrier)
	if err != nil {
		return err
	}
	cfg := simConfig(carrier, f.rate)
	if err = f.network.apply(&cfg); err != nil {
		return err
	}
	target, base, closeServer, err := findServer(ctx, f.url, carrier.Name())
	if err != nil {
		return err
	}
	defer closeServer()
	if f.rate != 0 && len(carrier.Quirks.Formats) > 1 {
		target.AnswerURL, target.MediaURL = withRate(target.AnswerURL, f.rate), withRate(target.MediaURL, f.rate)
	}
	target.Call = telephony.PeerCall{CallID: carrierID(), From: f.from, To: f.to, Rate: f.rate}
	told := newTeller(ctx, os.Stderr, source{base: base, carrier: carrier.Name(), call: target.Call.CallID})
	plan.Observe = told.observe
	report, err := sim.Place(ctx, cfg, target, plan)
	if report != nil {
		report.Transcript = told.source.transcript(context.WithoutCancel(ctx))
	}
	told.close()
	if report == nil {
		return fmt.Errorf("call: %w", err)
	}
	shown := f.show(report)
	if err != nil {
		return fmt.Errorf("call: %w", err)
	}
	return shown
}

// carrierID returns a call's id as a carrier would make it up.
func carrierID() string {
	var raw [16]byte
	_, _ = rand.Read(raw[:]) // never fails
	return "CA" + hex.EncodeToString(raw[:])
}

// simConfig returns what the simulator works with.
func simConfig(c telephony.Carrier, rate int) sim.Config {
	return sim.Config{
		Carrier: c, Codecs: codecs(), Rate: rate,
		Dial: func(ctx context.Context, url string) (telephony.Conn, error) {
			return wsconn.Dial(ctx, url, wsconn.Config{})
		},
	}
}

// plan returns what the caller does.
func (f *callFlags) plan(c telephony.Carrier) (sim.Plan, error) {
	plan := sim.Plan{Patience: f.patience, Noise: callerNoise}
	if f.rate != 0 && !offers(c, f.rate) {
		return plan, usageError{fmt.Errorf("--rate %d: %s does not offer it", f.rate, c.Name())}
	}
	for i, say := range f.say {
		turn := sim.Turn{Say: say, TalkOver: f.talkOver}
		if file := f.audio[i]; file != "" {
			pcm, rate, err := wav.ReadFile(file)
			if err != nil {
				return plan, fmt.Errorf("--audio %s: %w", file, err)
			}
			turn.Say, turn.Speech = file, recorded(pcm, rate)
		} else {
			turn.Speech = spoken(say, f.voice)
		}
		plan.Turns = append(plan.Turns, turn)
	}
	if f.digits != "" {
		if strings.Trim(f.digits, "0123456789*#") != "" {
			return plan, usageError{fmt.Errorf("--digits %q: keys are 0-9 * #", f.digits)}
		}
		plan.Turns = append(plan.Turns, sim.Turn{Digits: f.digits, TalkOver: f.talkOver && len(f.say) == 0})
	}
	return plan, nil
}

func offers(c telephony.Carrier, rate int) bool {
	for _, format := range c.Quirks.Formats {
		if format.Rate == rate {
			return true
		}
	}
	return false
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
