package stagebench

import (
	"time"

	"github.com/talkpath/talkpath/codec/g711"
	"github.com/talkpath/talkpath/codec/resample"
	"github.com/talkpath/talkpath/jitter"
	"github.com/talkpath/talkpath/jitter/playout"
	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/media/conceal"
	"github.com/talkpath/talkpath/media/denoise"
	"github.com/talkpath/talkpath/media/dtmf"
	"github.com/talkpath/talkpath/media/echo"
	"github.com/talkpath/talkpath/media/noise"
	"github.com/talkpath/talkpath/media/quality"
	"github.com/talkpath/talkpath/vad"
)

// stage is one stage and the call of it for a frame.
type stage struct {
	name, when string
	step       func(i int)
}

// When a stage runs.
const (
	always    = "every frame of the caller's"
	speaking  = "while an utterance is open"
	answering = "while the agent speaks"
	asked     = "where it is asked for"
	losing    = "where sound is lost"
	quieting  = "in gaps, and where it is asked for"
	spare     = "in no call yet"
)

func stages(frames [][]int16) ([]stage, error) {
	in, err := inbound(frames)
	if err != nil {
		return nil, err
	}
	out, err := outbound(frames)
	if err != nil {
		return nil, err
	}
	return append(in, out...), nil
}

func inbound(frames [][]int16) ([]stage, error) {
	law, err := g711.NewMuLaw(rate)
	if err != nil {
		return nil, err
	}
	detector, err := vad.New(vad.Config{Rate: rate})
	if err != nil {
		return nil, err
	}
	keys, err := dtmf.New(rate)
	if err != nil {
		return nil, err
	}
	up, err := resample.New(rate, 2*rate)
	if err != nil {
		return nil, err
	}
	format := media.Format{Encoding: media.PCMU, Rate: rate}
	encoded := make([][]byte, len(frames))
	for i, f := range frames {
		encoded[i] = law.Encode(nil, f)
	}
	buffer, meter := jitter.New(jitter.Config{}), quality.New(quality.Config{Format: format, Packet: beat})
	var at, arrived time.Duration
	epoch := time.Unix(1e9, 0)
	pcm, wide := make([]int16, 0, frame), make([]int16, 0, 2*frame)
	var found []dtmf.Event
	return []stage{
		{"jitter: order and gaps", always, func(i int) {
			f := media.Frame{Format: format, At: at, Payload: encoded[i]}
			at += beat
			if _, next := buffer.Direct(f); next {
				return
			}
			if buffer.Push(f, epoch.Add(at)) == nil {
				for buffer.Pop(epoch.Add(at)).Outcome != jitter.Wait {
				}
			}
		}},
		{"codec/g711: mu-law decoded", always, func(i int) { pcm, _ = law.Decode(pcm[:0], encoded[i]) }},
		{"media/dtmf: keys", always, func(i int) { found = keys.Push(found[:0], frames[i]) }},
		{"vad: voice", always, func(i int) { detector.Push(frames[i]) }},
		{"media/quality: the line", always, func(i int) {
			meter.At(epoch.Add(arrived))
			meter.Arrived(media.Frame{Format: format, At: arrived, Payload: encoded[i]})
			meter.Heard(frames[i], -30, true)
			arrived += beat
		}},
		{"codec/resample: 8 to 16 kHz", speaking, func(i int) { wide = up.Resample(wide[:0], frames[i]) }},
	}, nil
}

func outbound(frames [][]int16) ([]stage, error) {
	law, err := g711.NewMuLaw(rate)
	if err != nil {
		return nil, err
	}
	guard, err := echo.New(rate)
	if err != nil {
		return nil, err
	}
	suppressor, err := denoise.New(rate)
	if err != nil {
		return nil, err
	}
	drifter, err := resample.NewDrifter(rate, rate)
	if err != nil {
		return nil, err
	}
	drifter.SetDrift(50)
	hiss, analyzer := noise.New(rate), noise.NewAnalyzer(rate)
	concealer := conceal.New(rate, hiss)
	player := playout.New(playout.Config{Rate: rate, Conceal: conceal.New(rate, noise.New(rate))})
	now := time.Unix(1e9, 0)
	epoch, played := now, now
	bytes, pcm := make([]byte, 0, frame), make([]int16, 2*frame)
	return []stage{
		{"codec/g711: mu-law encoded", answering, func(i int) { bytes = law.Encode(bytes[:0], frames[i]) }},
		{"media/echo: the agent's own echo", answering, func(i int) {
			now = now.Add(beat)
			guard.Queue(frames[i])
			guard.Sent(beat, now.Add(100*time.Millisecond))
			guard.Hear(now, frames[(i+7)%len(frames)])
			guard.Explains()
		}},
		{"media/denoise: noise suppression", asked, func(i int) { pcm = suppressor.Suppress(pcm[:0], frames[i]) }},
		{"media/noise: analysis", spare, func(i int) { analyzer.Push(frames[i]) }},
		{"media/noise: synthesis", quieting, func(int) { hiss.Fill(pcm[:frame]) }},
		{"media/conceal: a tenth of the frames lost", losing, func(i int) {
			if i%10 == 0 {
				concealer.Conceal(pcm[:frame])
			} else {
				concealer.Played(frames[i])
			}
		}},
		{"codec/resample: drift of a clock", spare, func(i int) { pcm = drifter.Resample(pcm[:0], frames[i]) }},
		{"jitter/playout: playout", spare, func(i int) {
			played = played.Add(beat)
			_ = player.Push(playout.Frame{At: played.Sub(epoch), PCM: frames[i]}, played)
			player.Pull(pcm[:frame], played.Add(beat/4))
		}},
	}, nil
}
