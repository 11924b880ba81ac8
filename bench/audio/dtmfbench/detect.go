package dtmfbench

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/talkpath/talkpath/bench/audio/lab"
	"github.com/talkpath/talkpath/media/dtmf"
)

// heard is what a detector told of one line.
type heard struct {
	keys  string
	first int // samples that had come when the first key was told; -1 for none
}

// ours returns what media/dtmf hears in pcm, in blocks of so many samples.
func ours(pcm []int16, block int) (heard, error) {
	h := heard{first: -1}
	d, err := dtmf.New(rate)
	if err != nil {
		return h, err
	}
	var events []dtmf.Event
	for at := 0; at < len(pcm); at += block {
		end := min(at+block, len(pcm))
		events = d.Push(events[:0], pcm[at:end])
		for _, ev := range events {
			if !ev.Down {
				continue
			}
			h.keys += string(ev.Key)
			if h.first < 0 {
				h.first = end
			}
		}
	}
	return h, nil
}

// theirs returns what spandsp hears in each length samples of pcm, and the CPU
// time of a packet in µs.
func (b *bench) theirs(ctx context.Context, pcm []int16, length, block int) (all []heard, cost float64, err error) {
	written, told, err := lab.Run(ctx, pcm, b.spandsp, strconv.Itoa(length), strconv.Itoa(block))
	if err != nil {
		return nil, 0, err
	}
	for line := range strings.Lines(string(written)) {
		first, keys, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		h := heard{keys: keys}
		if h.first, err = strconv.Atoi(first); err != nil {
			return nil, 0, fmt.Errorf("spandsp told %q", line)
		}
		all = append(all, h)
	}
	if _, err := fmt.Sscanf(told, "cost %g", &cost); err != nil {
		return nil, 0, fmt.Errorf("spandsp told no cost: %q", told)
	}
	return all, cost / 1000, nil
}

// share is which part of presses was told once and as itself, and which was
// told as anything, in percent.
type share struct{ right, any float64 }

// count returns the shares of what was heard of lines.
func count(lines []line, all []heard) (s share, err error) {
	if len(all) != len(lines) {
		return s, fmt.Errorf("heard %d lines of %d", len(all), len(lines))
	}
	for i, l := range lines {
		if all[i].keys == string(l.key) {
			s.right += 100 / float64(len(lines))
		}
		if all[i].keys != "" {
			s.any += 100 / float64(len(lines))
		}
	}
	return s, nil
}

// both presses all keys in one way and returns what ours and spandsp made of
// them.
func (b *bench) both(ctx context.Context, p press, rounds int) (our, their share, err error) {
	all, err := lines(p, rounds, b.Seed)
	if err != nil {
		return our, their, err
	}
	ourHeard, theirHeard, err := b.listen(ctx, all, packet)
	if err != nil {
		return our, their, err
	}
	if our, err = count(all, ourHeard); err != nil {
		return our, their, err
	}
	their, err = count(all, theirHeard)
	return our, their, err
}

// listen returns what both hear of lines, in blocks of so many samples.
func (b *bench) listen(ctx context.Context, all []line, block int) (our, their []heard, err error) {
	joined := make([]int16, 0, len(all)*lineLength)
	for _, l := range all {
		var h heard
		if h, err = ours(l.pcm, block); err != nil {
			return nil, nil, err
		}
		our = append(our, h)
		joined = append(joined, l.pcm...)
	}
	their, _, err = b.theirs(ctx, joined, lineLength, block)
	return our, their, err
}
