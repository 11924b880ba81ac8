package telephonytest

import (
	"errors"
	"testing"
	"time"

	"github.com/talkpath/talkpath/telephony"
)

// statusURL is where the peer reports to.
const statusURL = "https://bridge.example.com/telephony/carrier/status"

// testStatus checks that what the carrier reports of a call is what is read,
// and that its events can be told apart.
func testStatus(t *testing.T, c telephony.Carrier) {
	t.Run("endings", func(t *testing.T) { testReportedEndings(t, c) })
	t.Run("states", func(t *testing.T) { testReportedStates(t, c) })
	t.Run("streams", func(t *testing.T) { testReportedStreams(t, c) })
	t.Run("faults", func(t *testing.T) { testReportedFaults(t, c) })
	t.Run("ids", func(t *testing.T) { testEventIDs(t, c) })
}

// reportedCall returns the call that is reported on.
func reportedCall(id string) telephony.PeerCall {
	return telephony.PeerCall{
		CallID: "call-" + id, AccountID: "account", StreamID: "stream-" + id, From: "+15550100001", To: "+15550100002",
	}
}

// report lets the peer tell told, and returns what is read of it. sent is
// false where the carrier never reports such a thing.
func report(t *testing.T, c telephony.Carrier, call telephony.PeerCall, told telephony.Status) (got telephony.Status, sent bool) {
	t.Helper()
	r, err := c.Peer.Report(statusURL, call, told)
	if errors.Is(err, telephony.ErrUnsendable) {
		return telephony.Status{}, false
	}
	if err != nil {
		t.Fatalf("report %+v: %v", told, err)
	}
	if got, err = c.Webhook.ReadStatus(r); err != nil {
		t.Fatalf("read what tells %+v: %v", told, err)
	}
	if got.ID == "" || got.CallID != call.CallID {
		t.Errorf("%+v came as event %q of call %q", told, got.ID, got.CallID)
	}
	for what, text := range map[string]string{"id": got.ID, "event": got.Event, "cause": got.Cause, "fault": got.Fault} {
		if len(text) > 64 {
			t.Errorf("%s has %d bytes", what, len(text))
		}
	}
	return got, true
}

// vague reports whether a carrier may tell of a call that ended as told no more
// than that it was completed, or that it failed, which is read as the ending
// got.
func vague(told, got telephony.Ending) bool {
	switch told {
	case telephony.AgentHungUp, telephony.MaxDurationReached, telephony.Transferred:
		return got == telephony.CallerHungUp
	case telephony.Rejected, telephony.InvalidNumber:
		return got == telephony.CarrierError
	default:
		return false
	}
}

func testReportedEndings(t *testing.T, c telephony.Carrier) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	reported := 0
	for _, row := range c.Quirks.Endings {
		told := telephony.Status{State: telephony.StateEnded, Ending: row.Ending, Duration: 73 * time.Second, At: at}
		got, sent := report(t, c, reportedCall("a"), told)
		if !sent {
			continue
		}
		reported++
		if got.State != telephony.StateEnded || got.Cause == "" || got.Ending != row.Ending && !vague(row.Ending, got.Ending) {
			t.Errorf("%s came as %v, %s, cause %q", row.Ending, got.State, got.Ending, got.Cause)
		}
		if got.Duration != 0 && got.Duration != told.Duration || !got.At.IsZero() && !got.At.Equal(at) {
			t.Errorf("%s: came as of %v, after %v", row.Ending, got.At, got.Duration)
		}
	}
	if reported == 0 {
		t.Error("the peer reports none of the carrier's endings")
	}
}

func testReportedStates(t *testing.T, c telephony.Carrier) {
	reported := 0
	for _, state := range []telephony.CallState{telephony.StateInitiated, telephony.StateRinging, telephony.StateAnswered} {
		got, sent := report(t, c, reportedCall("a"), telephony.Status{State: state})
		if !sent {
			continue
		}
		reported++
		if got.State != state || got.Ending != telephony.EndingNone || got.Fault != "" || got.Event == "" {
			t.Errorf("%v came as %+v", state, got)
		}
	}
	if reported == 0 {
		t.Error("the peer reports no state before the end")
	}
}

// testReportedStreams checks that a stream's beginning and end are told apart,
// and tell nothing of the call.
func testReportedStreams(t *testing.T, c telephony.Carrier) {
	call := reportedCall("a")
	events := map[string]bool{}
	for _, state := range []telephony.CallState{telephony.StateAnswered, telephony.StateEnded} {
		got, sent := report(t, c, call, telephony.Status{StreamID: call.StreamID, State: state})
		if !sent {
			t.Skip("this carrier reports no streams")
		}
		if got.StreamID != call.StreamID || got.Fault != "" || got.State != telephony.StateUnknown || got.Ending != telephony.EndingNone {
			t.Errorf("stream %v came as %+v", state, got)
		}
		events[got.Event] = true
	}
	if len(events) != 2 {
		t.Errorf("started and stopped are both %v", events)
	}
}

// testReportedFaults checks that trouble with the stream is told, and is not
// taken for the end of the call.
func testReportedFaults(t *testing.T, c telephony.Carrier) {
	call := reportedCall("a")
	got, sent := report(t, c, call, telephony.Status{StreamID: call.StreamID, Fault: "the socket broke"})
	if !sent {
		t.Skip("this carrier reports no trouble with streams")
	}
	if got.Fault == "" || got.StreamID != call.StreamID || got.State == telephony.StateEnded || got.Ending != telephony.EndingNone {
		t.Errorf("came as %+v", got)
	}
}

// testEventIDs checks that a repeated event has the id of the first, and no
// other event has.
func testEventIDs(t *testing.T, c telephony.Carrier) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	seen := map[string]string{}
	for _, id := range []string{"a", "b"} {
		call := reportedCall(id)
		for name, told := range map[string]telephony.Status{
			"initiated": {State: telephony.StateInitiated, At: at},
			"ringing":   {State: telephony.StateRinging, At: at},
			"answered":  {State: telephony.StateAnswered, At: at},
			"ended":     {State: telephony.StateEnded, Ending: telephony.CallerHungUp, Duration: time.Minute, At: at},
			"started":   {StreamID: call.StreamID, State: telephony.StateAnswered, At: at},
			"stopped":   {StreamID: call.StreamID, State: telephony.StateEnded, At: at},
			"fault":     {StreamID: call.StreamID, Fault: "the socket broke", At: at},
		} {
			first, sent := report(t, c, call, told)
			if !sent {
				continue
			}
			if again, _ := report(t, c, call, told); again.ID != first.ID {
				t.Errorf("%s of call %s: sent again, %q becomes %q", name, id, first.ID, again.ID)
			}
			event := name + " of call " + id
			if other, taken := seen[first.ID]; taken {
				t.Errorf("%s and %s have the same id", event, other)
			}
			seen[first.ID] = event
		}
	}
	if len(seen) < 2 {
		t.Errorf("%d events", len(seen))
	}
}
