//go:build cgo

package opus_test

import (
	"testing"

	"github.com/talkpath/talkpath/codec/opus"
	"github.com/talkpath/talkpath/media"
)

// TestCopiesAreReallyInThePackets looks into the packets: that libopus was
// asked for copies doesn't say that it sends any.
func TestCopiesAreReallyInThePackets(t *testing.T) {
	for _, rate := range rates {
		for _, loss := range []int{0, 10, 20} {
			cfg := opus.Defaults(rate)
			cfg.Loss = loss
			with := 0
			all := packets(open(t, cfg), speech(rate, 1.5), rate)
			for _, packet := range all {
				if opus.HasFEC(packet) {
					with++
				}
			}
			share := float64(with) / float64(len(all))
			if loss == 0 && with > 0 || loss >= 10 && share < 0.6 {
				t.Errorf("%d Hz, %d %% loss: %.0f %% of the packets hold a copy", rate, loss, 100*share)
			}
		}
	}
}

// lose decodes packets of which every fifth never came, and returns how near
// to the sound of all packets that of the missing ones is, in dB.
func lose(t *testing.T, all [][]byte, rate int, tell bool) float64 {
	t.Helper()
	whole, lossy := open(t, opus.Defaults(rate)), open(t, opus.Defaults(rate))
	var got, want []int16
	for i, packet := range all {
		sound := decode(t, whole, packet)
		if i%5 != 4 || i+1 == len(all) {
			decode(t, lossy, packet)
			continue
		}
		var next []byte
		if tell {
			next = all[i+1]
		}
		filled, _ := lossy.Conceal(nil, len(sound), next)
		if len(filled) != len(sound) {
			t.Fatalf("%d samples in place of %d", len(filled), len(sound))
		}
		got, want = append(got, filled...), append(want, sound...)
	}
	return noiseToSignal(got, want)
}

func TestACopyIsBetterThanConcealment(t *testing.T) {
	for _, rate := range rates {
		all := packets(open(t, opus.Defaults(rate)), speech(rate, 3), rate)
		guessed, copied := lose(t, all, rate, false), lose(t, all, rate, true)
		t.Logf("%d Hz: concealed sound is %.1f dB near, copied %.1f dB", rate, guessed, copied)
		if copied < guessed+3 {
			t.Errorf("%d Hz: copied sound is %.1f dB near, concealed %.1f dB: want 3 dB more", rate, copied, guessed)
		}
	}
}

// TestConcealedSoundHasTheLengthAskedFor takes lengths that libopus can't
// make, and more than a packet.
func TestConcealedSoundHasTheLengthAskedFor(t *testing.T) {
	for _, rate := range rates {
		c := open(t, opus.Defaults(rate))
		all := packets(c, speech(rate, 0.5), rate)
		for _, packet := range all {
			decode(t, c, packet)
		}
		for _, n := range []int{0, 1, rate/50 - 1, rate / 50, rate/50 + 1, rate / 10, rate} {
			for _, next := range [][]byte{nil, {}, {0}, all[len(all)/2]} {
				got, _ := c.Conceal([]int16{5}, n, next)
				if len(got) != n+1 || got[0] != 5 {
					t.Errorf("%d Hz: %d samples behind one are %d", rate, n, len(got))
				}
			}
		}
	}
}

func TestConcealmentGoesOnAndFades(t *testing.T) {
	c, pcm := open(t, opus.Defaults(16000)), speech(16000, 1.15)
	for _, packet := range packets(c, pcm, 16000) {
		decode(t, c, packet)
	}
	filled, _ := c.Conceal(nil, 16000, nil)
	if first := level(filled[:320]); first < -35 {
		t.Errorf("the first 20 ms are at %.0f dBFS in the middle of speech", first)
	}
	if last := level(filled[8000:]); last > -45 {
		t.Errorf("half a second later it is still at %.0f dBFS", last)
	}
}

// FuzzDecode gives any bytes to the decoder, as a packet and as the one behind
// a gap: nothing crashes, lengths are as told, and good packets still sound.
func FuzzDecode(f *testing.F) {
	for _, packet := range packets(open(f, opus.Defaults(16000)), speech(16000, 0.2), 16000) {
		f.Add(packet, uint8(1), uint16(320))
	}
	f.Add([]byte{0x4b, 0xc3, 255, 255, 1, 0, 0}, uint8(0), uint16(1))
	f.Add([]byte{0xff, 0x30, 0, 0, 0, 0}, uint8(3), uint16(960))
	f.Fuzz(func(t *testing.T, packet []byte, which uint8, missing uint16) {
		rate := rates[int(which)%len(rates)]
		c := open(t, opus.Defaults(rate))
		good := c.Encode(nil, make([]int16, rate/50))
		for range 2 {
			pcm, err := c.Decode(nil, packet)
			if want := (media.Format{Encoding: media.Opus, Rate: rate}).Count(packet); err == nil && len(pcm) != want {
				t.Fatalf("%d samples, want %d", len(pcm), want)
			} else if err != nil && len(pcm) != 0 {
				t.Fatalf("%d samples with the error %v", len(pcm), err)
			}
			if got, copied := c.Conceal(nil, int(missing), packet); len(got) != int(missing) || copied < 0 || copied > len(got) {
				t.Fatalf("%d samples concealed, want %d", len(got), missing)
			}
			if pcm = decode(t, c, good); len(pcm) != rate/50 {
				t.Fatalf("then a packet gives %d samples", len(pcm))
			}
		}
	})
}
