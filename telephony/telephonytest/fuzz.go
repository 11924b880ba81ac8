package telephonytest

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
)

// FuzzDecode feeds a wire of c with streams of any messages, one a line; a
// line that begins with "!" is a binary message. seeds are such streams;
// streams that the peer sends are added.
func FuzzDecode(f *testing.F, c telephony.Carrier, seeds ...string) {
	for _, seed := range seeds {
		f.Add("", seed)
	}
	for _, format := range c.Quirks.Formats {
		f.Add("", peerStream(f, c, format))
	}
	f.Add("sample-rate=16000", "!{}\n[]")
	f.Fuzz(func(t *testing.T, query, stream string) {
		values, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		watch := watch{t: t, carrier: c, wire: c.NewWire(values)}
		for line := range strings.Lines(stream) {
			data, binary := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "!")
			watch.decode(telephony.Message{Binary: binary, Data: []byte(data)})
		}
	})
}

// peerStream returns the messages of a short call in format.
func peerStream(f *testing.F, c telephony.Carrier, format media.Format) string {
	f.Helper()
	peer, err := c.Peer.Open(telephony.Stream{URL: "wss://b.example.com/m"}, telephony.PeerCall{
		CallID: "c", StreamID: "s", Rate: format.Rate, Encoding: format.Encoding,
	})
	if err != nil {
		f.Fatal(err)
	}
	sound := telephony.Event{Kind: telephony.Audio}
	sound.Frame.Format = peer.Start().Format
	sound.Frame.Payload = bytes.Repeat([]byte{opusHead, 2, 3, 4}, (chunk(telephony.Chunk{Exact: c.Quirks.Chunk.Exact}, sound.Frame.Format, 4)+3)/4)
	var stream []byte
	for _, ev := range []telephony.Event{
		{Kind: telephony.Connected},
		{Kind: telephony.Started},
		sound,
		{Kind: telephony.Digit, Digit: '#'},
		{Kind: telephony.MarkPlayed, Mark: "m"},
		{Kind: telephony.Cleared},
		{Kind: telephony.Stopped, Reason: "callended"},
	} {
		msg, err := peer.Encode(nil, ev)
		if errors.Is(err, telephony.ErrUnsendable) {
			continue
		}
		if err != nil {
			f.Fatal(err)
		}
		if msg.Binary {
			stream = append(stream, '!')
		}
		stream = append(append(stream, msg.Data...), '\n')
	}
	return string(stream)
}

// watch checks what holds of a wire whatever it is fed with.
type watch struct {
	t       *testing.T
	carrier telephony.Carrier
	wire    telephony.Wire
	start   *telephony.Start
}

func (w *watch) decode(msg telephony.Message) {
	w.t.Helper()
	ev, err := w.wire.Decode(msg)
	if err != nil {
		var wireErr *telephony.WireError
		if !errors.As(err, &wireErr) || len(wireErr.Event) > 64 {
			w.t.Fatalf("error is %T: %v", err, err)
		}
		return
	}
	if w.start == nil && ev.Kind != telephony.Started && ev.Kind != telephony.Connected && ev.Kind != telephony.Unknown {
		w.t.Fatalf("%v before start", ev.Kind)
	}
	switch ev.Kind {
	case telephony.Started:
		w.started(ev.Start)
	case telephony.Audio:
		if err := telephony.CheckSound(ev.Frame, w.start.Format); err != nil || ev.Frame.At < 0 {
			w.t.Fatalf("%d bytes of %v at %v: %v", len(ev.Frame.Payload), ev.Frame.Format, ev.Frame.At, err)
		}
		if ev.Callee && w.start.Listen != telephony.ListenBoth {
			w.t.Fatalf("what the caller hears on a copy of %q", w.start.Listen)
		}
	case telephony.Digit:
		if !strings.ContainsRune("0123456789*#ABCD", rune(ev.Digit)) || ev.Held < 0 {
			w.t.Fatalf("key %q held for %v", ev.Digit, ev.Held)
		}
	case telephony.MarkPlayed:
		if ev.Mark == "" {
			w.t.Fatal("mark without a name")
		}
		w.encode(telephony.Event{Kind: telephony.Mark, Mark: ev.Mark})
	default:
		if len(ev.Name) > 64 || len(ev.Reason) > 64 {
			w.t.Fatalf("name %q, reason %q", ev.Name, ev.Reason)
		}
	}
}

// started checks the first and only start, and that the wire can speak then,
// on a two-way stream.
func (w *watch) started(start *telephony.Start) {
	w.t.Helper()
	if w.start != nil {
		w.t.Fatal("started twice")
	}
	if start.StreamID == "" || len(start.Params) > telephony.MaxParams {
		w.t.Fatalf("stream %q, %d parameters", start.StreamID, len(start.Params))
	}
	offered := false
	for _, f := range w.carrier.Quirks.Formats {
		offered = offered || f == start.Format
	}
	if !offered {
		w.t.Fatalf("format %v is none of the carrier's", start.Format)
	}
	w.start = start
	sound := telephony.Event{Kind: telephony.Audio}
	sound.Frame.Format = start.Format
	sound.Frame.Payload = make([]byte, chunk(w.carrier.Quirks.Chunk, start.Format, 2))
	w.encode(sound)
	w.encode(telephony.Event{Kind: telephony.Clear})
}

func (w *watch) encode(ev telephony.Event) {
	w.t.Helper()
	msg, err := w.wire.Encode(nil, ev)
	if w.start.Listen != telephony.ListenNone {
		if !errors.Is(err, telephony.ErrUnsendable) {
			w.t.Fatalf("%v on a one-way stream: %v", ev.Kind, err)
		}
		return
	}
	if err != nil || !msg.Binary && !json.Valid(msg.Data) {
		w.t.Fatalf("%v: %v in %q", ev.Kind, err, msg.Data)
	}
}
