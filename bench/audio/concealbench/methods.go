package concealbench

import (
	"context"
	"slices"

	"github.com/talkpath/talkpath/media/conceal"
	"github.com/talkpath/talkpath/media/noise"
)

const (
	rate  = 8000
	frame = rate / 50
)

// outcome is a sound after loss.
type outcome struct {
	heard []int16 // in step with what was sent
	// made is the same as it left the decoder, and whole as it would have left
	// it without loss: their frames are those of the loss.
	made, whole []int16
}

// method conceals the lost frames of a sound.
type method struct {
	name    string
	conceal func(ctx context.Context, sent []int16, lost []bool) (outcome, error)
}

// The methods' names.
const (
	oursBoth   = "ours, both sides"
	oursOne    = "ours, one side"
	spandspPLC = "spandsp"
	opusPLC    = "Opus PLC"
	repeating  = "repeat and fade"
	silence    = "silence"
)

// plain makes a method of one that needs no decoder and makes no mistakes.
func plain(name string, fill func(pcm []int16, lost []bool)) method {
	return method{name, func(_ context.Context, sent []int16, lost []bool) (outcome, error) {
		out := slices.Clone(sent)
		fill(out, lost)
		return outcome{out, out, sent}, nil
	}}
}

// oneSide is how a player conceals: it knows of a gap when the frame isn't
// there, and smooths the one that comes after.
func oneSide(pcm []int16, lost []bool) {
	c := conceal.New(rate, quiet(pcm))
	for i, gone := range lost {
		f := pcm[i*frame : (i+1)*frame]
		if gone {
			c.Conceal(f)
			continue
		}
		c.Join(f)
		c.Played(f)
	}
}

// bothSides is how the caller's sound is treated on its way to the recognizer,
// where a gap is noticed by the time stamp of the frame behind it.
func bothSides(pcm []int16, lost []bool) {
	c := conceal.New(rate, quiet(pcm))
	for i, gone := range lost {
		f := pcm[i*frame : (i+1)*frame]
		if !gone {
			c.Played(f)
			continue
		}
		if !lost[i-1] {
			end := i + slices.Index(lost[i:], false)
			c.Bridge((end-i)*frame, pcm[end*frame:(end+1)*frame])
		}
		c.Conceal(f)
	}
}

// quiet returns noise at the level of the quietest tenth of the frames.
func quiet(pcm []int16) *noise.Generator {
	var levels []float64
	for at := 0; at+frame <= len(pcm); at += frame {
		levels = append(levels, level(pcm[at:at+frame]))
	}
	slices.Sort(levels)
	g := noise.New(rate)
	if len(levels) > 0 {
		g.SetLevel(levels[len(levels)/10])
	}
	return g
}

func drop(pcm []int16, lost []bool) {
	gaps(lost, func(from, to int) { clear(pcm[from*frame : to*frame]) })
}

// repeat plays the last frame again and again, each time 6 dB softer.
func repeat(pcm []int16, lost []bool) {
	gaps(lost, func(from, to int) {
		for i := from * frame; i < to*frame; i++ {
			pcm[i] = pcm[i-frame] / 2
		}
	})
}
