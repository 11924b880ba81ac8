package media_test

import (
	"errors"
	"testing"
	"time"

	"github.com/talkpath/talkpath/media"
)

func TestAPayloadTellsItsSamples(t *testing.T) {
	// Opus' configurations in 2.5 ms (RFC 6716, table 2).
	silk, hybrid, celt := []int{4, 8, 16, 24}, []int{4, 8}, []int{1, 2, 4, 8}
	var frames []int
	for range 3 {
		frames = append(frames, silk...)
	}
	for range 2 {
		frames = append(frames, hybrid...)
	}
	for range 4 {
		frames = append(frames, celt...)
	}
	for config, frame := range frames {
		for _, rate := range []int{8000, 12000, 16000, 24000, 48000} {
			f, toc := media.Format{Encoding: media.Opus, Rate: rate}, byte(config<<3)
			for count, packet := range map[int][]byte{
				1:  {toc, 1, 2},
				2:  {toc | 2, 1, 2, 3},
				3:  {toc | 3, 3},
				48: {toc | 3, 48},
				0:  {toc | 3, 0},
				63: {toc | 3, 63},
			} {
				want := count * frame * rate / 400
				if count*frame > 48 {
					want = 0 // more than 120 ms
				}
				if got := f.Count(packet); got != want {
					t.Errorf("%v: % x holds %d samples, want %d", f, packet, got, want)
				}
			}
			for _, packet := range [][]byte{nil, {toc | 1, 2}, {toc | 2}, {toc | 3}} {
				if got := f.Count(packet); got != 0 {
					t.Errorf("%v: % x holds %d samples, want none", f, packet, got)
				}
			}
			if got := f.Count([]byte{toc | 1, 2, 3}); frame <= 24 && got != 2*frame*rate/400 {
				t.Errorf("%v: two frames alike hold %d samples", f, got)
			}
		}
	}
	for _, c := range []struct {
		f        media.Format
		bytes, n int
	}{
		{media.Format{Encoding: media.PCMU, Rate: 8000}, 3, 3},
		{media.Format{Encoding: media.PCMA, Rate: 8000}, 160, 160},
		{media.Format{Encoding: media.L16, Rate: 8000}, 320, 160},
		{media.Format{Encoding: media.L16, Rate: 8000}, 3, 0},
		{media.Format{Encoding: media.G722, Rate: 16000}, 160, 320},
		{media.Format{Encoding: media.Opus, Rate: 16000}, 8 << 10, 160}, // of SILK at 8 kHz: 10 ms
		{media.Format{Encoding: media.Opus, Rate: 16000}, 8<<10 + 1, 0},
		{media.Format{}, 3, 0},
	} {
		if got := c.f.Count(make([]byte, c.bytes)); got != c.n {
			t.Errorf("%v: %d bytes hold %d samples, want %d", c.f, c.bytes, got, c.n)
		}
	}
}

func TestBytesAndDurationAgree(t *testing.T) {
	for _, c := range []struct {
		f     media.Format
		bytes int
	}{
		{media.Format{Encoding: media.PCMU, Rate: 8000}, 160},
		{media.Format{Encoding: media.L16, Rate: 16000}, 640},
		{media.Format{Encoding: media.G722, Rate: 16000}, 160},
	} {
		if got := c.f.Bytes(20 * time.Millisecond); got != c.bytes {
			t.Errorf("%v: 20 ms are %d bytes, want %d", c.f, got, c.bytes)
		}
		frame := media.Frame{Format: c.f, Payload: make([]byte, c.bytes)}
		if c.f.Duration(c.bytes) != 20*time.Millisecond || frame.Duration() != 20*time.Millisecond {
			t.Errorf("%v: %d bytes last %v, as a frame %v", c.f, c.bytes, c.f.Duration(c.bytes), frame.Duration())
		}
	}
	opus := media.Frame{Format: media.Format{Encoding: media.Opus, Rate: 16000}, Payload: []byte{9 << 3, 1, 2}}
	if opus.Duration() != 20*time.Millisecond || opus.Format.Bytes(time.Second) != 0 || opus.Format.Duration(9) != 0 {
		t.Errorf("an Opus packet lasts %v", opus.Duration())
	}
}

func TestFormatsThatCannotBeAreRefused(t *testing.T) {
	for f, usable := range map[media.Format]bool{
		{}:                                   false,
		{Encoding: media.PCMU, Rate: 8000}:   true,
		{Encoding: media.PCMU, Rate: 999}:    false,
		{Encoding: media.L16, Rate: 192000}:  true,
		{Encoding: media.L16, Rate: 192001}:  false,
		{Encoding: media.G722, Rate: 16000}:  true,
		{Encoding: media.G722, Rate: 8000}:   false,
		{Encoding: media.Opus, Rate: 48000}:  true,
		{Encoding: media.Opus, Rate: 44100}:  false,
		{Encoding: media.Opus + 1, Rate: 16}: false,
	} {
		if err := f.Check(); errors.Is(err, media.ErrFormat) == usable || (err == nil) != usable {
			t.Errorf("%v: Check says %v", f, err)
		}
	}
}
