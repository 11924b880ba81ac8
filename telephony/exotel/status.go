package exotel

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/talkpath/talkpath/telephony"
)

// streamField is the parameter of Passthru that tells of the stream.
const streamField = "stream"

// ReadStatus implements telephony.Webhook for a StatusCallback, which
// tells of a call, and for a request of the Passthru applet, which tells of the
// stream before it. Times are without a zone in both, so that Status.At stays
// zero.
func (webhook) ReadStatus(r *http.Request) (telephony.Status, error) {
	f, err := readFields(r)
	if err != nil {
		return telephony.Status{}, fmt.Errorf("read status: %w", err)
	}
	if f["callsid"] == "" {
		return telephony.Status{}, fmt.Errorf("read status: %w", telephony.NoCallID("CallSid"))
	}
	if isPassthru(f) {
		return readPassthru(f), nil
	}
	return readCallback(f), nil
}

// readCallback reads a StatusCallback. Without events asked for, it comes at
// the end only, and has no EventType.
func readCallback(f fields) telephony.Status {
	call, event, status := f["callsid"], f.get("eventtype"), f.get("status")
	s := telephony.Status{
		ID:       telephony.EventID("call", call, event, status),
		CallID:   call,
		Event:    event,
		State:    stateOf(event, status),
		Duration: telephony.ReadSeconds(f.get("conversationduration", "legs[0][oncallduration]", "legs[1][oncallduration]", "duration")),
	}
	if s.Event == "" {
		s.Event = status
	}
	if s.State == telephony.StateEnded {
		s.Ending, s.Cause = endingOf(f)
	}
	return s
}

// endingOf returns why a call ended, and the same in Exotel's words. The legs
// tell more than the call does: who answered one that was completed, and why
// another wasn't.
func endingOf(f fields) (telephony.Ending, string) {
	status := f.get("status")
	var codes []string
	for _, leg := range []string{"legs[0]", "legs[1]"} {
		told := f.get(leg + "[status]")
		switch {
		case status == "completed":
			codes = append(codes, f.get(leg+"[answeredby]"))
		case told != "completed" && told != "failed":
			codes = append(codes, told)
		}
	}
	row, found := endings().Find(append(codes, status)...)
	if !found {
		return telephony.CarrierError, status
	}
	cause := status
	if row.Code != status {
		cause += ", " + row.Code
	}
	return row.Ending, telephony.Shorten(cause)
}

// stateOf returns how far a call has come by an event and a status.
func stateOf(event, status string) telephony.CallState {
	switch event {
	case "terminal":
		return telephony.StateEnded
	case "answered":
		return telephony.StateAnswered
	case "ringing":
		return telephony.StateRinging
	case "":
	default:
		return telephony.StateUnknown
	}
	switch status {
	case "queued":
		return telephony.StateInitiated
	case "ringing":
		return telephony.StateRinging
	case "in-progress":
		return telephony.StateAnswered
	case "completed", "failed", "busy", "no-answer", "canceled":
		return telephony.StateEnded
	default:
		return telephony.StateUnknown
	}
}

// isPassthru reports whether a request tells of a stream.
func isPassthru(f fields) bool {
	for name := range f {
		if name == streamField || strings.HasPrefix(name, streamField+"[") {
			return true
		}
	}
	return false
}

// readPassthru reads what became of a stream. The call has ended where the
// caller ended the stream; else its flow goes on.
func readPassthru(f fields) telephony.Status {
	call, stream := f["callsid"], f["stream[streamsid]"]
	event, by := f.get("stream[status]"), f.get("stream[disconnectedby]")
	s := telephony.Status{
		ID:       telephony.EventID("stream", call, stream, event, by),
		CallID:   call,
		StreamID: stream,
		Event:    event,
		Fault:    faultOf(f),
	}
	if by == byCaller {
		s.State, s.Ending, s.Cause = telephony.StateEnded, telephony.CallerHungUp, by
	}
	return s
}
