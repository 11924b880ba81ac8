package quality

import (
	"math"
	"time"
)

// Line is what the E-model rates: one direction of a connection. Its zero
// values stand for what G.107 recommends where nothing is known, except for
// Robustness.
type Line struct {
	Delay      time.Duration // from mouth to ear, one way
	Loss       float64       // share of the sound that isn't heard, from 0 to 1
	Burst      float64       // mean length of its runs over that of random loss; 1 where zero
	Robustness float64       // Bpl: the loss in percent at which half of the worst is reached
	Codec      float64       // Ie: what the codec takes off without any loss
	Level      float64       // active speech, dB above the nominal
	Noise      float64       // on the line, dBm0p; -70 where zero
}

// The defaults of ITU-T G.107 (06/2015), table 2.
const (
	nominalSLR     = 8.0   // send loudness rating
	nominalRLR     = 2.0   // receive loudness rating
	sidetone       = 15.0  // STMR
	listenerRating = 18.0  // LSTR
	sendSide       = 3.0   // Ds: D-value of the telephone
	talkerEcho     = 65.0  // TELR
	echoPath       = 110.0 // WEPL
	roomNoise      = 35.0  // Ps and Pr, dB(A)
	lineNoise      = -70.0 // Nc, dBm0p
	receiverNoise  = -64.0 // Nfor, dBmp
	distortion     = 1.0   // qdu
)

// Rating returns the E-model's transmission rating factor R of a line, from 0
// to about 93 for the best narrow-band telephone: clause 7 of ITU-T G.107, with
// echo left at its defaults and no advantage factor.
func (l Line) Rating() float64 {
	noise := l.Noise
	if noise == 0 {
		noise = lineNoise
	}
	slr := nominalSLR - l.Level
	no := l.noise(slr, noise)
	ro := 15 - 1.5*(slr+no)
	r := ro - simultaneous(ro, no, slr) - listenerEcho(ro) - delayed(l.Delay) - l.equipment()
	return min(max(r, 0), 100)
}

// noise returns No: all noise, as at the 0 dBr point (7-2 to 7-7).
func (l Line) noise(slr, circuit float64) float64 {
	olr := slr + nominalRLR
	send := roomNoise - slr - sendSide - 100 + 0.004*square(roomNoise-olr-sendSide-14)
	room := roomNoise + 10*math.Log10(1+power(10-listenerRating))
	receive := nominalRLR - 121 + room + 0.008*square(room-35)
	return 10 * math.Log10(power(circuit)+power(send)+power(receive)+power(receiverNoise+nominalRLR))
}

// simultaneous returns Is: what impairs speech while it sounds (7-8 to 7-17).
func simultaneous(ro, no, slr float64) float64 {
	x := slr + nominalRLR + 0.2*(64+no-nominalRLR)
	loudness := 20 * (math.Pow(1+math.Pow(x/8, 8), 1.0/8) - x/8)

	st := -10 * math.Log10(power(-sidetone)+power(-talkerEcho))
	side := 12*math.Pow(1+math.Pow((st-13)/6, 8), 1.0/8) -
		28*math.Pow(1+math.Pow((st+1)/19.4, 35), 1.0/35) -
		13*math.Pow(1+math.Pow((st-3)/33, 13), 1.0/13) + 29

	q := 37 - 15*math.Log10(distortion)
	g := 1.07 + 0.258*q + 0.0602*q*q
	y, z := (ro-100)/15+46/8.4-g/9, 46.0/30-g/40
	return loudness + side + 15*math.Log10(1+math.Pow(10, y)+math.Pow(10, z))
}

// listenerEcho returns Idle, with the echo of a digital line (7-25, 7-26).
func listenerEcho(ro float64) float64 {
	half := (ro - 10.5*(echoPath+7)) / 2
	return half + math.Sqrt(half*half+169)
}

// delayed returns Idd: what a delay impairs without any echo (7-27, 7-28).
func delayed(d time.Duration) float64 {
	ms := float64(d) / float64(time.Millisecond)
	if ms <= 100 {
		return 0
	}
	x := math.Log2(ms / 100)
	return 25 * (math.Pow(1+math.Pow(x, 6), 1.0/6) - 3*math.Pow(1+math.Pow(x/3, 6), 1.0/6) + 2)
}

// equipment returns Ie,eff: what codec and loss impair (7-29).
func (l Line) equipment() float64 {
	if l.Loss <= 0 {
		return l.Codec
	}
	percent := 100 * l.Loss
	return l.Codec + (95-l.Codec)*percent/(percent/max(l.Burst, 1)+l.Robustness)
}

// MOS returns the mean opinion score, from 1 to 4.5, that a rating stands for:
// annex B of ITU-T G.107.
func MOS(r float64) float64 {
	r = min(max(r, 0), 100)
	return max(1, 1+0.035*r+7e-6*r*(r-60)*(100-r))
}

func power(db float64) float64 { return math.Pow(10, db/10) }

func square(x float64) float64 { return x * x }
