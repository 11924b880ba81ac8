// Package telephonytest holds the one suite that every carrier passes: that
// its wire and its peer are mirrors of each other, that broken messages are
// told apart and survived, that a frame of sound costs no allocation, that the
// document which opens a stream says what was asked, that what the carrier
// tells of a call and asks about it is understood, and (RunProof) that its
// requests are told from those of strangers.
package telephonytest

import (
	"errors"
	"math/rand/v2"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
)

// Run tests c. Carriers' packages call it from a test of their own and add
// what only they do.
func Run(t *testing.T, c telephony.Carrier) {
	t.Run("quirks", func(t *testing.T) { testQuirks(t, c.Quirks) })
	t.Run("webhook", func(t *testing.T) { testWebhook(t, c) })
	t.Run("answer", func(t *testing.T) { testAnswer(t, c) })
	t.Run("facts", func(t *testing.T) { testFacts(t, c.Quirks.Facts) })
	t.Run("endings", func(t *testing.T) { testEndings(t, c.Quirks.Endings) })
	t.Run("status", func(t *testing.T) { testStatus(t, c) })
	t.Run("recovery", func(t *testing.T) { testRecovery(t, c) })
	t.Run("one-way", func(t *testing.T) { testOneWay(t, c) })
	for _, f := range c.Quirks.Formats {
		t.Run(f.String(), func(t *testing.T) {
			t.Run("inbound", func(t *testing.T) { testInbound(t, c, f) })
			t.Run("outbound", func(t *testing.T) { testOutbound(t, c, f) })
			t.Run("broken", func(t *testing.T) { testBroken(t, c, f) })
			t.Run("allocations", func(t *testing.T) { testAllocations(t, c, f) })
		})
	}
}

// names are mark names that an encoder may get wrong.
func names() []string {
	return []string{"u3:p12", `say "hi"`, `back\slash`, "grüße 🎧", "tab\tand\nline", "</script>&", "\u2028"}
}

// line is a peer's stream joined to a wire.
type line struct {
	t       *testing.T
	carrier telephony.Carrier
	peer    telephony.PeerStream
	wire    telephony.Wire
	format  media.Format
	random  *rand.Rand
}

// newLine opens a stream with an id of its own, not yet started.
func newLine(t *testing.T, c telephony.Carrier, f media.Format, id string) *line {
	t.Helper()
	peer, err := c.Peer.Open(telephony.Stream{URL: "wss://bridge.example.com/media/" + c.Name() + "/ticket"}, telephony.PeerCall{
		CallID: "call-" + id, AccountID: "account", StreamID: "stream-" + id,
		From: "+15550100001", To: "+15550100002", Rate: f.Rate, Encoding: f.Encoding,
	})
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	if got := peer.Start().Format; got != f {
		t.Fatalf("stream opened in %v, want %v", got, f)
	}
	return &line{
		t: t, carrier: c, peer: peer, wire: c.NewWire(url.Values{}), format: f,
		random: rand.New(rand.NewPCG(1, 2)),
	}
}

// started opens a stream and starts it on both sides.
func started(t *testing.T, c telephony.Carrier, f media.Format, id string) *line {
	t.Helper()
	l := newLine(t, c, f, id)
	if c.Quirks.Connected {
		l.inbound(telephony.Event{Kind: telephony.Connected})
	}
	ev := l.inbound(telephony.Event{Kind: telephony.Started})
	want := l.peer.Start()
	if ev.Start == nil {
		t.Fatal("started without a Start")
	}
	if diff := cmp.Diff(want, *ev.Start, cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("start (-sent +read):\n%s", diff)
	}
	return l
}

// send returns the carrier's message for ev.
func (l *line) send(ev telephony.Event) telephony.Message {
	l.t.Helper()
	msg, err := l.peer.Encode(nil, ev)
	if err != nil {
		l.t.Fatalf("peer can't send %v: %v", ev.Kind, err)
	}
	return msg
}

// inbound sends ev from the carrier and returns what the wire reads.
func (l *line) inbound(ev telephony.Event) telephony.Event {
	l.t.Helper()
	got, err := l.wire.Decode(l.send(ev))
	if err != nil {
		l.t.Fatalf("wire can't read %v: %v", ev.Kind, err)
	}
	if got.Kind != ev.Kind {
		l.t.Fatalf("%v came in as %v", ev.Kind, got.Kind)
	}
	return got
}

// outbound sends ev to the carrier and returns what the peer reads.
func (l *line) outbound(ev telephony.Event) telephony.Event {
	l.t.Helper()
	msg, err := l.wire.Encode(nil, ev)
	if err != nil {
		l.t.Fatalf("wire can't send %v: %v", ev.Kind, err)
	}
	got, err := l.peer.Decode(msg)
	if err != nil {
		l.t.Fatalf("peer refuses %v: %v", ev.Kind, err)
	}
	if got.Kind != ev.Kind {
		l.t.Fatalf("%v arrived as %v", ev.Kind, got.Kind)
	}
	return got
}

// refused checks that the wire skips msg for the reason want, and returns the
// event that its error names.
func (l *line) refused(msg telephony.Message, want error) (event string) {
	l.t.Helper()
	ev, err := l.wire.Decode(msg)
	var wireErr *telephony.WireError
	if !errors.As(err, &wireErr) || !errors.Is(err, want) {
		l.t.Fatalf("got %v, %v; want a WireError of %v", ev.Kind, err, want)
	}
	if wireErr.Carrier != l.carrier.Name() {
		l.t.Errorf("error names the carrier %q", wireErr.Carrier)
	}
	return wireErr.Event
}

// noise returns a frame with n random bytes, in Opus a packet of 20 ms.
func (l *line) noise(n int) media.Frame {
	payload := make([]byte, n)
	for i := range payload {
		payload[i] = byte(l.random.Uint32())
	}
	if l.format.Encoding == media.Opus && n > 0 {
		payload[0] = opusHead
	}
	return media.Frame{Format: l.format, Payload: payload}
}

// packet returns one of the carrier's packets as an event.
func (l *line) packet() telephony.Event {
	return telephony.Event{Kind: telephony.Audio, Frame: l.noise(size(l.format, l.carrier.Quirks.Packet))}
}

// anything returns an event of each kind that the carrier sends in a stream.
func (l *line) anything() []telephony.Event {
	all := []telephony.Event{l.packet(), {Kind: telephony.Digit, Digit: '1'}, {Kind: telephony.MarkPlayed, Mark: "m"}}
	if !l.carrier.Quirks.EndsWithSocket {
		all = append(all, telephony.Event{Kind: telephony.Stopped})
	}
	return all
}
