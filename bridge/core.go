package bridge

import (
	"fmt"
	"time"

	"github.com/talkpath/talkpath/codec"
	"github.com/talkpath/talkpath/conversation"
	"github.com/talkpath/talkpath/jitter"
	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/media/conceal"
	"github.com/talkpath/talkpath/media/noise"
	"github.com/talkpath/talkpath/media/pace"
	"github.com/talkpath/talkpath/media/quality"
	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/vad"
)

// CoreConfig is what a Core needs to know of its call.
type CoreConfig struct {
	Format         media.Format // of the stream, both directions
	Quirks         telephony.Quirks
	Codecs         codec.Set
	Manners        conversation.Manners
	RecognizerRate int // samples per second
	VoiceRate      int // samples per second
	// Lead is how far sound is sent ahead of real time, on the average: it
	// varies by half a message to both sides. DefaultLead where zero.
	Lead time.Duration
	// Listen is whose words are only written down, on a one-way stream; empty
	// for a conversation.
	Listen conversation.Role
	Ears   Ears
}

const (
	// DefaultLead covers a stall of the network, and is little enough that a
	// carrier which is slow to clear its queue stops soon.
	DefaultLead = 200 * time.Millisecond
	// MaxLead is the most that is ever sent ahead.
	MaxLead = 400 * time.Millisecond
)

// Core is the pure part of one call: jitter buffer, codecs, voice detector,
// turn taking, pace and playout clock, joined. It is owned by one lock.
type Core struct {
	cfg   CoreConfig
	turn  *conversation.Turn
	begun bool
	away  bool // whether the stream is gone
	outs  []Output
	count Counts
	line  *quality.Meter

	in      inbound
	out     outbound
	echo    echoGuard
	presses presses
}

// NewCore returns the core of a call whose stream has started.
func NewCore(cfg CoreConfig) (*Core, error) {
	if cfg.Lead == 0 {
		cfg.Lead = DefaultLead
	}
	c := &Core{cfg: cfg, line: newMeter(cfg)}
	if err := c.in.init(cfg); err != nil {
		return nil, fmt.Errorf("inbound: %w", err)
	}
	if err := c.out.init(cfg); err != nil {
		return nil, fmt.Errorf("outbound: %w", err)
	}
	if err := c.echo.init(cfg); err != nil {
		return nil, fmt.Errorf("echo guard: %w", err)
	}
	if cfg.Listen != "" {
		c.turn = conversation.NewScribe(cfg.Manners, cfg.Listen)
		return c, nil
	}
	c.turn = conversation.NewTurn(cfg.Manners, c.out.clock.Position)
	return c, nil
}

// Step takes one input at its time and returns what is to be done, in order.
// The outputs, and the memory that they point to, are good until the next
// Step. now never goes back.
func (c *Core) Step(now time.Time, in *Input) []Output {
	if c.in.framesUpTo.IsZero() {
		c.in.framesUpTo = now
	}
	c.measure(now, in)
	c.outs = c.outs[:0]
	c.in.heard = c.in.heard[:0]
	switch in.Kind {
	case InBegin:
		c.begun = true
		c.turn.Begin(now)
	case InEvent:
		c.event(now, &in.Event)
	case InTick:
		c.drain(now)
	case InHearing:
		c.turn.Heard(now, in.Hearing)
	case InReplyText:
		c.turn.ReplyText(now, in.ID, in.Text)
	case InReplyDone:
		c.turn.ReplyDone(now, in.ID, in.Next, in.Err)
	case InSound:
		c.sound(now, in.ID, in.PCM)
	case InSpeakDone:
		c.soundDone(now, in.ID, in.Err)
	case InLost:
		c.lose(now)
	case InResume:
		c.resume(now, in.Format)
	case InStop:
		c.drain(now)
		c.turn.Stop(now)
	}
	if in.passesTime() {
		c.tick(now)
	}
	c.act(now)
	if !c.away {
		c.pump(now)
	}
	return c.outs
}

// event takes what a message from the carrier means.
func (c *Core) event(now time.Time, ev *telephony.Event) {
	switch ev.Kind {
	case telephony.Audio:
		c.count.ReceivedFrames++
		c.count.Received += ev.Frame.Duration()
		c.audio(now, ev.Frame)
	case telephony.Digit:
		c.press(now, ev.Digit, byEvent)
	case telephony.MarkPlayed:
		c.markPlayed(now, ev.Mark)
	case telephony.Stopped:
		c.emit(Output{Kind: OutEnd, Ending: telephony.CallerHungUp, Text: ev.Reason})
	case telephony.Unknown:
		c.count.UnknownEvents++
	case telephony.Connected, telephony.Started, telephony.Cleared, telephony.Mark, telephony.Clear:
	}
}

// tick lets time pass for the conversation.
func (c *Core) tick(now time.Time) {
	if !c.begun {
		return
	}
	c.turn.Tick(now, c.out.empty())
	if !c.away {
		c.played(now)
	}
}

// played tells the conversation when the caller has heard a whole reply.
func (c *Core) played(now time.Time) {
	if c.turn.Audible() && c.turn.Complete() && c.out.empty() && c.out.clock.Lead(now) == 0 {
		c.out.dirty = false
		c.turn.Played(now)
	}
}

// act carries out what the conversation wants, until it wants nothing more.
func (c *Core) act(now time.Time) {
	for {
		actions := c.turn.Take()
		if len(actions) == 0 {
			return
		}
		for _, a := range actions {
			c.perform(now, a)
		}
	}
}

func (c *Core) perform(now time.Time, a conversation.Action) {
	switch a.Kind {
	case conversation.ActHear:
		c.startHearing()
	case conversation.ActFinish:
		c.in.hearing = false
		c.in.past.reset() // what it heard is no beginning of the next
		c.emit(Output{Kind: OutFinish, ID: a.ID})
	case conversation.ActAsk:
		c.emit(Output{Kind: OutAsk, ID: a.ID, Prompt: a.Prompt})
	case conversation.ActCancelAsk:
		c.emit(Output{Kind: OutCancelAsk, ID: a.ID})
	case conversation.ActSpeak:
		c.out.sentence, c.out.midway = a.ID, false
		c.emit(Output{Kind: OutSpeak, ID: a.ID, Text: a.Text, Canned: a.Canned})
	case conversation.ActCancelSpeak:
		c.out.sentence, c.out.midway = 0, false
		c.emit(Output{Kind: OutCancelSpeak})
	case conversation.ActHush:
		c.hush(now)
	case conversation.ActHangUp:
		ending, detail := endingOf(a.Leave)
		c.emit(Output{Kind: OutEnd, Ending: ending, Text: detail})
	}
}

// endingOf returns how a call ends that the agent's side ends.
func endingOf(why conversation.Leave) (ending telephony.Ending, detail string) {
	switch why {
	case conversation.LeaveDone:
		return telephony.AgentHungUp, "the dialogue ended the call"
	case conversation.LeaveIdle:
		return telephony.AgentHungUp, "the caller was silent"
	case conversation.LeaveMaxDuration:
		return telephony.MaxDurationReached, "the longest duration was reached"
	case conversation.LeaveEngineFailed:
		return telephony.EngineFailed, "an engine failed too often in a row"
	}
	return telephony.InternalError, "left for no known reason"
}

func (c *Core) emit(o Output) { c.outs = append(c.outs, o) }

// Turn returns the conversation, to be read under the call's lock.
func (c *Core) Turn() *conversation.Turn { return c.turn }

// Backlog returns how much of the agent's sound waits to be sent.
func (c *Core) Backlog() time.Duration { return c.out.queue.duration(c.out.queue.len()) }

// Counts returns what has flowed so far.
func (c *Core) Counts(now time.Time) Counts {
	n := c.count
	n.Jitter = n.Jitter.Plus(c.in.jitter.Stats())
	n.Heard += c.out.clock.Position(now)
	n.NoiseFloor = c.in.vad.Floor()
	n.Line = c.measured(now, n.Jitter)
	return n
}

// Counts is what flowed in one call.
type Counts struct {
	ReceivedFrames, SentFrames uint64
	Received, Sent, Heard      time.Duration // sound
	UnknownEvents              uint64
	Clears                     uint64
	MarksSent, MarksReturned   uint64
	Echoes                     uint64 // spurts of speech that were the agent's own echo
	Jitter                     jitter.Stats
	NoiseFloor                 float64 // dBFS
	Line                       quality.Measures
}

// inbound is the caller's way in.
type inbound struct {
	jitter    *jitter.Buffer
	codec     codec.Codec
	vad       *vad.Detector
	noise     *noise.Generator
	conceal   *conceal.Concealer
	concealer codec.Concealer // the codec, where it can fill gaps; else nil
	keypad    keypad
	resample  codec.Resampler
	denoise   suppressor
	pcm       []int16   // one frame, decoded
	gap       []int16   // one step of a gap as the detectors are told of it
	made      []int16   // and as it is made up
	coded     []int16   // or by the codec
	past      ring      // the last preRoll of sound, for the start of an utterance
	onset     time.Time // where the newest spurt of speech began
	// framesUpTo is when the newest frame came, at first when the call began.
	framesUpTo time.Time
	hearing    bool    // whether an utterance is open
	heard      []int16 // what goes to the recognizer in this step
}

// outbound is the agent's way out.
type outbound struct {
	codec    codec.Codec
	resample codec.Resampler
	clock    pace.Playout // what the caller has heard, as marks tell
	lead     pace.Playout // what real time would have played: marks that never come must not slow the sending
	sentence uint64       // whose sound is taken; zero for none
	midway   bool         // whether some of that came, and more will
	pcm      []int16
	queue    queue
	chunk    int           // units of the queue in one message
	frame    int           // units in 20 ms
	least    int           // units in the smallest message
	enough   time.Duration // the lead above which nothing is sent
	dirty    bool          // whether the carrier may have the agent's words queued
	unmarked time.Duration
	clears   uint64 // how many there were; a mark of before the last tells nothing
	comfort  comfort
}
