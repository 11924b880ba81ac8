package vonage

import (
	"fmt"
	"net/http"
	"time"

	"github.com/talkpath/talkpath/telephony"
)

// statusDisconnected is the event of a websocket that was closed from our side
// or broke.
const statusDisconnected = "disconnected"

// ReadStatus implements telephony.Webhook for the events that Vonage posts
// as JSON to an application's event URL, or sends as a query where that is set
// to GET.
//
// A websocket is a leg of its own with a uuid of its own. Its events tell
// nothing of the phone call's state: they come with the address of a socket, or
// with the NCCO's headers, by which they are known, and give a Status that has
// neither a State nor a StreamID (Vonage gives streams none), but a Fault where
// the socket was lost. That somebody or a machine answered doesn't end a call:
// it is told as Cause.
func (webhook) ReadStatus(r *http.Request) (telephony.Status, error) {
	e, err := readEvent(r)
	if err != nil {
		return telephony.Status{}, fmt.Errorf("read status: %w", err)
	}
	if e.leg == "" && e.conversation == "" && e.call == "" {
		return telephony.Status{}, fmt.Errorf("read status: %w", telephony.NoCallID("uuid"))
	}
	told := telephony.Status{
		ID:       telephony.EventID(e.leg, e.conversation, e.status, e.detail, e.timestamp, e.reason),
		CallID:   e.callID(),
		Event:    telephony.Shorten(e.status),
		Duration: telephony.ReadSeconds(e.duration),
		At:       telephony.ReadTime(e.timestamp, time.RFC3339),
	}
	switch {
	case e.status == "":
		told.Fault = telephony.Shorten(e.reason) // an error with our NCCO
	case e.socket:
		told.Duration = 0 // the leg's
		if lost(e.status) {
			told.Fault = e.explain()
		}
	default:
		told.State = stateOf(e.status)
		if told.State == telephony.StateEnded {
			row, _ := endings().Find(e.codes()...)
			told.Ending = row.Ending
		}
		if told.State == telephony.StateEnded || e.status == "human" || e.status == "machine" {
			told.Cause = e.explain()
		}
	}
	return told, nil
}

// stateOf returns how far a call has come.
func stateOf(status string) telephony.CallState {
	switch status {
	case "started":
		return telephony.StateInitiated
	case "ringing":
		return telephony.StateRinging
	case "answered", "human", "machine":
		return telephony.StateAnswered
	case "busy", "cancelled", "unanswered", "rejected", "failed", "timeout", "completed":
		return telephony.StateEnded
	}
	return telephony.StateUnknown
}

// lost reports whether a websocket's status says that its stream is lost: it
// couldn't be opened, or it was closed or broke.
func lost(status string) bool {
	return status == statusDisconnected || status == "failed" || status == "unanswered"
}
