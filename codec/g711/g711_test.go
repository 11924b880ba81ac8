package g711_test

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	zaf "github.com/zaf/g711"

	"github.com/talkpath/talkpath/codec"
	"github.com/talkpath/talkpath/codec/g711"
	"github.com/talkpath/talkpath/media"
)

// laws are the two laws and what G.711 says of each: the value of a byte by
// the formulas behind its tables 1 and 2, half the encoder's step there.
var laws = []struct {
	name     string
	encoding media.Encoding
	open     func(rate int) (codec.Codec, error)
	encode   func(int16) uint8
	decode   func(uint8) int16
	value    func(byte) int
	halfStep func(byte) int
	largest  int // the largest value a byte can have
}{
	{"mu-law", media.PCMU, g711.NewMuLaw, zaf.EncodeUlawFrame, zaf.DecodeUlawFrame, muLawValue, muLawHalfStep, 32124},
	{"A-law", media.PCMA, g711.NewALaw, zaf.EncodeAlawFrame, zaf.DecodeAlawFrame, aLawValue, aLawHalfStep, 32256},
}

// muLawValue returns the 16-bit value of a mu-law byte: inverted bits, sign,
// 3 bits of segment, 4 bits of step, with 33 of 8159 added before the split.
func muLawValue(b byte) int {
	b = ^b
	segment, step := int(b>>4&7), int(b&15)
	v := ((2*step+33)<<segment - 33) * 4
	if b&0x80 != 0 {
		return -v
	}
	return v
}

// aLawValue returns the 16-bit value of an A-law byte: even bits inverted, a
// set sign bit for positive, and no hidden bit in the first segment.
func aLawValue(b byte) int {
	b ^= 0x55
	segment, step := int(b>>4&7), int(b&15)
	v := (2*step + 1) * 8
	if segment > 0 {
		v = (2*step + 33) << (segment - 1) * 8
	}
	if b&0x80 == 0 {
		return -v
	}
	return v
}

// muLawHalfStep returns half the width of what encodes to b: 4 in the first
// segment, twice as much in each that follows.
func muLawHalfStep(b byte) int { return 4 << (^b >> 4 & 7) }

// aLawHalfStep is muLawHalfStep for A-law, whose first two segments are alike.
func aLawHalfStep(b byte) int { return 8 << max(int((b^0x55)>>4&7)-1, 0) }

func everyByte() []byte {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	return all
}

func everySample() []int16 {
	all := make([]int16, 1<<16)
	for i := range all {
		all[i] = int16(i - 1<<15)
	}
	return all
}

func open(t *testing.T, build func(int) (codec.Codec, error)) codec.Codec {
	t.Helper()
	c, err := build(8000)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func decode(t *testing.T, c codec.Codec, payload []byte) []int16 {
	t.Helper()
	pcm, err := c.Decode(nil, payload)
	if err != nil {
		t.Fatal(err)
	}
	return pcm
}

func TestEachByteHasTheValueOfTheRecommendation(t *testing.T) {
	for _, l := range laws {
		for b, v := range decode(t, open(t, l.open), everyByte()) {
			if int(v) != l.value(byte(b)) {
				t.Errorf("%s: %#02x is %d, want %d", l.name, b, v, l.value(byte(b)))
			}
		}
	}
}

func TestTablesHoldWhatZafComputes(t *testing.T) {
	for _, l := range laws {
		c := open(t, l.open)
		for b, v := range decode(t, c, everyByte()) {
			if v != l.decode(byte(b)) {
				t.Fatalf("%s: %#02x is %d, zaf says %d", l.name, b, v, l.decode(byte(b)))
			}
		}
		for i, b := range c.Encode(nil, everySample()) {
			if v := int16(i - 1<<15); b != l.encode(v) {
				t.Fatalf("%s: %d is %#02x, zaf says %#02x", l.name, v, b, l.encode(v))
			}
		}
	}
}

func TestDecodedSoundEncodesToTheSameBytes(t *testing.T) {
	for _, l := range laws {
		c := open(t, l.open)
		for b, back := range c.Encode(nil, decode(t, c, everyByte())) {
			want := byte(b)
			if l.encoding == media.PCMU && b == 0x7f {
				want = 0xff // mu-law's negative zero: PCM has only one
			}
			if back != want {
				t.Errorf("%s: %#02x comes back as %#02x", l.name, b, back)
			}
		}
	}
}

func TestLouderNeverBecomesSofter(t *testing.T) {
	for _, l := range laws {
		c := open(t, l.open)
		if out := decode(t, c, c.Encode(nil, everySample())); !slices.IsSorted(out) {
			t.Errorf("%s: the order of two samples is turned round", l.name)
		}
	}
}

// TestErrorIsAtMostHalfAStep holds for all samples up to half a step beyond
// the largest value; what is louder is clipped to that value.
func TestErrorIsAtMostHalfAStep(t *testing.T) {
	for _, l := range laws {
		c := open(t, l.open)
		payload := c.Encode(nil, everySample())
		for i, got := range decode(t, c, payload) {
			v := i - 1<<15
			half := l.halfStep(payload[i])
			off := max(v-int(got), int(got)-v)
			loud := max(v, -v) > l.largest+half
			if loud && max(got, -got) != int16(l.largest) {
				t.Fatalf("%s: %d becomes %d, want the loudest there is", l.name, v, got)
			}
			if !loud && off > half {
				t.Fatalf("%s: %d becomes %d where half a step is %d", l.name, v, got, half)
			}
		}
	}
}

func TestSilenceIsTheEncodingsSilence(t *testing.T) {
	for _, l := range laws {
		payload := open(t, l.open).Encode(nil, make([]int16, 3))
		if want := bytes.Repeat([]byte{l.encoding.Silence()}, 3); !bytes.Equal(payload, want) {
			t.Errorf("%s: silence is % x, want % x", l.name, payload, want)
		}
	}
}

func TestDecodeAndEncodeAppend(t *testing.T) {
	for _, l := range laws {
		c := open(t, l.open)
		pcm, err := c.Decode([]int16{1, 2}, []byte{l.encoding.Silence()})
		if err != nil || len(pcm) != 3 || pcm[0] != 1 || pcm[1] != 2 {
			t.Errorf("%s: Decode gives %v, %v", l.name, pcm, err)
		}
		if got := c.Encode([]byte{7}, []int16{0}); !bytes.Equal(got, []byte{7, l.encoding.Silence()}) {
			t.Errorf("%s: Encode gives % x", l.name, got)
		}
	}
}

func TestUnusableRateIsRefused(t *testing.T) {
	for _, l := range laws {
		if _, err := l.open(0); !errors.Is(err, media.ErrFormat) {
			t.Errorf("%s: the error for rate 0 is %v, want one that wraps ErrFormat", l.name, err)
		}
	}
}

func TestCodecSetTakesBothLaws(t *testing.T) {
	set := codec.Set{Codecs: map[media.Encoding]func(int) (codec.Codec, error){}}
	for _, l := range laws {
		set.Codecs[l.encoding] = l.open
		if _, err := set.New(media.Format{Encoding: l.encoding, Rate: 8000}); err != nil {
			t.Errorf("%s: %v", l.name, err)
		}
	}
}

func TestNothingIsAllocatedPerFrame(t *testing.T) {
	for _, l := range laws {
		c, payload := open(t, l.open), make([]byte, 160)
		pcm, out := make([]int16, 0, 160), make([]byte, 0, 160)
		n := testing.AllocsPerRun(100, func() {
			samples, _ := c.Decode(pcm, payload)
			c.Encode(out, samples)
		})
		if n != 0 {
			t.Errorf("%s: %v allocations per frame", l.name, n)
		}
	}
}

func BenchmarkFrame20ms(b *testing.B) {
	for _, l := range laws {
		c, err := l.open(8000)
		if err != nil {
			b.Fatal(err)
		}
		pcm, payload := make([]int16, 160), make([]byte, 160)
		for i := range pcm {
			pcm[i] = int16(i * 200)
		}
		b.Run(l.name+"/encode", func(b *testing.B) {
			for b.Loop() {
				payload = c.Encode(payload[:0], pcm)
			}
		})
		b.Run(l.name+"/decode", func(b *testing.B) {
			for b.Loop() {
				pcm, _ = c.Decode(pcm[:0], payload)
			}
		})
	}
}
