package vadbench

import (
	"encoding/binary"
	"fmt"

	webrtcvad "github.com/maxhawkins/go-webrtcvad"
)

// modes are those of libwebrtc's detector, from the one that finds most to the
// one that mistakes least.
const modes = 4

// anchors is libwebrtc's detector in each of its modes.
type anchors struct {
	all [modes]*webrtcvad.VAD
	raw [2 * hop]byte
}

func newAnchors() (*anchors, error) {
	var a anchors
	for m := range a.all {
		v, err := webrtcvad.New()
		if err != nil {
			return nil, fmt.Errorf("libwebrtc's detector: %w", err)
		}
		if err := v.SetMode(m); err != nil {
			return nil, fmt.Errorf("libwebrtc's detector in mode %d: %w", m, err)
		}
		a.all[m] = v
	}
	return &a, nil
}

// hear adds to each mode's decisions that on a step.
func (a *anchors) hear(step []int16, said *[modes][]bool) error {
	for m := range a.all {
		active, err := a.one(m, step)
		if err != nil {
			return err
		}
		said[m] = append(said[m], active)
	}
	return nil
}

// listen lets one mode hear pcm, step by step.
func (a *anchors) listen(m int, pcm []int16) error {
	for ; len(pcm) >= hop; pcm = pcm[hop:] {
		if _, err := a.one(m, pcm[:hop]); err != nil {
			return err
		}
	}
	return nil
}

func (a *anchors) one(m int, step []int16) (bool, error) {
	for i, s := range step {
		binary.LittleEndian.PutUint16(a.raw[2*i:], uint16(s))
	}
	active, err := a.all[m].Process(rate, a.raw[:])
	if err != nil {
		return false, fmt.Errorf("libwebrtc's detector in mode %d: %w", m, err)
	}
	return active, nil
}
