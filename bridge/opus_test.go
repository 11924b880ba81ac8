package bridge_test

import (
	"math"
	"testing"
	"time"

	"github.com/talkpath/talkpath/bridge"
	"github.com/talkpath/talkpath/codec/opus"
	"github.com/talkpath/talkpath/conversation"
	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/telnyx"
)

var wideOpus = media.Format{Encoding: media.Opus, Rate: 16000}

// hum returns the speech of somebody who says one vowel after another.
func hum() func([]int16) {
	n := 0
	return func(pcm []int16) {
		for i := range pcm {
			t := float64(n) / 16000
			pitch := 2 * math.Pi * (140*t + 3*math.Sin(2*math.Pi*0.9*t))
			sum := 0.0
			for k := 1.0; k < 24; k++ {
				first, second := (140*k-600-250*math.Sin(7*t))/250, (140*k-1700)/300 // formants
				sum += (math.Exp(-first*first) + 0.4*math.Exp(-second*second)) * math.Sin(k*pitch)
			}
			pcm[i] = int16(5000 * sum * (0.6 + 0.4*math.Sin(2*math.Pi*3.1*t)))
			n++
		}
	}
}

// heardWith lets a second and a half of speech come in, of which change makes
// what it likes of each packet: nil loses it. It returns what the recognizer got.
func heardWith(t *testing.T, cfg opus.Config, change func(i int, packet []byte) []byte) []int16 {
	t.Helper()
	l := newLineWith(t, telnyx.Carrier(telnyx.Config{}), wideOpus, func(*bridge.CoreConfig) {})
	coder, err := opus.Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	speak, pcm := hum(), make([]int16, 320)
	for i := range 75 {
		l.now = l.now.Add(20 * time.Millisecond)
		speak(pcm)
		packet := change(i, coder.Encode(nil, pcm))
		if packet != nil {
			l.step(bridge.Input{Kind: bridge.InEvent, Event: telephony.Event{
				Kind: telephony.Audio, Frame: media.Frame{Format: wideOpus, Seq: uint64(i + 1), At: l.at, Payload: packet},
			}})
		}
		l.at += 20 * time.Millisecond
		l.step(bridge.Input{Kind: bridge.InTick})
	}
	if len(l.given) < 16000 {
		t.Fatalf("the recognizer got %d samples", len(l.given))
	}
	return l.given
}

// nearness returns by how much what differs between two runs of sound is below
// the sound, in dB.
func nearness(t *testing.T, got, want []int16) float64 {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d samples where all came, %d else: media time is off", len(want), len(got))
	}
	var signal, rest float64
	for i := range want {
		if d := float64(got[i]) - float64(want[i]); d != 0 {
			signal += float64(want[i]) * float64(want[i])
			rest += d * d
		}
	}
	return 10 * math.Log10(signal/max(rest, 1))
}

func all(_ int, packet []byte) []byte { return packet }

// some loses every seventh packet of those in the middle of speech.
func some(i int, packet []byte) []byte {
	if i > 30 && i%7 == 0 {
		return nil
	}
	return packet
}

func TestALostPacketComesBackFromTheNext(t *testing.T) {
	cfg := opus.Defaults(16000)
	copies := nearness(t, heardWith(t, cfg, some), heardWith(t, cfg, all))
	cfg.Loss = 0 // the encoder sends no copies then
	guesses := nearness(t, heardWith(t, cfg, some), heardWith(t, cfg, all))
	t.Logf("with copies %.1f dB, without %.1f dB", copies, guesses)
	if copies < guesses+2 {
		t.Errorf("lost packets are %.1f dB near with copies of them, %.1f dB without: want 2 dB more", copies, guesses)
	}
}

// A packet with 10 ms of voice is no speech, and libopus continues it for 60 ms.
func TestWhatOpusMakesUpStartsNoUtterance(t *testing.T) {
	cfg := opus.Defaults(16000)
	cfg.Loss = 0 // no copies
	coder, err := opus.Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	l := newLineWith(t, telnyx.Carrier(telnyx.Config{}), wideOpus, func(*bridge.CoreConfig) {})
	l.say(200*ms, conversation.Next{})
	quiet, loud, pcm := hiss(-65), hum(), make([]int16, 320)
	for i := range 600 {
		l.now = l.now.Add(20 * time.Millisecond)
		quiet(pcm)
		at := i % 50
		if i > 150 && at == 24 {
			loud(pcm[80:240])
		}
		packet := coder.Encode(nil, pcm)
		if lost := i > 150 && at > 24 && at <= 27; !lost {
			l.step(bridge.Input{Kind: bridge.InEvent, Event: telephony.Event{
				Kind: telephony.Audio, Frame: media.Frame{Format: wideOpus, Seq: uint64(i + 1), At: l.at, Payload: packet},
			}})
		}
		l.at += 20 * time.Millisecond
		l.step(bridge.Input{Kind: bridge.InTick})
	}
	if l.heard != 0 {
		t.Errorf("the recognizer was given %d samples of what is no speech", l.heard)
	}
}

func TestAPacketThatCannotBeDecodedTakesItsTime(t *testing.T) {
	cfg := opus.Defaults(16000)
	want := heardWith(t, cfg, all)
	got := heardWith(t, cfg, func(i int, packet []byte) []byte {
		if i == 40 {
			return []byte{9<<3 | 3, 0x81, 200, 200} // as long as the others, by its head
		}
		return packet
	})
	if near := nearness(t, got, want); near < -3 {
		t.Errorf("what stands in for it is %.1f dB near", near)
	}
}
