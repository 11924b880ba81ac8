package concealbench

import (
	"slices"

	"github.com/talkpath/talkpath/bench/audio/lab"
	"github.com/talkpath/talkpath/media/conceal"
)

// costs returns the microseconds of CPU that a lost frame takes, from one side
// and from both: the whole sound with its losses, less the same without. The
// comfort noise is the caller's, and not in it.
func costs(sent []int16, lost []bool, rounds int) (one, both float64) {
	none := make([]bool, len(lost))
	missing := 0
	for _, gone := range lost {
		if gone {
			missing++
		}
	}
	c := conceal.New(rate, still{})
	pcm := slices.Clone(sent)
	measure := func(lost []bool, bridged bool) float64 {
		return lab.Spent(rounds*missing, func() {
			for range rounds {
				run(c, pcm, lost, bridged)
			}
		})
	}
	measure(lost, true)
	idle := measure(none, false)
	return measure(lost, false) - idle, measure(lost, true) - idle
}

// run conceals into a buffer beside the sound, so that each round is the same.
func run(c *conceal.Concealer, pcm []int16, lost []bool, bridged bool) {
	var beside [frame]int16
	for i, gone := range lost {
		f := pcm[i*frame : (i+1)*frame]
		if !gone {
			if !bridged {
				c.Join(f)
			}
			c.Played(f)
			continue
		}
		if bridged && !lost[i-1] {
			end := i + slices.Index(lost[i:], false)
			c.Bridge((end-i)*frame, pcm[end*frame:(end+1)*frame])
		}
		c.Conceal(beside[:])
	}
}

// still is a line without noise.
type still struct{}

func (still) Fill(dst []int16) { clear(dst) }
