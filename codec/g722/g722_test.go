package g722_test

import (
	"bytes"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/talkpath/talkpath/codec"
	"github.com/talkpath/talkpath/codec/g722"
	"github.com/talkpath/talkpath/media"
)

const rate = 16000

func open(t testing.TB) codec.Codec {
	t.Helper()
	c, err := g722.New(rate)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func decode(t testing.TB, c codec.Codec, payload []byte) []int16 {
	t.Helper()
	pcm, err := c.Decode(nil, payload)
	if err != nil {
		t.Fatal(err)
	}
	return pcm
}

func tone(samples int, freq, amplitude float64) []int16 {
	pcm := make([]int16, samples)
	for i := range pcm {
		pcm[i] = int16(math.Round(amplitude * math.Sin(2*math.Pi*freq*float64(i)/rate)))
	}
	return pcm
}

func noise(samples int, seed uint64) []int16 {
	random := rand.New(rand.NewPCG(seed, seed))
	pcm := make([]int16, samples)
	for i := range pcm {
		pcm[i] = int16(random.Uint32())
	}
	return pcm
}

// qmfDelay is how late the sound comes out: the two filter banks of 24 taps
// look back 22 samples together (G.722, section 1.4.4).
const qmfDelay = 22

// TestATonePassesWithLittleNoise holds both bands to the ratio that their bits
// allow: six bits a sample below 4 kHz, two above.
func TestATonePassesWithLittleNoise(t *testing.T) {
	for _, c := range []struct{ freq, least float64 }{{300, 35}, {1000, 35}, {3000, 30}, {5000, 12}, {6500, 12}} {
		pcm := tone(rate, c.freq, 10000)
		codec := open(t)
		got := decode(t, codec, codec.Encode(nil, pcm))
		if len(got) != len(pcm) {
			t.Fatalf("%d samples come back of %d", len(got), len(pcm))
		}
		var signal, rest float64
		for i := rate / 10; i < len(got); i++ {
			want := float64(pcm[i-qmfDelay])
			signal += want * want
			rest += (float64(got[i]) - want) * (float64(got[i]) - want)
		}
		if snr := 10 * math.Log10(signal/rest); snr < c.least {
			t.Errorf("%v Hz: noise is %.1f dB down, want at least %v", c.freq, snr, c.least)
		}
	}
}

func TestBytesAreTheSameHoweverTheSoundIsSplit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pcm := noise(rapid.IntRange(0, 2000).Draw(t, "samples"), rapid.Uint64().Draw(t, "seed"))
		longest := rapid.SampledFrom([]int{1, 3, 160, 321}).Draw(t, "longest")
		whole, err := g722.New(rate)
		if err != nil {
			t.Fatal(err)
		}
		parts, err := g722.New(rate)
		if err != nil {
			t.Fatal(err)
		}
		want := whole.Encode(nil, pcm)
		var got []byte
		for rest := pcm; len(rest) > 0; {
			n := min(len(rest), rapid.IntRange(1, longest).Draw(t, "part"))
			got = parts.Encode(got, rest[:n])
			rest = rest[n:]
		}
		if !bytes.Equal(got, want) {
			t.Fatalf("%d bytes in parts are not the %d of the whole", len(got), len(want))
		}
		sound, err := whole.Decode(nil, want)
		if err != nil {
			t.Fatal(err)
		}
		var heard []int16
		for rest := want; len(rest) > 0; {
			n := min(len(rest), rapid.IntRange(1, longest).Draw(t, "bytes"))
			heard, err = parts.Decode(heard, rest[:n])
			if err != nil {
				t.Fatal(err)
			}
			rest = rest[n:]
		}
		if !slices.Equal(heard, sound) {
			t.Fatalf("%d samples in parts are not the %d of the whole", len(heard), len(sound))
		}
	})
}

func TestSamplesAreTwoInAByte(t *testing.T) {
	format := media.Format{Encoding: media.G722, Rate: rate}
	payload := open(t).Encode(nil, make([]int16, rate/50))
	if len(payload) != 160 || format.Count(payload) != rate/50 {
		t.Errorf("20 ms are %d bytes that count as %d samples, want 160 and 320", len(payload), format.Count(payload))
	}
}

func TestSilenceStaysQuiet(t *testing.T) {
	c := open(t)
	for i, v := range decode(t, c, c.Encode(nil, make([]int16, rate))) {
		if v < -20 || v > 20 {
			t.Fatalf("sample %d of silence is %d", i, v)
		}
	}
}

func TestOtherRatesAreRefused(t *testing.T) {
	for _, bad := range []int{0, 8000, 48000} {
		if _, err := g722.New(bad); !errors.Is(err, media.ErrFormat) {
			t.Errorf("the error for rate %d is %v, want one that wraps ErrFormat", bad, err)
		}
	}
}

func TestDecodeAndEncodeAppend(t *testing.T) {
	c := open(t)
	if got := c.Encode([]byte{7}, []int16{0, 0}); len(got) != 2 || got[0] != 7 {
		t.Errorf("Encode gives % x", got)
	}
	if got, err := c.Decode([]int16{1, 2}, []byte{0}); err != nil || len(got) != 4 || got[0] != 1 || got[1] != 2 {
		t.Errorf("Decode gives %v, %v", got, err)
	}
}

func TestNothingIsAllocatedPerFrame(t *testing.T) {
	c, pcm := open(t), noise(rate/50, 1)
	payload, heard := make([]byte, 0, 160), make([]int16, 0, rate/50)
	if n := testing.AllocsPerRun(100, func() {
		bytes := c.Encode(payload, pcm)
		_, _ = c.Decode(heard, bytes)
	}); n != 0 {
		t.Errorf("%v allocations per frame", n)
	}
}

// FuzzDecode decodes any bytes, and what they sound like once more.
func FuzzDecode(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{0xfa, 0xff, 0x00, 0x7f, 0x80})
	f.Fuzz(func(t *testing.T, payload []byte) {
		c := open(t)
		pcm := decode(t, c, payload)
		if len(pcm) != 2*len(payload) {
			t.Fatalf("%d bytes give %d samples", len(payload), len(pcm))
		}
		if again := c.Encode(nil, pcm); len(again) != len(payload) {
			t.Fatalf("%d samples give %d bytes", len(pcm), len(again))
		}
	})
}

func BenchmarkFrame20ms(b *testing.B) {
	c, pcm := open(b), tone(rate/50, 440, 9000)
	payload := c.Encode(nil, pcm)
	b.Run("encode", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			payload = c.Encode(payload[:0], pcm)
		}
	})
	b.Run("decode", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			pcm, _ = c.Decode(pcm[:0], payload)
		}
	})
}
