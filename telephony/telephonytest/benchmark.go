package telephonytest

import (
	"testing"
	"time"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
)

// Benchmark measures c's wire, in every format: reading one of the carrier's
// packets, and composing the smallest message of sound, 20 ms or more, that it
// takes.
func Benchmark(b *testing.B, c telephony.Carrier) {
	for _, f := range c.Quirks.Formats {
		peer, err := c.Peer.Open(telephony.Stream{URL: "wss://b.example.com/m"}, telephony.PeerCall{
			CallID: "CA00000000000000000000000000000001", StreamID: "MZ00000000000000000000000000000001",
			Rate: f.Rate, Encoding: f.Encoding,
		})
		if err != nil {
			b.Fatal(err)
		}
		start, err := peer.Encode(nil, telephony.Event{Kind: telephony.Started})
		if err != nil {
			b.Fatal(err)
		}
		wire := c.NewWire(nil)
		if _, err = wire.Decode(start); err != nil {
			b.Fatal(err)
		}
		packet, err := peer.Encode(nil, silence(f, size(f, c.Quirks.Packet)))
		if err != nil {
			b.Fatal(err)
		}
		out := silence(f, chunk(c.Quirks.Chunk, f, size(f, 20*time.Millisecond)))

		b.Run("decode/"+f.String(), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(packet.Data)))
			for b.Loop() {
				if _, err := wire.Decode(packet); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("encode/"+f.String(), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(out.Frame.Payload)))
			var buf []byte
			for b.Loop() {
				msg, err := wire.Encode(buf[:0], out)
				if err != nil {
					b.Fatal(err)
				}
				buf = msg.Data
			}
		})
	}
}

func silence(f media.Format, n int) telephony.Event {
	payload := make([]byte, n)
	if f.Encoding == media.Opus {
		payload[0] = opusHead
	}
	return telephony.Event{Kind: telephony.Audio, Frame: media.Frame{Format: f, Payload: payload}}
}
