package noise_test

import (
	"bytes"
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/talkpath/talkpath/media/noise"
)

func TestAPayloadIsTheLevelAndThenTheCoefficients(t *testing.T) {
	for name, c := range map[string]struct {
		noise noise.Description
		want  []byte
	}{
		"level only":                   {noise.Description{Level: -45}, []byte{45}},
		"rounded to the nearest":       {noise.Description{Level: -45.6}, []byte{46}},
		"louder than full scale":       {noise.Description{Level: 3}, []byte{0}},
		"softer than can be told":      {noise.Description{Level: -200}, []byte{127}},
		"no level at all":              {noise.Description{Level: math.NaN()}, []byte{127}},
		"zero is 127":                  {noise.Description{Level: -60, Order: 2}, []byte{60, 127, 127}},
		"258 N less 127 parts of 2^15": {coloured(-60, -0.5, 0.25), []byte{60, 63, 159}},
		"the ends":                     {coloured(-60, -1, 1), []byte{60, 0, 254}},
		"an order that is none":        {noise.Description{Level: -60, Order: -1}, []byte{60}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := c.noise.Append(nil); !bytes.Equal(got, c.want) {
				t.Errorf("payload %d, want %d", got, c.want)
			}
		})
	}
}

func coloured(level float64, k ...float64) noise.Description {
	d := noise.Description{Level: level, Order: len(k)}
	copy(d.Reflection[:], k)
	return d
}

func TestAPayloadOfAnyLengthIsRead(t *testing.T) {
	long := append([]byte{50}, bytes.Repeat([]byte{130}, 30)...)
	for name, c := range map[string]struct {
		payload []byte
		level   float64
		order   int
	}{
		"level only":                     {[]byte{50}, -50, 0},
		"silence":                        {[]byte{127}, -127, 0},
		"order three":                    {[]byte{50, 1, 2, 3}, -50, 3},
		"more than a filter takes":       {long, -50, noise.MaxOrder},
		"up to the value that is no one": {[]byte{50, 1, 255, 3}, -50, 1},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := noise.Parse(c.payload)
			if err != nil || d.Level != c.level || d.Order != c.order {
				t.Errorf("read as %+v, %v; want level %v, order %d", d, err, c.level, c.order)
			}
		})
	}
}

func TestWhatIsNoPayloadIsRefused(t *testing.T) {
	for name, payload := range map[string][]byte{"nothing": {}, "the bit that is always zero": {0x80, 127}} {
		if _, err := noise.Parse(payload); !errors.Is(err, noise.ErrPayload) {
			t.Errorf("%s: error %v, want ErrPayload", name, err)
		}
	}
}

func TestWhatArrivesIsWhatWasRounded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := noise.Description{Level: rapid.Float64Range(-130, 3).Draw(t, "level"), Order: rapid.IntRange(0, noise.MaxOrder).Draw(t, "order")}
		for i := range d.Order {
			d.Reflection[i] = rapid.Float64Range(-1, 1).Draw(t, "k")
		}
		got, err := noise.Parse(d.Append(nil))
		if err != nil || got != d.Rounded() || got.Rounded() != got {
			t.Fatalf("sent %+v, arrived %+v, rounded %+v, %v", d, got, d.Rounded(), err)
		}
		for i := range d.Order {
			if math.Abs(got.Reflection[i]-d.Reflection[i]) > 258.0/32768 {
				t.Fatalf("coefficient %v arrived as %v", d.Reflection[i], got.Reflection[i])
			}
		}
	})
}

// Whatever comes over a network, the noise made of it is as loud as it says or
// softer, and ends: no filter runs away.
func FuzzParse(f *testing.F) {
	f.Add([]byte{40, 0, 254, 0, 254, 0, 254, 0, 254, 0, 254}, uint8(1))
	f.Add([]byte{40, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, uint8(2))
	f.Add([]byte{0}, uint8(3))
	f.Add([]byte{60, 40, 150, 255, 1}, uint8(4))
	f.Fuzz(func(t *testing.T, payload []byte, seed uint8) {
		d, err := noise.Parse(payload)
		if err != nil {
			return
		}
		if again, failed := noise.Parse(d.Append(nil)); failed != nil || again != d {
			t.Fatalf("%+v was read as %+v, %v", d, again, failed)
		}
		r := noise.NewReceiver(8000)
		r.Seed(uint64(seed))
		pcm := make([]int16, 4000)
		r.Noise(d, pcm)
		if got := level(pcm); got > max(d.Level, -90)+9 {
			t.Fatalf("%v sounds at %.1f dBFS", d, got)
		}
		r.Noise(noise.Silence(), pcm)
		if got := level(pcm[2000:]); got > -95 {
			t.Fatalf("%v: %.1f dBFS after its end", d, got)
		}
	})
}
