package telephony_test

import (
	"encoding/base64"
	"errors"
	"testing"
	"time"

	"github.com/talkpath/talkpath/telephony"
)

// copyOf returns a wire that has read the start of a one-way stream.
func copyOf(t *testing.T, part telephony.Listening, freeEpoch bool) *telephony.JSONWire {
	t.Helper()
	wire := telephony.NewJSONWire(&telephony.JSONDialect{
		Carrier:   "test",
		Events:    map[string]telephony.Kind{"start": telephony.Started, "media": telephony.Audio},
		StreamID:  []string{"id"},
		Sound:     telephony.SoundNames{Seq: []string{"seq"}, Time: []string{"at"}, Payload: []string{"payload"}},
		Track:     []string{"track"},
		FreeEpoch: freeEpoch,
	}, func(_, _ telephony.JSONObject) (*telephony.Start, error) {
		return &telephony.Start{Format: mulaw, Listen: part}, nil
	})
	if _, err := wire.Decode(message(`{"event":"start","id":"s","start":{}}`)); err != nil {
		t.Fatal(err)
	}
	return &wire
}

func TestEachTrackOfACopyHasItsOwnTime(t *testing.T) {
	type step struct {
		track, fields string
		at            time.Duration
	}
	const ms = time.Millisecond
	for name, test := range map[string]struct {
		free  bool
		steps []step
	}{
		"timestamps of the stream": {false, []step{
			{"inbound", `"seq":2,"at":0`, 0},
			{"outbound", `"seq":3,"at":40`, 40 * ms},
			{"inbound", `"seq":4,"at":20`, 20 * ms},
			{"outbound", `"seq":5,"at":60`, 60 * ms},
		}},
		"none": {false, []step{
			{"inbound", `"seq":2`, 0},
			{"inbound", `"seq":3`, 20 * ms},
			{"outbound", `"seq":4`, 0},
			{"inbound", `"seq":5`, 40 * ms},
			{"outbound", `"seq":6`, 20 * ms},
		}},
		"timestamps from any moment, the same for both": {true, []step{
			{"inbound", `"seq":2,"at":5000`, 0},
			{"outbound", `"seq":3,"at":5040`, 40 * ms},
			{"inbound", `"seq":4,"at":5020`, 20 * ms},
			{"outbound", `"seq":5,"at":4000`, 0},
		}},
	} {
		wire := copyOf(t, telephony.ListenBoth, test.free)
		payload := base64.StdEncoding.EncodeToString(make([]byte, 160))
		for i, step := range test.steps {
			ev, err := wire.Decode(message(`{"event":"media","media":{%s,"track":"%s","payload":"%s"}}`,
				step.fields, step.track, payload))
			if err != nil {
				t.Fatal(err)
			}
			if ev.Frame.At != step.at || ev.Callee != (step.track == "outbound") || len(ev.Frame.Payload) != 160 {
				t.Errorf("%s: frame %d of %s: callee %v, at %v, want %v", name, i, step.track, ev.Callee, ev.Frame.At, step.at)
			}
		}
	}
}

func TestSoundOfTwoTracksCostsNoAllocation(t *testing.T) {
	wire := copyOf(t, telephony.ListenBoth, false)
	var msgs []telephony.Message
	for i, track := range []string{"inbound", "outbound", "inbound", "outbound"} {
		msgs = append(msgs, message(`{"event":"media","seq":"%d","id":"s","media":{"track":"%s","at":"%d","payload":"/////w=="}}`, i, track, 20*i))
	}
	decode := func() {
		for i, msg := range msgs {
			if ev, err := wire.Decode(msg); err != nil || ev.Callee != (i%2 == 1) || ev.Frame.Seq != uint64(i) {
				t.Fatalf("%s: %+v, %v", msg.Data, ev, err)
			}
		}
	}
	decode()
	if n := testing.AllocsPerRun(100, decode); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestWhatTheCallerHearsCountsOnACopyOfBothOnly(t *testing.T) {
	const outbound = `{"event":"media","media":{"track":"outbound","at":"0","payload":"/////w=="}}`
	for _, part := range []telephony.Listening{telephony.ListenNone, telephony.ListenCaller} {
		wire := copyOf(t, part, false)
		for range 2 {
			if ev, err := wire.Decode(message(outbound)); err != nil || ev.Kind != telephony.Unknown {
				t.Errorf("listening %d: %v, %v", part, ev.Kind, err)
			}
		}
	}
}

func TestNothingIsSentOnACopy(t *testing.T) {
	for _, part := range []telephony.Listening{telephony.ListenCaller, telephony.ListenBoth} {
		wire := copyOf(t, part, false)
		for _, kind := range []telephony.Kind{telephony.Audio, telephony.Mark, telephony.Clear} {
			ev := telephony.Event{Kind: kind, Mark: "m"}
			ev.Frame.Format, ev.Frame.Payload = mulaw, []byte{0xff}
			if err := wire.Sendable(ev, 0); !errors.Is(err, telephony.ErrUnsendable) {
				t.Errorf("%v on a copy of %s: %v", kind, part, err)
			}
		}
	}
}

func TestAPeersCopyCarriesWhatItCopiesOnly(t *testing.T) {
	frame := telephony.Event{Kind: telephony.Audio}
	frame.Frame.Format, frame.Frame.Payload = mulaw, []byte{0xff}
	callee := frame
	callee.Callee = true
	played := telephony.Event{Kind: telephony.MarkPlayed, Mark: "m"}
	for _, test := range []struct {
		part telephony.Listening
		ev   telephony.Event
		want error
	}{
		{telephony.ListenNone, frame, nil},
		{telephony.ListenNone, callee, telephony.ErrUnsendable},
		{telephony.ListenNone, played, nil},
		{telephony.ListenCaller, frame, nil},
		{telephony.ListenCaller, callee, telephony.ErrUnsendable},
		{telephony.ListenCaller, played, telephony.ErrUnsendable},
		{telephony.ListenBoth, frame, nil},
		{telephony.ListenBoth, callee, nil},
		{telephony.ListenBoth, played, telephony.ErrUnsendable},
	} {
		state := telephony.NewPeerState(telephony.Quirks{Name: "test", Marks: true}, telephony.Start{Format: mulaw, Listen: test.part})
		if err := state.Send(telephony.Event{Kind: telephony.Started}); err != nil {
			t.Fatal(err)
		}
		if err := state.Send(test.ev); !errors.Is(err, test.want) {
			t.Errorf("%v (callee %v) on a copy of %q: %v", test.ev.Kind, test.ev.Callee, test.part, err)
		}
	}
}
