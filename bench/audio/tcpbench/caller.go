package tcpbench

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/talkpath/talkpath/bench/audio/trace"
	"github.com/talkpath/talkpath/codec"
	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
)

// silence is how long a caller is silent at first, for the voice detector to
// know the line.
const silence = time.Second

// caller is the carrier's end of one call, on which somebody speaks without a
// pause after the silence. It is owned by one goroutine.
type caller struct {
	stream telephony.PeerStream
	voice  [][]byte // a second of speech in packets, which then begins again
	quiet  []byte   // a packet of silence
}

func newCaller(c telephony.Carrier, id string) (*caller, error) {
	call := telephony.PeerCall{CallID: "CA" + id, AccountID: "AC1", StreamID: "MZ" + id, Encoding: media.PCMU, Rate: 8000}
	stream, err := c.Peer.Open(telephony.Stream{Listen: telephony.ListenCaller}, call)
	if err != nil {
		return nil, fmt.Errorf("open a stream: %w", err)
	}
	format := stream.Start().Format
	coder, err := codecs().New(format)
	if err != nil {
		return nil, err
	}
	quiet := coder.Encode(nil, make([]int16, media.PCMSamples(trace.Interval, format.Rate)))
	return &caller{stream: stream, voice: speech(coder, format.Rate), quiet: quiet}, nil
}

// greeting returns the messages before the first sound.
func (c *caller) greeting() (all []telephony.Message, err error) {
	for _, kind := range []telephony.Kind{telephony.Connected, telephony.Started} {
		msg, err := c.stream.Encode(nil, telephony.Event{Kind: kind})
		if err != nil {
			return nil, fmt.Errorf("greet: %w", err)
		}
		all = append(all, msg)
	}
	return all, nil
}

// packet appends the message with the sound at a media time to dst.
func (c *caller) packet(dst []byte, at time.Duration) (telephony.Message, error) {
	sound := c.quiet
	if at >= silence {
		sound = c.voice[int(at/trace.Interval)%len(c.voice)]
	}
	return c.stream.Encode(dst, telephony.Event{
		Kind: telephony.Audio, Frame: media.Frame{Format: c.stream.Start().Format, At: at, Payload: sound},
	})
}

// speech returns the packets of a second of a voice of 120 Hz in syllables of
// 200 ms, both of which fit into a second.
func speech(coder codec.Codec, rate int) (packets [][]byte) {
	const pitch, syllable, partials, loudness = 120, 0.2, 15, 2500
	pcm := make([]int16, rate)
	for i := range pcm {
		at := float64(i) / float64(rate)
		var v float64
		for h := 1.0; h <= partials; h++ {
			v += math.Sin(2*math.Pi*pitch*h*at) / h
		}
		envelope := 0.4 + 0.6*math.Abs(math.Sin(math.Pi*at/syllable))
		pcm[i] = int16(loudness * envelope * v)
	}
	for part := range slices.Chunk(pcm, media.PCMSamples(trace.Interval, rate)) {
		packets = append(packets, coder.Encode(nil, part))
	}
	return packets
}
