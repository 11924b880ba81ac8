package tcpbench

import (
	"fmt"
	"net/url"
	"time"

	"github.com/talkpath/talkpath/bridge"
	"github.com/talkpath/talkpath/codec"
	"github.com/talkpath/talkpath/codec/g711"
	"github.com/talkpath/talkpath/codec/l16"
	"github.com/talkpath/talkpath/codec/resample"
	"github.com/talkpath/talkpath/conversation"
	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
)

// recognizerRate is that of most recognizers, in samples per second.
const recognizerRate = 16000

// leg is the caller's way in as a bridge.Call has it: a wire that reads the
// carrier's messages and a core that takes what they mean. It is owned by one
// goroutine or lock.
type leg struct {
	carrier telephony.Carrier
	listen  func(pcm []int16) // takes what goes to the recognizer
	wire    telephony.Wire
	core    *bridge.Core // nil until the stream starts
}

func newLeg(c telephony.Carrier, listen func([]int16)) *leg {
	return &leg{carrier: c, listen: listen, wire: c.NewWire(url.Values{})}
}

// message takes one message of the carrier's and returns up to which media time
// sound has been handed on.
func (l *leg) message(now time.Time, msg telephony.Message) (time.Duration, error) {
	ev, err := l.wire.Decode(msg)
	if err != nil {
		return 0, fmt.Errorf("read a message: %w", err)
	}
	switch ev.Kind {
	case telephony.Started:
		if l.core, err = bridge.NewCore(l.config(ev.Start)); err != nil {
			return 0, err
		}
		l.step(now, &bridge.Input{Kind: bridge.InBegin})
	case telephony.Audio:
		if l.core != nil {
			l.step(now, &bridge.Input{Kind: bridge.InEvent, Event: ev})
		}
	default:
	}
	return l.media(now), nil
}

// tick lets time pass, as the pace wheel does, and returns what message does.
func (l *leg) tick(now time.Time) time.Duration {
	if l.core != nil {
		l.step(now, &bridge.Input{Kind: bridge.InTick})
	}
	return l.media(now)
}

// counts returns what has flowed.
func (l *leg) counts(now time.Time) bridge.Counts {
	if l.core == nil {
		return bridge.Counts{}
	}
	return l.core.Counts(now)
}

func (l *leg) step(now time.Time, in *bridge.Input) {
	for _, out := range l.core.Step(now, in) {
		if out.Kind == bridge.OutListen {
			l.listen(out.PCM)
		}
	}
}

func (l *leg) media(now time.Time) time.Duration {
	if l.core == nil {
		return 0
	}
	return l.core.Counts(now).Jitter.Media
}

// config is that of a call that is listened to, whose utterances never end:
// all sound from the first word on goes to the recognizer.
func (l *leg) config(start *telephony.Start) bridge.CoreConfig {
	manners := conversation.DefaultManners()
	manners.Endpointing = time.Hour
	return bridge.CoreConfig{
		Format: start.Format, Quirks: l.carrier.Quirks, Codecs: codecs(), Manners: manners,
		RecognizerRate: recognizerRate, VoiceRate: recognizerRate, Listen: conversation.RoleCaller,
	}
}

func codecs() codec.Set {
	return codec.Set{
		Codecs: map[media.Encoding]func(int) (codec.Codec, error){
			media.PCMU: g711.NewMuLaw, media.PCMA: g711.NewALaw, media.L16: l16.New,
		},
		Resample: func(from, to int) (codec.Resampler, error) { return resample.New(from, to) },
	}
}
