package dtmfbench

import (
	"math"
	"math/rand/v2"
	"strings"

	"github.com/talkpath/talkpath/codec"
	"github.com/talkpath/talkpath/codec/g711"
	"github.com/talkpath/talkpath/media/dtmf"
)

const (
	rate   = 8000
	packet = rate / 50
	// lineLength is how long each line is: a press of up to 120 ms and silence
	// around it.
	lineLength = rate * 2 / 5
	// lead is the silence before a press, which begins up to a packet later.
	lead = rate / 10
)

// press is how a key is pressed.
type press struct {
	held  float64    // seconds
	level float64    // of the low tone, its amplitude in dB of full scale
	twist float64    // of the high tone over the low one, in dB
	off   [2]float64 // of both frequencies, as a part of them
	snr   float64    // of the key over white noise, in dB; no noise where zero
	loss  float64    // the part of packets that are lost and concealed
}

// usual returns the press that a sweep changes one thing of.
func usual() press { return press{held: 0.05, level: -16} }

// line is the sound of one press.
type line struct {
	key   byte
	began int // where its tones began, in samples
	pcm   []int16
}

// lines returns a line for each key, rounds times, as a telephone brings them.
func lines(p press, rounds int, seed uint64) ([]line, error) {
	law, err := g711.NewMuLaw(rate)
	if err != nil {
		return nil, err
	}
	all := make([]line, 0, rounds*len(dtmf.Keys))
	for i := range rounds * len(dtmf.Keys) {
		random := rand.New(rand.NewPCG(seed, uint64(i)))
		l := p.on(dtmf.Keys[i%len(dtmf.Keys)], random)
		if l.pcm, err = throughLaw(law, l.pcm); err != nil {
			return nil, err
		}
		conceal(l.pcm, p.loss, random)
		all = append(all, l)
	}
	return all, nil
}

// on returns the line of one press, not through mu-law yet.
func (p press) on(key byte, random *rand.Rand) line {
	l := line{key: key, began: lead + random.IntN(packet), pcm: make([]int16, lineLength)}
	i := strings.IndexByte(dtmf.Keys, key)
	low := 2 * math.Pi * [...]float64{697, 770, 852, 941}[i/4] * (1 + p.off[0]) / rate
	high := 2 * math.Pi * [...]float64{1209, 1336, 1477, 1633}[i%4] * (1 + p.off[1]) / rate
	a := math.Pow(10, p.level/20)
	b := a * math.Pow(10, p.twist/20)
	one, two := 2*math.Pi*random.Float64(), 2*math.Pi*random.Float64()
	sigma := 0.0
	if p.snr != 0 {
		sigma = math.Sqrt((a*a + b*b) / 2 * math.Pow(10, -p.snr/10))
	}
	held := int(math.Round(p.held * rate))
	for k := range l.pcm {
		x := sigma * random.NormFloat64()
		if n := k - l.began; n >= 0 && n < held {
			x += a*math.Sin(low*float64(n)+one) + b*math.Sin(high*float64(n)+two)
		}
		l.pcm[k] = int16(math.Round(32767 * max(-1, min(x, 1))))
	}
	return l
}

// throughLaw returns pcm through mu-law and back.
func throughLaw(law codec.Codec, pcm []int16) ([]int16, error) {
	return law.Decode(pcm[:0], law.Encode(nil, pcm))
}

// conceal puts the packet before in the place of each that is lost.
func conceal(pcm []int16, loss float64, random *rand.Rand) {
	if loss == 0 {
		return
	}
	for at := packet; at+packet <= len(pcm); at += packet {
		if random.Float64() < loss {
			copy(pcm[at:at+packet], pcm[at-packet:at])
		}
	}
}
