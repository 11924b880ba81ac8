package twilio

import (
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/talkpath/talkpath/telephony"
)

// ReadStatus implements telephony.Webhook for the callbacks that tell how
// a call comes on (CallStatus) and how a stream does (StreamEvent), and for
// those of answering machine detection, which tell no state.
func (webhook) ReadStatus(r *http.Request) (telephony.Status, error) {
	if err := r.ParseForm(); err != nil {
		return telephony.Status{}, fmt.Errorf("read status: %w", err)
	}
	status := telephony.Status{
		CallID:   r.Form.Get("CallSid"),
		StreamID: r.Form.Get("StreamSid"),
		At:       telephony.ReadTime(r.Form.Get("Timestamp"), "Mon, 2 Jan 2006 15:04:05 -0700", time.RFC3339Nano, time.RFC1123),
	}
	if status.CallID == "" {
		return telephony.Status{}, fmt.Errorf("read status: %w", telephony.NoCallID("CallSid"))
	}
	if r.Form.Has("StreamEvent") {
		return readStreamStatus(status, r.Form), nil
	}
	return readCallStatus(status, r.Form), nil
}

// readCallStatus reads what became of the call.
func readCallStatus(s telephony.Status, form url.Values) telephony.Status {
	s.Event = telephony.Shorten(form.Get("CallStatus"))
	s.Duration = telephony.ReadSeconds(form.Get("CallDuration")) // Duration is in minutes begun
	s.State = telephony.TwiMLState(s.Event)
	s.ID = telephony.EventID(s.CallID, form.Get("SequenceNumber"), s.Event, form.Get("AnsweredBy"))
	if s.State != telephony.StateEnded {
		return s
	}
	s.Ending, s.Cause = endingOf(form)
	return s
}

// readStreamStatus reads what became of a stream. That a stream has stopped
// tells nothing of the call, which may go on.
func readStreamStatus(s telephony.Status, form url.Values) telephony.Status {
	s.Event = telephony.Shorten(form.Get("StreamEvent"))
	told := telephony.Shorten(form.Get("StreamError"))
	s.ID = telephony.EventID(s.CallID, s.StreamID, s.Event, told, form.Get("Timestamp"))
	if told == "" && s.Event == telephony.TwiMLStreamError {
		told = s.Event
	}
	s.Fault = explain(told)
	return s
}

// explain returns a report of a fault with its meaning, where it is known and
// nothing but the number is told.
func explain(report string) string {
	f, found := findFault(report)
	if found && report == f.Code {
		return telephony.Shorten(f.Code + ": " + f.Meaning)
	}
	return report
}

// endingOf returns why a call ended, and the same in Twilio's words. What says
// more than CallStatus comes before it: who answered a call that was
// completed, and the error or the SIP response of one that wasn't.
func endingOf(form url.Values) (telephony.Ending, string) {
	status := form.Get("CallStatus")
	codes := []string{form.Get("ErrorCode")}
	switch status {
	case "completed":
		codes = append(codes, form.Get("AnsweredBy"))
	case "failed":
		codes = append(codes, form.Get("SipResponseCode"))
	}
	row, _ := endings().Find(append(codes, status)...)
	cause := status
	if row.Code != status && row.Code != "" {
		cause += ", " + row.Code
	}
	return row.Ending, cause
}
