package echobench

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/talkpath/talkpath/bridge"
	"github.com/talkpath/talkpath/codec"
	"github.com/talkpath/talkpath/codec/g711"
	"github.com/talkpath/talkpath/codec/resample"
	"github.com/talkpath/talkpath/conversation"
	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/twilio"
)

const (
	rate = 8000
	slot = 20 * time.Millisecond
	step = rate / 50 // samples of a slot
)

// prompt is one prompt of the agent's, in a call of its own.
type prompt struct {
	agent  []int16
	path   *path   // nil where nothing comes back
	caller []int16 // what the caller says over it, from the call's start; may be nil
	guard  bool
	seed   uint64
}

// outcome is what became of a prompt.
type outcome struct {
	stopped time.Duration // when the agent was stopped; below zero for never
	heard   bool          // whether the recognizer was given anything
	echoes  uint64        // spurts that were taken for an echo
}

// call is the carrier's side of a prompt, around the bridge's core.
type call struct {
	core    *bridge.Core
	coder   codec.Codec
	now     time.Time
	sent    []int16 // what waits to be played
	played  []int16
	marks   []mark
	ask     uint64
	speak   uint64
	outcome outcome
}

type mark struct {
	name string
	at   int // in samples played
}

// epoch returns when calls begin.
func epoch() time.Time { return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) }

// run plays the prompt, and a second more.
func (p prompt) run() (outcome, error) {
	format := media.Format{Encoding: media.PCMU, Rate: rate}
	codecs := codec.Set{
		Codecs:   map[media.Encoding]func(int) (codec.Codec, error){media.PCMU: g711.NewMuLaw},
		Resample: func(from, to int) (codec.Resampler, error) { return resample.New(from, to) },
	}
	core, err := bridge.NewCore(bridge.CoreConfig{
		Format: format, Quirks: twilio.Carrier().Quirks, Codecs: codecs, Manners: conversation.DefaultManners(),
		RecognizerRate: 16000, VoiceRate: rate, Ears: bridge.Ears{NoEchoGuard: !p.guard},
	})
	if err != nil {
		return outcome{}, err
	}
	c := &call{core: core, now: epoch(), outcome: outcome{stopped: -1}}
	if c.coder, err = codecs.New(format); err != nil {
		return outcome{}, err
	}
	if err = c.greet(p.agent); err != nil {
		return outcome{}, err
	}
	c.live(p, format)
	c.outcome.echoes = core.Counts(c.now).Echoes
	return c.outcome, nil
}

// greet has the agent say pcm.
func (c *call) greet(pcm []int16) error {
	c.step(bridge.Input{Kind: bridge.InBegin})
	c.step(bridge.Input{Kind: bridge.InReplyText, ID: c.ask, Text: "Some words that are said."})
	c.step(bridge.Input{Kind: bridge.InReplyDone, ID: c.ask})
	if c.speak == 0 {
		return fmt.Errorf("the agent has nothing to say")
	}
	c.step(bridge.Input{Kind: bridge.InSound, ID: c.speak, PCM: pcm})
	c.step(bridge.Input{Kind: bridge.InSpeakDone, ID: c.speak})
	return nil
}

// live passes the time, slot by slot.
func (c *call) live(p prompt, format media.Format) {
	rng := rand.New(rand.NewPCG(p.seed, 9))
	var back []int16
	if p.path != nil { // as if the prompt were played to its end
		back = p.path.echo(append(make([]int16, step), append(append([]int16(nil), p.agent...), make([]int16, rate)...)...), rng)
	}
	pcm := make([]int16, step)
	for at := 0; at < len(p.agent)+rate; at += step {
		c.now = c.now.Add(slot)
		c.play()
		for i := range pcm {
			v := int32(rng.IntN(17)) - 8 // a quiet line
			if at+i < len(back) && c.outcome.stopped < 0 {
				v += int32(back[at+i])
			}
			if at+i < len(p.caller) {
				v += int32(p.caller[at+i])
			}
			pcm[i] = int16(max(-32768, min(32767, v)))
		}
		c.step(bridge.Input{Kind: bridge.InEvent, Event: telephony.Event{
			Kind:  telephony.Audio,
			Frame: media.Frame{Format: format, At: time.Duration(at) * time.Second / rate, Payload: c.coder.Encode(nil, pcm)},
		}})
	}
}

// play lets the carrier play a slot, and returns its marks.
func (c *call) play() {
	n := min(step, len(c.sent))
	c.played = append(c.played, c.sent[:n]...)
	c.sent = c.sent[n:]
	for len(c.marks) > 0 && c.marks[0].at <= len(c.played) {
		name := c.marks[0].name
		c.marks = c.marks[1:]
		c.step(bridge.Input{Kind: bridge.InEvent, Event: telephony.Event{Kind: telephony.MarkPlayed, Mark: name}})
	}
}

func (c *call) step(in bridge.Input) {
	for _, out := range c.core.Step(c.now, &in) {
		switch out.Kind {
		case bridge.OutSend:
			c.receive(out.Event)
		case bridge.OutAsk:
			c.ask = out.ID
		case bridge.OutSpeak:
			c.speak = out.ID
		case bridge.OutListen:
			c.outcome.heard = true
		default:
		}
	}
}

// receive takes what the bridge sends to the carrier.
func (c *call) receive(ev telephony.Event) {
	switch ev.Kind {
	case telephony.Audio:
		pcm, err := c.coder.Decode(nil, ev.Frame.Payload)
		if err == nil {
			c.sent = append(c.sent, pcm...)
		}
	case telephony.Mark:
		c.marks = append(c.marks, mark{ev.Mark, len(c.played) + len(c.sent)})
	case telephony.Clear:
		c.sent, c.marks = nil, nil
		if c.outcome.stopped < 0 {
			c.outcome.stopped = c.now.Sub(epoch())
		}
	default:
	}
}
