package noisebench

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/talkpath/talkpath/bench/audio/lab"
	"github.com/talkpath/talkpath/media/noise"
)

const (
	// opusBits is the bit rate of the reference in its speech.
	opusBits = 16000
	// opusRefresh is the most frames in a row that are a description of noise
	// between frames which need not be sent, rather than speech.
	opusRefresh = 4
)

// opus sends pcm through the reference program.
func opus(ctx context.Context, program, dir string, pcm []int16, rate int) (passage, error) {
	sizes := filepath.Join(dir, "opusdtx.sizes")
	written, _, err := lab.Run(ctx, pcm, program, strconv.Itoa(rate), strconv.Itoa(opusBits), sizes)
	if err != nil {
		return passage{}, err
	}
	p := passage{pcm: lab.Samples(written)}
	text, err := os.ReadFile(sizes)
	if err != nil {
		return p, fmt.Errorf("opus: %w", err)
	}
	return p, p.readSizes(string(text))
}

// readSizes takes the bytes of each frame, and behind them the cost of one.
func (p *passage) readSizes(text string) error {
	lines := strings.Fields(text)
	for i, line := range lines {
		n, err := strconv.Atoi(line)
		switch {
		case err != nil:
			return fmt.Errorf("opus: size of frame %d: %w", i, err)
		case i == len(lines)-1:
			p.cost = float64(n)
		case n == 0:
			p.sends, p.bytes = append(p.sends, noise.SendNothing), append(p.bytes, 0)
		default:
			p.sends, p.bytes = append(p.sends, noise.SendSpeech), append(p.bytes, n)
		}
	}
	p.nameNoise()
	return nil
}

// nameNoise tells the few frames by which noise is described again from those
// of speech.
func (p *passage) nameNoise() {
	for from := 0; from < len(p.sends); {
		to := from
		for to < len(p.sends) && p.sends[to] == p.sends[from] {
			to++
		}
		if p.sends[from] == noise.SendSpeech && from > 0 && to < len(p.sends) && to-from <= opusRefresh {
			for i := from; i < to; i++ {
				p.sends[i] = noise.SendNoise
			}
		}
		from = to
	}
}
