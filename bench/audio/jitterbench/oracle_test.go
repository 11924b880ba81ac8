package jitterbench

import (
	"math/rand/v2"
	"testing"
	"time"
)

const ms = time.Millisecond

func TestTheOracleChoosesPerSpurt(t *testing.T) {
	spurts := []spurt{
		{0, 0, 300 * ms, 0},
		{0, 100 * ms, 80 * ms, 0},
	}
	cases := map[int]time.Duration{
		0: (4*305 + 4*105) * ms / 8, // all played
		1: (3*5 + 4*105) * ms / 7,   // the worst one lost
		3: 5 * ms,
		8: 5 * ms, // more may be lost than pays
	}
	for lost, want := range cases {
		if got := oracle(spurts, lost); got != want {
			t.Errorf("%d lost: %v, want %v", lost, got, want)
		}
	}
}

// TestTheOracleIsTheLeastOfAllChoices holds the dynamic programme against
// trying every delay for every spurt.
func TestTheOracleIsTheLeastOfAllChoices(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		var spurts []spurt
		for range 3 {
			s := make(spurt, 1+rng.IntN(4))
			for i := range s {
				s[i] = time.Duration(rng.IntN(90)) * ms
			}
			spurts = append(spurts, s)
		}
		lost := rng.IntN(4)
		if got, want := oracle(spurts, lost), tryAll(spurts, lost, 0, 0); got != want {
			t.Fatalf("%v with %d lost: %v, want %v", spurts, lost, got, want)
		}
	}
}

func tryAll(spurts []spurt, lost int, sum time.Duration, played int) time.Duration {
	if len(spurts) == 0 {
		if played == 0 {
			return 1 << 62
		}
		return sum / time.Duration(played)
	}
	least := time.Duration(1 << 62)
	for d := phase; d <= 105*ms; d += beat {
		in := 0
		for _, l := range spurts[0] {
			if l <= d {
				in++
			}
		}
		if out := len(spurts[0]) - in; out <= lost {
			least = min(least, tryAll(spurts[1:], lost-out, sum+time.Duration(in)*d, played+in))
		}
	}
	return least
}
