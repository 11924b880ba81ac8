package main

import (
	"context"
	"fmt"

	"github.com/talkpath/talkpath/conversation/tts/espeak"
)

const (
	// callerVoice is the caller's voice where none is asked for. It is not
	// the agent's, so that a recording tells them apart.
	callerVoice = "en-us"
	// callerNoise is the peak amplitude of the noise on the caller's line.
	callerNoise = 8
)

// spoken returns a Speech of text in an espeak-ng voice.
func spoken(text, voice string) func(context.Context, int) ([]int16, error) {
	return func(ctx context.Context, rate int) ([]int16, error) {
		tts, err := espeak.New(espeak.Config{Voice: voice})
		if err != nil {
			return nil, err
		}
		var pcm []int16
		err = tts.Speak(ctx, text, func(part []int16) error {
			pcm = append(pcm, part...)
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("say %q: %w", text, err)
		}
		return recorded(pcm, tts.Rate())(ctx, rate)
	}
}

// recorded returns a Speech of samples at a rate.
func recorded(pcm []int16, from int) func(context.Context, int) ([]int16, error) {
	return func(_ context.Context, rate int) ([]int16, error) {
		r, err := codecs().Between(from, rate)
		if err != nil {
			return nil, err
		}
		out := r.Resample(nil, pcm)
		return r.Resample(out, make([]int16, from/20)), nil // brings out what the filter holds
	}
}
