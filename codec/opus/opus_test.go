//go:build cgo

package opus_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/talkpath/talkpath/codec"
	"github.com/talkpath/talkpath/codec/opus"
	"github.com/talkpath/talkpath/media"
)

// TestSpeechPasses holds the levels of speech before and after against each
// other, 20 ms at a time: the waveform is not kept by a codec like this one.
func TestSpeechPasses(t *testing.T) {
	for _, rate := range rates {
		c, pcm := open(t, opus.Defaults(rate)), speech(rate, 3)
		var heard []int16
		for _, packet := range packets(c, pcm, rate) {
			heard = append(heard, decode(t, c, packet)...)
		}
		if len(heard) != len(pcm) {
			t.Fatalf("%d Hz: %d samples come back of %d", rate, len(heard), len(pcm))
		}
		const delay = 0.0065 // the encoder's look-ahead
		late := int(delay * float64(rate))
		frame, off, loud := rate/50, 0.0, 0.0
		for i := rate; i+frame+late < len(pcm); i += frame {
			before, after := level(pcm[i:i+frame]), level(heard[i+late:i+late+frame])
			if before > -35 {
				loud++
				off += math.Abs(before - after)
			}
		}
		if off /= loud; off > 1.5 {
			t.Errorf("%d Hz: levels are off by %.1f dB, want at most 1.5", rate, off)
		}
	}
}

// level returns the level in dBFS.
func level(pcm []int16) float64 {
	power := 1e-3
	for _, v := range pcm {
		power += float64(v) * float64(v)
	}
	return 10 * math.Log10(power/float64(len(pcm))/(32768*32768))
}

func TestTheBitrateIsKept(t *testing.T) {
	for _, rate := range rates {
		cfg := opus.Defaults(rate)
		bits := 0
		for _, packet := range packets(open(t, cfg), speech(rate, 3), rate) {
			bits += 8 * len(packet)
		}
		if got := float64(bits) / 3; got > 1.15*float64(cfg.Bitrate) || got < 0.5*float64(cfg.Bitrate) {
			t.Errorf("%d Hz: %.0f bits a second, want about %d", rate, got, cfg.Bitrate)
		}
	}
}

func TestSilenceIsHardlySentWithDTX(t *testing.T) {
	for _, dtx := range []bool{false, true} {
		cfg := opus.Defaults(16000)
		cfg.DTX = dtx
		c := open(t, cfg)
		packets(c, speech(16000, 1), 16000)
		tiny := 0
		for _, packet := range packets(c, make([]int16, 5*16000), 16000) {
			if len(packet) <= 2 {
				tiny++
			}
			if n := len(decode(t, c, packet)); n != 320 {
				t.Fatalf("a packet of %d bytes gives %d samples, want 320", len(packet), n)
			}
		}
		if (tiny > 150) != dtx || !dtx && tiny > 0 {
			t.Errorf("with DTX %v, %d of 250 packets of silence are empty", dtx, tiny)
		}
	}
}

func TestAPacketIs20ms(t *testing.T) {
	for _, rate := range rates {
		c := open(t, opus.Defaults(rate))
		format := media.Format{Encoding: media.Opus, Rate: rate}
		for _, n := range []int{1, rate / 100, rate / 50} {
			packet := c.Encode([]byte{7}, make([]int16, n))
			if got := format.Count(packet[1:]); packet[0] != 7 || got != rate/50 {
				t.Errorf("%d Hz: %d samples give a packet of %d", rate, n, got)
			}
		}
		for _, n := range []int{0, rate/50 + 1} {
			if got := c.Encode(nil, make([]int16, n)); len(got) != 0 {
				t.Errorf("%d Hz: %d samples give %d bytes, want none", rate, n, len(got))
			}
		}
	}
}

func TestWhatIsNoPacketIsRefusedAndTheNextOneHeard(t *testing.T) {
	c := open(t, opus.Defaults(16000))
	good := packets(c, speech(16000, 0.1), 16000)
	for name, packet := range map[string][]byte{
		"nothing":               {},
		"no frames":             {0x4b, 0x00, 1, 2},
		"longer than 120 ms":    {0x4b, 0x07, 1, 2, 3, 4, 5, 6, 7},
		"two frames of a half":  {0x49, 1, 2, 3},
		"a length past the end": {0x4a, 200, 1},
		"padding past the end":  {0x4b, 0x41, 255, 255, 255, 1},
		"frames past the end":   {0x4b, 0x83, 100, 100, 1, 2},
		"far too long":          make([]byte, 1<<16),
	} {
		before := []int16{1, 2, 3}
		got, err := c.Decode(before, packet)
		if !errors.Is(err, codec.ErrPayload) || !slices.Equal(got, before) {
			t.Errorf("%s: %d samples and the error %v, want the 3 of before and one that wraps ErrPayload", name, len(got), err)
		}
		if n := len(decode(t, c, good[1])); n != 320 {
			t.Errorf("%s: then a packet gives %d samples, want 320", name, n)
		}
	}
}

func TestUnusableConfigurationsAreRefused(t *testing.T) {
	for _, rate := range []int{0, 11025, 44100, 96000} {
		if _, err := opus.New(rate); !errors.Is(err, media.ErrFormat) {
			t.Errorf("the error for rate %d is %v, want one that wraps ErrFormat", rate, err)
		}
	}
	for _, cfg := range []opus.Config{
		{Rate: 8000},
		{Rate: 8000, Bitrate: 24000, Complexity: 11},
		{Rate: 8000, Bitrate: 24000, Loss: -1},
		{Rate: 8000, Bitrate: 1 << 30},
	} {
		if _, err := opus.Open(cfg); !errors.Is(err, opus.ErrConfig) {
			t.Errorf("the error for %+v is %v, want one that wraps ErrConfig", cfg, err)
		}
	}
}

func TestNothingIsAllocatedPerFrame(t *testing.T) {
	for _, rate := range rates {
		c, pcm := open(t, opus.Defaults(rate)), speech(rate, 0.02)
		packet, heard := make([]byte, 0, 1500), make([]int16, 0, 3*rate/50)
		copyOf := c.Encode(nil, pcm)
		if n := testing.AllocsPerRun(50, func() {
			p := c.Encode(packet, pcm)
			out, _ := c.Conceal(heard, 2*rate/50, copyOf)
			_, _ = c.Decode(out, p)
		}); n != 0 {
			t.Errorf("%d Hz: %v allocations per frame", rate, n)
		}
	}
}

// TestTheLengthIsThatOfLibopus holds what a packet's first bytes say against
// what comes out, for packets of any kind that libopus takes.
func TestTheLengthIsThatOfLibopus(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	decoders := map[int]*opus.Codec{}
	for _, rate := range rates {
		decoders[rate] = open(t, opus.Defaults(rate))
	}
	taken := 0
	for range 10000 {
		packet := make([]byte, 1+random.IntN(60))
		for i := range packet {
			packet[i] = byte(random.Uint32())
		}
		rate := rates[random.IntN(len(rates))]
		pcm, err := decoders[rate].Decode(nil, packet)
		if err != nil {
			continue
		}
		taken++
		if want := (media.Format{Encoding: media.Opus, Rate: rate}).Count(packet); len(pcm) != want {
			t.Fatalf("% x at %d Hz gives %d samples, counted %d", packet, rate, len(pcm), want)
		}
	}
	if taken < 1000 {
		t.Errorf("only %d packets of 10000 were taken", taken)
	}
}

func BenchmarkFrame20ms(b *testing.B) {
	for _, rate := range rates {
		for _, complexity := range []int{0, 5, 9} {
			cfg := opus.Defaults(rate)
			cfg.Complexity = complexity
			c, pcm := open(b, cfg), speech(rate, 4)
			b.Run(name(rate)+"/encode/"+string(rune('0'+complexity)), func(b *testing.B) {
				b.ReportAllocs()
				frame, i := rate/50, 0
				var packet []byte
				for b.Loop() {
					packet = c.Encode(packet[:0], pcm[i*frame:(i+1)*frame])
					i = (i + 1) % 200
				}
			})
			all := packets(c, pcm, rate)
			if complexity != 5 {
				continue
			}
			b.Run(name(rate)+"/decode", func(b *testing.B) {
				b.ReportAllocs()
				var heard []int16
				i := 0
				for b.Loop() {
					heard, _ = c.Decode(heard[:0], all[i])
					i = (i + 1) % len(all)
				}
			})
		}
	}
}

func name(rate int) string {
	return map[int]string{8000: "8k", 16000: "16k", 24000: "24k", 48000: "48k"}[rate]
}
