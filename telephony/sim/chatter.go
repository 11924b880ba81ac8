package sim

import (
	"math"
	"math/rand/v2"
	"time"

	"github.com/talkpath/talkpath/codec"
	"github.com/talkpath/talkpath/media"
)

// chatter is what the callers of a load test say, encoded once and shared by
// all of them. It is read only.
type chatter struct {
	utterances [][][]byte // packets of speech
	silence    [][]byte   // packets of a quiet line's noise, in a circle
}

const (
	silentPackets = 25
	quietNoise    = 12 // peak amplitude: -69 dB of full scale, far from speech
)

// newChatter encodes a few utterances of speech-like sound in packets.
func newChatter(c codec.Codec, format media.Format, packet time.Duration) *chatter {
	chat := &chatter{silence: quietLine(c, format, packet)}
	for i, pitch := range []float64{110, 150, 200} {
		length := time.Duration(1600+400*i) * time.Millisecond
		said := babble(pitch, format.Samples(length), format.Rate)
		chat.utterances = append(chat.utterances, packets(c, said, format.Samples(packet)))
	}
	return chat
}

// newHum encodes a caller's tone in packets.
func newHum(c codec.Codec, format media.Format, packet time.Duration, hertz float64) *chatter {
	said := packets(c, hum(hertz, format.Rate), format.Samples(packet))
	return &chatter{silence: quietLine(c, format, packet), utterances: [][][]byte{said}}
}

// quietLine encodes the noise of a line on which nobody speaks.
func quietLine(c codec.Codec, format media.Format, packet time.Duration) [][]byte {
	size := format.Samples(packet)
	rng := rand.New(rand.NewPCG(3, 4))
	noise := make([]int16, silentPackets*size)
	for i := range noise {
		noise[i] = int16(rng.IntN(2*quietNoise+1) - quietNoise)
	}
	return packets(c, noise, size)
}

// packets encodes pcm in whole packets of size samples.
func packets(c codec.Codec, pcm []int16, size int) (all [][]byte) {
	for at := 0; at+size <= len(pcm); at += size {
		all = append(all, c.Encode(nil, pcm[at:at+size]))
	}
	return all
}

// babble returns n samples that a voice detector takes for speech: the
// harmonics of a pitch, weighted towards a vowel's first formants, in four
// syllables a second.
func babble(pitch float64, n, rate int) []int16 {
	pcm := make([]int16, n)
	for i := range pcm {
		t := float64(i) / float64(rate)
		var sample float64
		for h := 1.0; h*pitch < 3400; h++ {
			sample += (1/h + bell(h*pitch, 600, 200) + bell(h*pitch, 1400, 300)/2) * math.Sin(2*math.Pi*h*pitch*t)
		}
		syllable := 0.55 - 0.45*math.Cos(2*math.Pi*4*t)
		pcm[i] = int16(2500 * syllable * sample)
	}
	return pcm
}

// bell weighs x by how near it is to a formant.
func bell(x, centre, width float64) float64 {
	off := (x - centre) / width
	return math.Exp(-off * off)
}
