package telephonytest

import (
	"bytes"
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/talkpath/talkpath/telephony"
)

// testOneWay checks streams that copy a call's sound, and take none.
func testOneWay(t *testing.T, c telephony.Carrier) {
	if !c.Quirks.OneWay {
		t.Skip("this carrier copies no sound, or isn't asked to")
	}
	t.Run("of the caller", func(t *testing.T) { testCopy(t, c, telephony.ListenCaller) })
	if c.Quirks.BothTracks {
		t.Run("of both", func(t *testing.T) { testCopy(t, c, telephony.ListenBoth) })
	}
}

func testCopy(t *testing.T, c telephony.Carrier, listen telephony.Listening) {
	l := listening(t, c, listen)
	ours := []bool{false, false}
	if listen == telephony.ListenBoth {
		ours = []bool{false, true, true, false}
	}
	for i, callee := range ours {
		packet := l.packet()
		packet.Callee = callee
		if got := l.inbound(packet); got.Callee != callee || !bytes.Equal(got.Frame.Payload, packet.Frame.Payload) {
			t.Errorf("packet %d: callee %v became %v, with %d bytes", i, callee, got.Callee, len(got.Frame.Payload))
		}
	}
	spoken := telephony.Event{Kind: telephony.Audio, Frame: l.noise(chunk(c.Quirks.Chunk, l.format, size(l.format, c.Quirks.Packet)))}
	// What would be sent comes from a two-way stream of the same ids.
	twoWay := started(t, c, l.format, "a")
	for _, ev := range []telephony.Event{spoken, {Kind: telephony.Mark, Mark: "m"}, {Kind: telephony.Clear}} {
		_, err := l.wire.Encode(nil, ev)
		wantError(t, ev.Kind.String(), err, telephony.ErrUnsendable)
		msg, err := twoWay.wire.Encode(nil, ev)
		if err != nil {
			t.Fatal(err)
		}
		var violation *telephony.Violation
		if got, err := l.peer.Decode(msg); !errors.As(err, &violation) || got.Kind != telephony.Unknown {
			t.Errorf("the carrier takes %v on a one-way stream: %v, %v", ev.Kind, got.Kind, err)
		}
	}
	l.inbound(l.packet()) // the copy goes on
}

// listening opens a one-way stream by our answer and starts it on both sides.
func listening(t *testing.T, c telephony.Carrier, listen telephony.Listening) *line {
	t.Helper()
	asked := streamTo(c, "7fQzTicket0123456789ab")
	asked.RecoverURL, asked.Listen, asked.Next = "", listen, "https://bridge.example.com/telephony/carrier/next"
	told := announceAgain(t, c, asked)
	base, query, _ := strings.Cut(told.URL, "?")
	if base != asked.URL || told.Listen != listen {
		t.Fatalf("the carrier dials %s to copy %q, asked was %q", told.URL, told.Listen, listen)
	}
	l := newLine(t, c, c.Quirks.Formats[0], "a")
	peer, err := c.Peer.Open(told, reportedCall("a"))
	if err != nil {
		t.Fatal(err)
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	l.peer, l.wire, l.format = peer, c.NewWire(values), peer.Start().Format
	if c.Quirks.Connected {
		l.inbound(telephony.Event{Kind: telephony.Connected})
	}
	ev := l.inbound(telephony.Event{Kind: telephony.Started})
	if ev.Start == nil || ev.Start.Listen != listen || peer.Start().Listen != listen {
		t.Fatalf("asked to copy %q, the stream starts as %+v", listen, ev.Start)
	}
	if ev.Start.Params[telephony.TicketParam] != asked.Params[telephony.TicketParam] {
		t.Errorf("the ticket came as %q", ev.Start.Params[telephony.TicketParam])
	}
	return l
}
