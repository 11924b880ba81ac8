package resample_test

import (
	"math"
	"math/cmplx"
	"testing"
	"time"
)

// TestPassBandIsFlat measures the gain of full-scale tones from 50 Hz to 0.425
// of the lower rate: 3400 Hz where that is 8 kHz.
func TestPassBandIsFlat(t *testing.T) {
	const goal = 0.01 // dB
	for _, p := range pairs {
		t.Run(p.name(), func(t *testing.T) {
			worst := 0.0
			for _, f := range sweep(50, 0.425*p.low(), 12) {
				x := run(t, p, tones(p.from, 32000, f))
				gain := decibels(cmplx.Abs(remove(x, p.to, f)) / 32000)
				worst = max(worst, math.Abs(gain))
			}
			t.Logf("ripple %.5f dB", worst)
			if worst > goal {
				t.Errorf("ripple %.5f dB, want at most %v", worst, goal)
			}
		})
	}
}

// TestImagesAndAliasesAreGone measures single spectral lines where images of
// pass-band tones and aliases of stop-band tones would be. A stop-band tone
// goes together with a pass-band one: alone it would leave less than half a
// step of the 16-bit output, which rounds to plain silence and would measure
// as perfect. The pass-band tone, fitted and taken out, keeps the rounding
// busy. The filters themselves are 108 to 111 dB down from the edge of the
// stop band on; where a line measures less, rounding without dither is what
// it shows: 98 dB below the tone in total, gathered in lines where the tone's
// period is nearly a whole number of samples.
func TestImagesAndAliasesAreGone(t *testing.T) {
	const goal = 100 // dB
	for _, p := range pairs {
		t.Run(p.name(), func(t *testing.T) {
			image, alias := imageRejection(t, p), aliasRejection(t, p)
			t.Logf("images %.1f dB, aliases %.1f dB down", image, alias)
			if image < goal {
				t.Errorf("images are %.1f dB down, want at least %d", image, goal)
			}
			if alias < goal {
				t.Errorf("aliases are %.1f dB down, want at least %d", alias, goal)
			}
		})
	}
}

// imageRejection returns by how much the strongest image of a pass-band tone
// is down, where the output has room for one.
func imageRejection(t *testing.T, p pair) float64 {
	const amplitude = 32000
	worst := math.Inf(1)
	for _, f := range sweep(50, 0.425*p.low(), 12) {
		x := run(t, p, tones(p.from, amplitude, f))
		remove(x, p.to, f)
		for k := 1; k <= 3; k++ {
			for _, image := range []float64{float64(k*p.from) - f, float64(k*p.from) + f} {
				at := fold(image, p.to)
				if math.Abs(at-f) < 10 || image < 0.575*p.low() {
					continue // can't be told from the tone
				}
				got := cmplx.Abs(remove(x, p.to, at))
				worst = min(worst, -decibels(got/amplitude))
			}
		}
	}
	return worst
}

// aliasRejection returns by how much the strongest alias of a tone from the
// stop band is down, where the input has room for one.
func aliasRejection(t *testing.T, p pair) float64 {
	const amplitude = 16000
	worst := math.Inf(1)
	stop, top := 0.575*p.low(), 0.499*float64(p.from)
	if stop >= top {
		return worst
	}
	for _, f := range sweep(stop, top, 24) {
		const companion = 997.13
		at := fold(f, p.to)
		if math.Abs(at-companion) < 10 {
			continue
		}
		x := run(t, p, tones(p.from, amplitude, companion, f))
		remove(x, p.to, companion)
		worst = min(worst, -decibels(cmplx.Abs(remove(x, p.to, at))/amplitude))
	}
	return worst
}

// TestNothingButTheToneComesOut measures everything that is not the tone: all
// images, aliases, arithmetic and rounding together. Two roundings to 16 bits
// without dither bound it, that of the input and that of the output: each is
// noise of 1/sqrt(12) steps, 98 dB below a full-scale sine, so 95 dB together
// is the most that 16-bit samples can show.
func TestNothingButTheToneComesOut(t *testing.T) {
	const goal = 90 // dB
	for _, p := range pairs {
		t.Run(p.name(), func(t *testing.T) {
			worst := math.Inf(1)
			for _, f := range sweep(50, 0.425*p.low(), 12) {
				const amplitude = 32000
				x := run(t, p, tones(p.from, amplitude, f))
				remove(x, p.to, f)
				worst = min(worst, -decibels(rms(x)*math.Sqrt2/amplitude))
			}
			t.Logf("residue %.1f dB down", worst)
			if worst < goal {
				t.Errorf("the residue is %.1f dB down, want at least %d", worst, goal)
			}
		})
	}
}

// TestDelayIsWhatDelaySays measures the delay on the angle of a tone.
func TestDelayIsWhatDelaySays(t *testing.T) {
	for _, p := range pairs {
		t.Run(p.name(), func(t *testing.T) {
			const freq = 100 // one turn is 10 ms, more than any delay here
			x := run(t, p, tones(p.from, 32000, freq))
			begin := math.Floor(settle*float64(p.to)) / float64(p.to)
			angle := 2*math.Pi*freq*begin - cmplx.Phase(remove(x, p.to, freq))
			turns := angle / (2 * math.Pi)
			measured := time.Duration((turns - math.Floor(turns)) / freq * float64(time.Second))

			stated := open(t, p).Delay()
			if diff := (measured - stated).Abs(); diff > 5*time.Microsecond {
				t.Errorf("a tone comes %v late, Delay says %v", measured, stated)
			}
			if limit := time.Duration(24.0 / p.low() * float64(time.Second)); stated > limit {
				t.Errorf("the delay is %v, want at most %v", stated, limit)
			}
			if stated > 3*time.Millisecond {
				t.Errorf("the delay is %v, want at most 3 ms", stated)
			}
			t.Logf("delay %v", stated)
		})
	}
}

func BenchmarkResample20ms(b *testing.B) {
	for _, p := range pairs {
		b.Run(p.name(), func(b *testing.B) {
			r := open(b, p)
			src := tones(p.from, 9000, 440)[:p.from/50]
			var dst []int16
			b.ReportAllocs()
			for b.Loop() {
				dst = r.Resample(dst[:0], src)
			}
		})
	}
}
