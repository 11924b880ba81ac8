package bridge

import (
	"time"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/media/echo"
	"github.com/talkpath/talkpath/vad"
)

// echoLead is how much sound before the first that is no echo goes to the
// recognizer with it.
const echoLead = 100 * time.Millisecond

// echoDies is how long an echo is heard after the agent was stopped, at most:
// until the carrier has cleared its queue, and the delay of the echo.
const echoDies = 600 * time.Millisecond

// spurt is what a spurt of speech has been found to be.
type spurt uint8

const (
	fresh  spurt = iota // not judged yet
	echoed              // the agent's own echo, as far as it was heard
	spoken              // the caller's, to its end
)

// echoGuard keeps the agent from being interrupted by the echo of its own
// voice.
type echoGuard struct {
	*echo.Guard // nil where there is none

	spurt spurt // the one at hand
	// cut is when the agent was stopped for the spurt at hand; zero where it wasn't.
	cut time.Time
	// over is how long ago the caller began to speak over an echo, in the step
	// that found it; else zero.
	over time.Duration
}

func (g *echoGuard) init(cfg CoreConfig) (err error) {
	*g = echoGuard{}
	if !cfg.Ears.NoEchoGuard && cfg.Listen == "" {
		g.Guard, err = echo.New(cfg.Format.Rate)
	}
	return err
}

// queue takes the agent's sound that waits to be sent.
func (g *echoGuard) queue(pcm []int16) {
	if g.Guard != nil {
		g.Queue(pcm)
	}
}

// sent tells when the first of it plays.
func (g *echoGuard) sent(length time.Duration, plays time.Time) {
	if g.Guard != nil {
		g.Sent(length, plays)
	}
}

// drop tells that the agent was stopped.
func (g *echoGuard) drop(now time.Time) {
	if g.Guard != nil {
		g.Drop(now)
		g.cut = now
	}
}

// ownEcho takes sound and what the voice detector makes of it, and reports
// whether it is the agent's own echo, of which nobody is told. A spurt that was
// taken for an echo is told from where the caller speaks up.
func (c *Core) ownEcho(now time.Time, pcm []int16, voice *vad.Result) bool {
	g := &c.echo
	if g.Guard == nil {
		return false
	}
	g.Hear(now, pcm)
	g.over = 0
	if voice.Started {
		g.spurt, g.cut = fresh, time.Time{}
	}
	if !voice.Started && !voice.Speech {
		if voice.Ended {
			g.doubt(now.Add(voice.LastVoice - voice.Now))
		}
		return voice.Ended && g.spurt == echoed
	}
	if g.spurt == spoken {
		return false
	}
	own, since := g.Explains()
	switch {
	case own && g.spurt == fresh:
		g.spurt = echoed
		c.count.Echoes++
	case !own && g.spurt == echoed:
		c.in.onset, g.over = now.Add(-since), since
		g.spurt = spoken
	case !own:
		g.spurt = spoken
	}
	return own
}

// doubt takes the end of a spurt. Where the agent was stopped for it and it fell
// silent with the agent, an echo may have set in that nobody knew of.
func (g *echoGuard) doubt(last time.Time) {
	if !g.cut.IsZero() && last.Sub(g.cut) < echoDies {
		g.Forget()
	}
	g.cut = time.Time{}
}

// beginning returns how many samples before an utterance was noticed go to the
// recognizer: all there are, except where an echo was before it.
func (c *Core) beginning() int {
	if c.echo.over == 0 {
		return len(c.in.past.buf)
	}
	return media.PCMSamples(c.echo.over+echoLead, c.cfg.Format.Rate)
}
