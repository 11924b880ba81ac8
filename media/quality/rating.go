package quality

import (
	"time"

	"github.com/talkpath/talkpath/media"
)

const (
	// network is what a call's way between us and the caller's ear is taken to
	// need: telephone network and carrier can't be measured from here.
	network = 100 * time.Millisecond
	// bplConcealed and bplSilent are the loss robustness of G.711 with and
	// without concealment (ITU-T G.113, appendix I).
	bplConcealed, bplSilent = 25.1, 4.3
	// nominalLevel is the active speech level of a well adjusted telephone,
	// dBFS, for which G.107's loudness ratings stand.
	nominalLevel = -26
	// toDBm0p turns a noise level in dBFS into dBm0p: full scale is 6.15 dBm0
	// (a sine of full scale is 3.14 dBm0), and the psophometer takes 2.5 dB
	// off a noise that is flat over the telephone's band.
	toDBm0p = 6.15 - 2.5
	// leastHeard is the sound below which there is no rating.
	leastHeard = 2 * time.Second
	// listenedTo is the speech, and the quiet, from which on levels count.
	listenedTo = time.Second
	// telephoneFrame is the unit in which runs of loss are counted.
	telephoneFrame = 20 * time.Millisecond
)

// Rating is how one direction of a call is estimated to have sounded. It is
// nobody's opinion: the E-model plans networks, and most of what it asks is
// assumed here.
//
// A listener's player is assumed that holds sound back for as long as is best:
// the longer, the less of it comes too late and the more the delay disturbs.
// What comes later than that is a hole. Loss is made of those holes, which are
// silent, and of the sound that never came, which is concealed.
type Rating struct {
	Known bool          // whether there was enough sound to tell
	R     float64       // 0 to 100
	MOS   float64       // 1 to 4.5
	Loss  float64       // the part of the sound that is not heard, 0 to 1
	Hold  time.Duration // how long the player holds sound back; the caller's direction only
}

// codecImpairment returns Ie of an encoding. G.711 has none by definition, and
// linear PCM less; of others nothing is known here but that it is little.
func codecImpairment(e media.Encoding) float64 {
	if e == media.PCMU || e == media.PCMA || e == media.L16 {
		return 0
	}
	return 2
}

// rateCaller rates what was heard of the caller.
func rateCaller(m *Measures) (best Rating) {
	if m.Received < leastHeard {
		return best
	}
	missing, gaps := m.Missing()
	share := part(missing, m.Received+missing)
	line := Line{Codec: codecImpairment(m.Format.Encoding), Level: level(&m.Sound), Noise: noise(&m.Sound)}
	messages := float64(m.Arrivals.Late.Messages())
	for i := range Buckets - 1 {
		late, runs := m.Arrivals.Late.beyond(i)
		late *= 1 - share
		line.Loss = share + late
		line.Delay = network + m.Packet + bound(i)
		line.Robustness = bplSilent
		if line.Loss > 0 {
			line.Robustness = (bplConcealed*share + bplSilent*late) / line.Loss
		}
		lost := line.Loss * messages * float64(m.Packet) / float64(telephoneFrame)
		line.Burst = burst(lost, float64(runs)+float64(gaps), line.Loss)
		if r := line.Rating(); !best.Known || r > best.R {
			best = Rating{Known: true, R: r, MOS: MOS(r), Loss: line.Loss, Hold: bound(i)}
		}
	}
	return best
}

// rateAgent rates what the caller heard of the agent. A pause in which the
// dialogue thinks is none in its speech.
func rateAgent(m *Measures) Rating {
	o := &m.Out
	if o.Sent < leastHeard {
		return Rating{}
	}
	slow := time.Duration(m.Slow) * o.Sent / time.Duration(max(o.Messages, 1))
	holes := o.Voice.Total + o.Own.Total + o.Player.Total + slow
	runs := o.Voice.Times + o.Own.Times + o.Player.Times + int(m.Slow)
	line := Line{
		Codec: codecImpairment(m.Format.Encoding), Delay: network, Robustness: bplSilent,
		Loss: part(holes, o.Sent+holes),
	}
	if o.Marks > 0 {
		line.Delay += max(o.MarkDelay/2, 0)
	}
	line.Burst = burst(float64(holes)/float64(telephoneFrame), float64(runs), line.Loss)
	r := line.Rating()
	return Rating{Known: true, R: r, MOS: MOS(r), Loss: line.Loss}
}

// burst returns the burst ratio of frames that were lost in runs: the mean run
// over that of random loss, which is 1/(1-loss). Beyond 2 the E-model vouches
// for nothing where more than 2 % are lost, so that holes count no more there.
func burst(lost, runs, loss float64) float64 {
	if runs == 0 {
		return 1
	}
	return min(max(1, lost/runs*(1-loss)), 2)
}

// level returns by how much speech was louder than the nominal, in dB.
func level(s *Sound) float64 {
	if s.Speech < listenedTo {
		return 0
	}
	return s.SpeechLevel - nominalLevel
}

// noise returns the noise on the line in dBm0p, zero where it isn't known.
func noise(s *Sound) float64 {
	if s.Quiet < listenedTo {
		return 0
	}
	return s.NoiseLevel + toDBm0p
}

// part returns a as a part of whole.
func part(a, whole time.Duration) float64 {
	if whole <= 0 {
		return 0
	}
	return float64(a) / float64(whole)
}
