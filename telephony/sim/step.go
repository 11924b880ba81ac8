package sim

import (
	"time"

	"github.com/talkpath/talkpath/codec"
	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/media/dtmf"
	"github.com/talkpath/talkpath/telephony"
)

// step lives through one slot at both ends of the caller's line, and says
// whether the call ends with it.
func (c *call) step() telephony.Ending {
	at := time.Duration(c.slots) * slot
	n := c.line.format.Samples(slot)
	c.slots++
	c.sendPackets()
	if c.leaving {
		return telephony.CallerHungUp
	}

	c.mu.Lock()
	c.line.beat()
	c.ear = append(c.ear, make([]int16, n)...)
	now := c.ear[len(c.ear)-n:]
	c.line.play(now, n)
	c.mu.Unlock()
	var far spoken
	if c.oneWay() {
		far = c.far.fill(now)
	}

	heard := !c.oneWay() && waveform{pcm: now, rate: c.line.format.Rate}.speaks()
	c.watchAgent(heard)
	c.say(n, far)
	switch c.manners.hear(heard, slot) {
	case speak:
		c.missAnswer()
		c.begin()
	case leave:
		c.missAnswer()
		c.leaving = true // when this slot has been heard
	case listen:
	}
	if at >= c.plan.MaxDuration {
		return telephony.MaxDurationReached
	}
	return telephony.EndingNone
}

// begin starts the next turn with the next slot.
func (c *call) begin() {
	turn := c.plan.Turns[c.manners.turn]
	speech := waveform{pcm: c.speeches[c.manners.turn], rate: c.line.format.Rate}
	text := turn.Say
	if text == "" {
		text = turn.Digits
	}
	if turn.Callee {
		c.far.begin(speech, turn.Digits, nil)
		c.tell(CalleeSpeaks, text)
		return
	}
	var tones *dtmf.Generator
	if turn.Keying != KeyEvents {
		tones = c.keypad
	}
	c.mouth.begin(speech, turn.Digits, tones)
	c.utterances = append(c.utterances, utterance{turn: turn, from: len(c.said), to: -1})
	c.tell(CallerSpeaks, text)
}

// say fills one slot of n samples with what the caller says. far is what the
// other party said in it.
func (c *call) say(n int, far spoken) {
	c.said = append(c.said, make([]int16, n)...)
	from := len(c.said) - n
	sounds := len(c.mouth.pcm) > 0
	spoken := c.mouth.fill(c.said[from:])
	if sounds || spoken.sounds {
		c.voicedTo = len(c.said)
	}
	if spoken.key != 0 && c.utterances[len(c.utterances)-1].turn.Keying != KeyTones {
		c.queueOut(telephony.Event{Kind: telephony.Digit, Digit: spoken.key, Held: keyHeld})
	}
	if spoken.key != 0 {
		c.tell(KeyPressed, string(spoken.key))
	}
	switch {
	case far.over:
		c.manners.fallSilent()
	case spoken.over:
		c.utterances[len(c.utterances)-1].to = from + spoken.end
		c.newAnswer()
		c.manners.fallSilent()
		c.tell(CallerQuiet, "")
	}
}

// newAnswer says that what the agent says next is an answer to what the
// caller said.
func (c *call) newAnswer() {
	c.mu.Lock()
	c.line.gaps.newAnswer()
	c.mu.Unlock()
}

// sendPackets queues what the caller's line has captured in whole packets of
// the stream. What is said while there is none is lost.
func (c *call) sendPackets() {
	if c.down {
		return
	}
	packet := c.cfg.Carrier.Quirks.Packet
	size := c.line.format.Samples(packet)
	for c.base+(c.packets+1)*size <= len(c.said) {
		from := c.base + c.packets*size
		if !c.plan.SkipSilence || from < c.voicedTo || c.echo != nil {
			c.sendPacket(c.voice, c.withEcho(from, from+size), false)
		}
		if c.other != nil {
			c.sendPacket(c.other, c.ear[from:from+size], true)
		}
		c.packets++
	}
}

// withEcho returns what the caller's telephone sends of a part of the call.
func (c *call) withEcho(from, to int) []int16 {
	if c.echo == nil {
		return c.said[from:to]
	}
	c.echo.follow(c.ear)
	c.mixed = append(c.mixed[:0], c.said[from:to]...)
	for i := range c.mixed {
		c.mixed[i] = addClipped(c.mixed[i], c.echo.back[from+i])
	}
	return c.mixed
}

// sendPacket queues the next packet of one track.
func (c *call) sendPacket(encoder codec.Codec, pcm []int16, callee bool) {
	c.payload = encoder.Encode(c.payload[:0], pcm)
	c.queueOut(telephony.Event{Kind: telephony.Audio, Callee: callee, Frame: media.Frame{
		Format: c.line.format, Seq: uint64(c.packets + 1),
		At: time.Duration(c.packets) * c.cfg.Carrier.Quirks.Packet, Payload: c.payload,
	}})
}

// watchAgent tells when the agent begins and ceases to speak.
func (c *call) watchAgent(heard bool) {
	switch {
	case heard && !c.agentOn:
		c.agentOn = true
		c.tell(AgentSpeaks, "")
	case c.agentOn && !heard:
		if c.agentRest += slot; c.agentRest >= c.plan.Quiet {
			c.agentOn = false
			c.tell(AgentQuiet, "")
		}
	}
	if heard {
		c.agentRest = 0
	}
}
