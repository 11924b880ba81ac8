package l16_test

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/talkpath/talkpath/codec"
	"github.com/talkpath/talkpath/codec/l16"
	"github.com/talkpath/talkpath/media"
)

func open(t testing.TB) codec.Codec {
	t.Helper()
	c, err := l16.New(16000)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestTheLowByteComesFirst(t *testing.T) {
	c := open(t)
	pcm, payload := []int16{1, -1, 0x1234, -32768}, []byte{1, 0, 0xff, 0xff, 0x34, 0x12, 0, 0x80}
	if got := c.Encode(nil, pcm); !bytes.Equal(got, payload) {
		t.Errorf("Encode gives % x, want % x", got, payload)
	}
	if got, err := c.Decode(nil, payload); err != nil || !slices.Equal(got, pcm) {
		t.Errorf("Decode gives %v, %v, want %v", got, err, pcm)
	}
}

func TestSoundComesBackBehindWhatWasThere(t *testing.T) {
	c := open(t)
	rapid.Check(t, func(t *rapid.T) {
		before := rapid.SliceOf(rapid.Int16()).Draw(t, "before")
		pcm := rapid.SliceOf(rapid.Int16()).Draw(t, "pcm")
		payload := c.Encode([]byte("head"), pcm)
		if !bytes.HasPrefix(payload, []byte("head")) {
			t.Fatalf("Encode overwrote dst: % x", payload)
		}
		got, err := c.Decode(slices.Clone(before), payload[4:])
		if err != nil || !slices.Equal(got, slices.Concat(before, pcm)) {
			t.Fatalf("got %v, %v", got, err)
		}
	})
}

func TestHalfASampleIsRefusedWithoutDecodingAny(t *testing.T) {
	dst := []int16{5, 6}
	got, err := open(t).Decode(dst, []byte{1, 2, 3})
	if !errors.Is(err, codec.ErrPayload) {
		t.Errorf("the error is %v, want one that wraps ErrPayload", err)
	}
	if !slices.Equal(got, dst) {
		t.Errorf("dst became %v", got)
	}
}

func TestUnusableRateIsRefused(t *testing.T) {
	if _, err := l16.New(-1); !errors.Is(err, media.ErrFormat) {
		t.Errorf("the error is %v, want one that wraps ErrFormat", err)
	}
}

func TestCodecSetTakesIt(t *testing.T) {
	set := codec.Set{Codecs: map[media.Encoding]func(int) (codec.Codec, error){media.L16: l16.New}}
	for _, rate := range []int{8000, 16000, 24000, 48000} {
		if _, err := set.New(media.Format{Encoding: media.L16, Rate: rate}); err != nil {
			t.Error(err)
		}
	}
}

func TestNothingIsAllocatedPerFrame(t *testing.T) {
	c, payload := open(t), make([]byte, 640)
	pcm, out := make([]int16, 0, 320), make([]byte, 0, 640)
	n := testing.AllocsPerRun(100, func() {
		samples, _ := c.Decode(pcm, payload)
		c.Encode(out, samples)
	})
	if n != 0 {
		t.Errorf("%v allocations per frame", n)
	}
}

func BenchmarkFrame20ms(b *testing.B) {
	c, pcm, payload := open(b), make([]int16, 320), make([]byte, 640)
	b.Run("encode", func(b *testing.B) {
		for b.Loop() {
			payload = c.Encode(payload[:0], pcm)
		}
	})
	b.Run("decode", func(b *testing.B) {
		for b.Loop() {
			pcm, _ = c.Decode(pcm[:0], payload)
		}
	})
}
