package vad_test

import (
	"testing"
	"time"
)

func TestWhatIsDisregardedStartsNoSpeech(t *testing.T) {
	for _, rate := range []int{8000, 16000, 24000, 48000} {
		for _, disregard := range []bool{false, true} {
			s := newSignal(rate, 4*time.Second)
			s.white(0, 4*time.Second, -65)
			for at := 2 * time.Second; at < 3*time.Second; at += 80 * ms {
				s.vowel(at, 40*ms, -20)
			}
			d, pcm, started := newDetector(t, rate), s.pcm(), false
			for n, at := rate/50, 0; at+n <= len(pcm); at += n {
				r := d.Push(pcm[at : at+n])
				started = started || r.Started
				if burst := (at + n) % (4 * n); disregard && burst == 2*n {
					d.Disregard(40 * ms)
				}
			}
			if started == disregard {
				t.Errorf("%d Hz, disregarded %t: speech started %t", rate, disregard, started)
			}
		}
	}
}

func TestWhatIsDisregardedHoldsNoSpeechUp(t *testing.T) {
	s := newSignal(8000, 4*time.Second)
	s.white(0, 4*time.Second, -65)
	s.speech(time.Second, time.Second, -20)
	s.vowel(2200*ms, 40*ms, -20)
	d, pcm := newDetector(t, 8000), s.pcm()
	d.Push(pcm[:8*2100])
	before := d.Push(pcm[8*2100 : 8*2160])
	if !before.Speech {
		t.Fatal("no speech before")
	}
	d.Push(pcm[8*2160 : 8*2240])
	d.Disregard(40 * ms)
	if after := d.Push(pcm[8*2240 : 8*2400]); after.LastVoice != before.LastVoice || after.Speech {
		t.Errorf("speech %t up to %v, want its end at %v", after.Speech, after.LastVoice, before.LastVoice)
	}
}
