package bridge

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/talkpath/talkpath/conversation"
	"github.com/talkpath/talkpath/media"
)

// Agent is a conversation.Agent that is ready to take calls: its phrases for
// times of trouble are synthesized already.
type Agent struct {
	conversation.Agent
	Ears    Ears
	phrases map[string][]int16 // at the synthesizer's rate; read only
}

// phraseWait is how long one phrase may take to synthesize.
const phraseWait = 10 * time.Second

// NewAgent synthesizes the phrases of a's manners. Where that fails, tones
// take their place and the error says why; the Agent can be used all the same.
func NewAgent(ctx context.Context, a conversation.Agent) (*Agent, error) {
	if err := a.Manners.Check(); err != nil {
		return nil, fmt.Errorf("agent %s: %w", a.Name, err)
	}
	agent := &Agent{Agent: a, phrases: map[string][]int16{}}
	p := a.Manners.Phrases
	var failed error
	for _, text := range []string{p.Moment, p.Sorry, p.Bye, p.Back} {
		pcm, err := render(ctx, a.Synthesizer, text)
		if err != nil || len(pcm) == 0 {
			pcm = tones(a.Synthesizer.Rate())
			if failed == nil && err != nil {
				failed = fmt.Errorf("agent %s: synthesize its phrases: %w", a.Name, err)
			}
		}
		agent.phrases[text] = pcm
	}
	return agent, failed
}

// render synthesizes a whole text.
func render(ctx context.Context, s conversation.Synthesizer, text string) (pcm []int16, err error) {
	ctx, stop := context.WithTimeout(ctx, phraseWait)
	defer stop()
	err = s.Speak(ctx, text, func(part []int16) error {
		pcm = append(pcm, part...)
		return nil
	})
	return pcm, err
}

// canned brings the sound of a phrase in steps.
func (a *Agent) canned(text string, take func([]int16) error) error {
	pcm := a.phrases[text]
	step := media.PCMSamples(cannedStep, a.Synthesizer.Rate())
	for len(pcm) > 0 {
		n := min(step, len(pcm))
		if err := take(pcm[:n]); err != nil {
			return err
		}
		pcm = pcm[n:]
	}
	return nil
}

// tones returns two falling tones, at rate samples per second: the sign of
// trouble that needs no voice.
func tones(rate int) []int16 {
	const (
		level = 3000
		fade  = 10 * time.Millisecond
		lasts = 250 * time.Millisecond
	)
	n, edge := media.PCMSamples(lasts, rate), media.PCMSamples(fade, rate)
	var out []int16
	for _, hertz := range []float64{520, 390} {
		for i := range n {
			gain := min(1, float64(min(i, n-1-i))/float64(edge))
			out = append(out, int16(level*gain*math.Sin(2*math.Pi*hertz*float64(i)/float64(rate))))
		}
	}
	return out
}
