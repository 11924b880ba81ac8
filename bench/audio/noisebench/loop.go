package noisebench

import (
	"fmt"
	"time"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/media/noise"
)

// frame is what is sent or not at a time.
const frame = 20 * time.Millisecond

// passage is sound that went through discontinuous transmission.
type passage struct {
	pcm   []int16
	sends []noise.Send // by frame; for Opus, which names no noise, speech or nothing
	bytes []int        // by frame, of what was sent in place of sound
	cost  float64      // CPU time of a frame there and back in ns, of Opus
}

// loop sends pcm, whole frames of it, through a Sender, payloads of RFC 3389
// and a Receiver. speech tells by frame whether somebody speaks.
func loop(pcm []int16, cfg noise.SenderConfig, speech func(frame int) bool) (passage, error) {
	sender, receiver := noise.NewSender(cfg), noise.NewReceiver(cfg.Rate)
	size := media.PCMSamples(frame, cfg.Rate)
	var p passage
	var payload []byte
	for i := 0; len(pcm) >= size; i, pcm = i+1, pcm[size:] {
		send, d := sender.Push(pcm[:size], speech(i))
		out := make([]int16, size)
		payload = payload[:0]
		switch send {
		case noise.SendSpeech:
			copy(out, pcm)
			receiver.Speech(out)
		case noise.SendNoise:
			payload = d.Append(payload)
			arrived, err := noise.Parse(payload)
			if err != nil {
				return p, fmt.Errorf("frame %d: %w", i, err)
			}
			receiver.Noise(arrived, out)
		case noise.SendNothing:
			receiver.Nothing(out)
		}
		p.pcm = append(p.pcm, out...)
		p.sends = append(p.sends, send)
		p.bytes = append(p.bytes, len(payload))
	}
	return p, nil
}

// perSecond returns how many descriptions were sent a second from a time on,
// and their bytes.
func (p passage) perSecond(from time.Duration) (descriptions, bytes float64) {
	skip := min(int(from/frame), len(p.bytes))
	lasts := (time.Duration(len(p.bytes)-skip) * frame).Seconds()
	for _, n := range p.bytes[skip:] {
		bytes += float64(n) / lasts
		if n > 0 {
			descriptions += 1 / lasts
		}
	}
	return descriptions, bytes
}

// quiet reports whether frame i was made by the receiver's side from a
// description.
func (p passage) quiet(i int) bool { return p.sends[i] != noise.SendSpeech }
