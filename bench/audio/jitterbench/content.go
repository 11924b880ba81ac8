package jitterbench

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/talkpath/talkpath/bench/audio/corpus"
	"github.com/talkpath/talkpath/bench/audio/lab"
)

// content is what is played over the traces.
type content struct {
	name   string
	pcm    []int16
	speech []bool // for each corpus.Step
}

const (
	talking    = "talk"   // 40 % speech, as one party of a call has
	continuous = "speech" // sentence after sentence, with short pauses

	noiseSeed   = 3
	lineToNoise = 40 // dB, a quiet room
)

// contents returns both, in the same voice, each over a telephone line with
// the noise of a quiet room.
func contents(l *lab.Lab, voice string, length time.Duration) ([]content, error) {
	noise, err := l.Corpus.Noise("pink", length, rate, noiseSeed)
	if err != nil {
		return nil, fmt.Errorf("content: %w", err)
	}
	talk, err := l.Corpus.Talk(voice, length, rate, l.Seed)
	if err != nil {
		return nil, fmt.Errorf("content: %w", err)
	}
	pcm, err := l.Corpus.Speech(voice, length, rate)
	if err != nil {
		return nil, fmt.Errorf("content: %w", err)
	}
	always := corpus.Talk{PCM: pcm, Rate: rate, Level: talk.Level}
	return []content{
		{name: talking, pcm: corpus.Line(corpus.Mix(talk, noise, lineToNoise), rate), speech: talk.Speech},
		{name: continuous, pcm: corpus.Line(corpus.Mix(always, noise, lineToNoise), rate)},
	}, nil
}

// file writes the content where NetEq's side reads it.
func (c content) file(dir string) (string, error) {
	path := filepath.Join(dir, "jitter-"+c.name+".raw")
	raw := make([]byte, 0, 2*len(c.pcm))
	for _, s := range c.pcm {
		raw = binary.LittleEndian.AppendUint16(raw, uint16(s))
	}
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		return "", fmt.Errorf("content: %w", err)
	}
	return path, nil
}
