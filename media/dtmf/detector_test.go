package dtmf_test

import (
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/talkpath/talkpath/media/dtmf"
)

// ITU-T Q.24 lists what receivers of several networks take and refuse. The
// bounds here are the strictest of AT&T's and NTT's, or our own where they are
// stricter still. Every point is 12 presses of each of the 16 keys.
func TestWhatIsTakenAndWhatIsRefused(t *testing.T) {
	both := func(off float64) press { return press{off: [2]float64{off, off}} }
	for name, c := range map[string]struct {
		p    press
		want float64 // the least part that is found; zero for none at all
	}{
		"40 ms":                       {press{held: 40 * ms}, 1},
		"60 ms":                       {press{held: 60 * ms}, 1},
		"23 ms":                       {press{held: 23 * ms}, 0},
		"20 ms":                       {press{held: 20 * ms}, 0},
		"1.8 % high":                  {both(0.018), 1},
		"1.8 % low":                   {both(-0.018), 1},
		"the low tone 1.8 % high":     {press{off: [2]float64{0.018, 0}}, 1},
		"the high tone 1.8 % low":     {press{off: [2]float64{0, -0.018}}, 1},
		"1.8 % towards each other":    {press{off: [2]float64{0.018, -0.018}}, 1},
		"1.8 % away from each other":  {press{off: [2]float64{-0.018, 0.018}}, 1},
		"3 % high":                    {both(0.03), 0},
		"3.5 % low":                   {both(-0.035), 0},
		"the low tone 3 % low":        {press{off: [2]float64{-0.03, 0}}, 0},
		"the high tone 3.5 % high":    {press{off: [2]float64{0, 0.035}}, 0},
		"twist of 4 dB":               {press{twist: 4}, 1},
		"reverse twist of 8 dB":       {press{twist: -8}, 1},
		"twist of 9 dB":               {press{twist: 9}, 0},
		"reverse twist of 13 dB":      {press{twist: -13}, 0},
		"noise at 12 dB":              {press{noise: 12}, 1},
		"noise at 12 dB, 40 ms":       {press{noise: 12, held: 40 * ms}, 1},
		"noise at 9 dB":               {press{noise: 9}, 0.99},
		"noise at 12 dB, 23 ms":       {press{noise: 12, held: 23 * ms}, 0},
		"noise at 12 dB, twist -8 dB": {press{noise: 12, twist: -8}, 0.99},
		"0 dBm":                       {press{level: -3.17}, 1},
		"-25 dBm":                     {press{level: -28.2}, 1},
		"-36 dBm":                     {press{level: -39.2}, 1},
		"-55 dBm":                     {press{level: -58}, 0},
		"a harmonic at -20 dB":        {press{distortion: -20}, 1},
		"a harmonic at -8 dB":         {press{distortion: -8}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			right, any := hits(t, 8000, c.p)
			if right < c.want || any > 0 && c.want == 0 {
				t.Errorf("%s were found, %s as what they are; want %s", percent(any), percent(right), percent(c.want))
			}
		})
	}
}

func TestEveryRateHearsTheSameKeys(t *testing.T) {
	for _, rate := range []int{8000, 16000, 24000, 48000} {
		for _, c := range []struct {
			p    press
			want float64
		}{
			{press{held: 40 * ms, noise: 15}, 1},
			{press{held: 23 * ms, noise: 15}, 0},
			{press{off: [2]float64{0.018, 0.018}}, 1},
			{press{off: [2]float64{-0.03, 0.035}}, 0},
		} {
			if right, any := hits(t, rate, c.p); right < c.want || any > 0 && c.want == 0 {
				t.Errorf("%d Hz, %+v: %s were found", rate, c.p, percent(any))
			}
		}
	}
}

// No digit may follow the one before sooner than after 93 ms (AT&T), and pauses
// have 30 ms at least (NTT).
func TestKeysInARowAreToldApart(t *testing.T) {
	const dialled = "5550123456789*#ABCD00"
	for _, c := range []struct{ held, gap time.Duration }{
		{45 * ms, 48 * ms}, {63 * ms, 30 * ms}, {100 * ms, 150 * ms}, {time.Second, 40 * ms},
	} {
		for _, noise := range []float64{0, 12} {
			g := newGenerator(t, dtmf.Config{Rate: 8000})
			l := newLine(8000, 3)
			l.silence(100 * ms)
			for _, key := range []byte(dialled) {
				l.key(t, g, key, c.held, c.gap)
			}
			if noise > 0 {
				l.white(-9 - noise) // of two tones at -12 dB
			}
			if got := keysOf(detect(newDetector(t, 8000), l.pcm(), 160)); got != dialled {
				t.Errorf("keys of %v every %v in noise at %v dB: heard %q", c.held, c.held+c.gap, noise, got)
			}
		}
	}
}

func TestABreakOfTenMillisecondsIsNoPause(t *testing.T) {
	for at := 40 * ms; at < 90*ms; at += 7 * ms {
		if right, _ := hits(t, 8000, press{held: 120 * ms, breakAt: at, breakFor: 10 * ms}); right < 1 {
			t.Errorf("a break after %v: %s were found once", at, percent(right))
		}
	}
}

func TestAKeyIsToldWithin45MsAndWhereItWas(t *testing.T) {
	for _, rate := range []int{8000, 16000, 24000} {
		for _, noise := range []float64{0, 15} {
			for i := range 5 * len(dtmf.Keys) {
				l := newLine(rate, uint64(i))
				began := l.add(press{key: dtmf.Keys[i%16], held: 80 * ms, level: -16, gap: 120 * ms, noise: noise})
				all := detect(newDetector(t, rate), l.pcm(), 8)
				if len(all) != 2 || !all[0].Down || all[1].Down || all[1].Key != all[0].Key {
					t.Fatalf("told %+v, want one key's press and release", all)
				}
				after := func(samples int) time.Duration {
					return time.Duration(samples-began) * time.Second / time.Duration(rate)
				}
				down, up := all[0], all[1]
				if late := after(down.found); late > 45*ms {
					t.Errorf("%d Hz: told %v after it went down", rate, late)
				}
				if off := after(int(down.At)); off < -3*ms || off > 3*ms {
					t.Errorf("%d Hz: said to have gone down %v after it did", rate, off)
				}
				if off := after(int(up.At)) - 80*ms; off < -5*ms || off > 5*ms {
					t.Errorf("%d Hz: said to have come up %v after it did", rate, off)
				}
				if late := after(up.found) - 80*ms; late > 45*ms {
					t.Errorf("%d Hz: told %v after it came up", rate, late)
				}
			}
		}
	}
}

// Of the packets of 20 ms one in a hundred is lost. What stands in for it is the
// one before again, as the simplest concealment has it, or silence.
func TestLostPacketsLoseNoKeys(t *testing.T) {
	const presses, packet = 2000, 160
	for _, again := range []bool{true, false} {
		right := 0
		for i := range presses {
			l := newLine(8000, uint64(i))
			key := dtmf.Keys[i%16]
			l.add(press{key: key, held: 100 * ms, level: -16, gap: 100 * ms})
			pcm := l.pcm()
			for at := packet; at+packet <= len(pcm); at += packet {
				if l.rng.IntN(100) > 0 {
					continue
				}
				if clear(pcm[at : at+packet]); again {
					copy(pcm[at:at+packet], pcm[at-packet:at])
				}
			}
			if keysOf(detect(newDetector(t, 8000), pcm, packet)) == string(key) {
				right++
			}
		}
		if part := float64(right) / presses; part < 0.995 {
			t.Errorf("repeating %t: %s of the presses were found once", again, percent(part))
		} else {
			t.Logf("repeating %t: %s", again, percent(part))
		}
	}
}

func TestAKeyThatFollowsAtOnceEndsTheOneBefore(t *testing.T) {
	g := newGenerator(t, dtmf.Config{Rate: 8000})
	l := newLine(8000, 1)
	l.key(t, g, '1', 100*ms, 0)
	l.key(t, g, '9', 100*ms, 100*ms)
	all := detect(newDetector(t, 8000), l.pcm(), 160)
	if len(all) != 4 || keysOf(all) != "19" || all[1].Down || all[1].At > all[2].At {
		t.Errorf("told %+v", all)
	}
}

func TestSpeechOverAHeldKeyEndsIt(t *testing.T) {
	g := newGenerator(t, dtmf.Config{Rate: 8000})
	l := newLine(8000, 1)
	l.silence(100 * ms)
	l.key(t, g, '7', 100*ms, 0)
	spoken := len(l.x)
	l.buzz(time.Second, 140, 0.4)
	all := detect(newDetector(t, 8000), l.pcm(), 160)
	if len(all) != 2 || int(all[1].At)-spoken > 8*20 {
		t.Errorf("told %+v, with speech from %d on", all, spoken)
	}
}

func TestOtherRatesAreRefused(t *testing.T) {
	for _, rate := range []int{-8000, 0, 7999, 11025, 22050, 44100, 96000} {
		if _, err := dtmf.New(rate); !errors.Is(err, dtmf.ErrConfig) {
			t.Errorf("%d Hz: %v, want ErrConfig", rate, err)
		}
	}
}

func TestOneToneIsNoKey(t *testing.T) {
	for hertz := 300.0; hertz < 3300; hertz += 11 {
		if all := detect(newDetector(t, 8000), sines([2]float64{hertz, 0.3})[:1600], 160); len(all) > 0 {
			t.Errorf("%v Hz is taken for %s", hertz, keysOf(all))
		}
	}
}

// sines returns a second of tones, each given by its frequency and amplitude.
func sines(all ...[2]float64) []int16 {
	l := newLine(8000, 1)
	l.x = make([]float64, 8000)
	for k, tone := range all {
		for i := range l.x {
			l.x[i] += tone[1] * math.Sin(2*math.Pi*tone[0]*float64(i)/8000+float64(k))
		}
	}
	return l.pcm()
}

func TestAPairWithAThirdToneIsNoKey(t *testing.T) {
	for _, third := range []float64{300, 500, 1060, 1900, 2700, 3300} {
		pair := [][2]float64{{770, 0.2}, {1336, 0.2}, {third, 0.02}}
		if got := keysOf(detect(newDetector(t, 8000), sines(pair...), 160)); got != "5" {
			t.Errorf("with a faint tone of %v Hz: heard %q, want the key", third, got)
		}
		pair[2][1] = 0.18
		if got := keysOf(detect(newDetector(t, 8000), sines(pair...), 160)); got != "" {
			t.Errorf("with a strong tone of %v Hz: heard %q", third, got)
		}
	}
}

// A row and twice its frequency are one voice, though both may be within the
// tolerance of a key's tones.
func TestAnOctaveIsNoKey(t *testing.T) {
	for hertz := 650.0; hertz < 1000; hertz += 0.5 {
		if got := keysOf(detect(newDetector(t, 8000), sines([2]float64{hertz, 0.3}, [2]float64{2 * hertz, 0.2})[:1600], 160)); got != "" {
			t.Errorf("%v Hz and twice as much: heard %q", hertz, got)
		}
	}
}

func TestNoiseOverAHeldKeyEndsIt(t *testing.T) {
	l := newLine(8000, 1)
	l.silence(time.Second)
	l.white(-10)
	noise := l.x
	l.x = nil
	l.silence(100 * ms)
	l.key(t, newGenerator(t, dtmf.Config{Rate: 8000, Level: -25}), '7', 100*ms, 0)
	began := len(l.x)
	l.x = append(l.x, noise...)
	all := detect(newDetector(t, 8000), l.pcm(), 160)
	if len(all) != 2 || int(all[1].At)-began > 8*20 {
		t.Errorf("told %+v, with noise from %d on", all, began)
	}
}

// The tones of exchanges are pairs as well.
func TestTonesOfExchangesAreNoKeys(t *testing.T) {
	for _, pair := range [][2]float64{{350, 440}, {440, 480}, {480, 620}, {400, 450}, {1400, 2060}, {950, 1400}, {1300, 1700}} {
		if all := detect(newDetector(t, 8000), sines([2]float64{pair[0], 0.2}, [2]float64{pair[1], 0.2}), 160); len(all) > 0 {
			t.Errorf("%v Hz are taken for %s", pair, keysOf(all))
		}
	}
}

func ExampleDetector() {
	g, _ := dtmf.NewGenerator(dtmf.Config{Rate: 8000})
	_ = g.Press('5', 100*time.Millisecond)
	pcm := make([]int16, 1600)
	g.Fill(pcm)
	d, _ := dtmf.New(8000)
	for _, ev := range d.Push(nil, pcm) {
		fmt.Printf("%c down: %t\n", ev.Key, ev.Down)
	}
	// Output:
	// 5 down: true
	// 5 down: false
}
