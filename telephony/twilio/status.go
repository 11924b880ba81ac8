package twilio

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
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
		Duration: seconds(r.Form.Get("CallDuration")), // Duration is in minutes begun
		At:       readTime(r.Form.Get("Timestamp")),
	}
	if status.CallID == "" {
		return telephony.Status{}, fmt.Errorf("read status: %w", ErrNoCallSid)
	}
	if r.Form.Has("StreamEvent") {
		return readStreamStatus(status, r.Form), nil
	}
	return readCallStatus(status, r.Form), nil
}

// readCallStatus reads what became of the call.
func readCallStatus(s telephony.Status, form url.Values) telephony.Status {
	s.Event = field(form, "CallStatus")
	s.State = stateOf(s.Event)
	by := field(form, "AnsweredBy")
	s.ID = telephony.EventID(s.CallID, field(form, "SequenceNumber"), s.Event, by)
	if s.State != telephony.StateEnded {
		return s
	}
	s.Ending, s.Cause = endingOf(form)
	return s
}

// readStreamStatus reads what became of a stream. That a stream has stopped
// tells nothing of the call, which may go on.
func readStreamStatus(s telephony.Status, form url.Values) telephony.Status {
	s.Event = field(form, "StreamEvent")
	told := field(form, "StreamError")
	s.ID = telephony.EventID(s.CallID, s.StreamID, s.Event, told, field(form, "Timestamp"))
	if told == "" && s.Event == eventError {
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
		return telephony.Shorten([]byte(f.Code + ": " + f.Meaning))
	}
	return report
}

// endingOf returns why a call ended, and the same in Twilio's words. What says
// more than CallStatus comes before it: who answered a call that was
// completed, and the error or the SIP response of one that wasn't.
func endingOf(form url.Values) (telephony.Ending, string) {
	status := field(form, "CallStatus")
	codes := []string{field(form, "ErrorCode")}
	switch status {
	case "completed":
		codes = append(codes, field(form, "AnsweredBy"))
	case "failed":
		codes = append(codes, field(form, "SipResponseCode"))
	}
	row, _ := endings().Find(append(codes, status)...)
	cause := status
	if row.Code != status && row.Code != "" {
		cause += ", " + row.Code
	}
	return row.Ending, cause
}

// stateOf returns how far a call with a CallStatus has come.
func stateOf(callStatus string) telephony.CallState {
	switch callStatus {
	case "queued", "initiated":
		return telephony.StateInitiated
	case "ringing":
		return telephony.StateRinging
	case "in-progress", "answered":
		return telephony.StateAnswered
	case "completed", "busy", "no-answer", "canceled", "failed":
		return telephony.StateEnded
	default:
		return telephony.StateUnknown
	}
}

// field returns a field of a form, cut as a Status has it.
func field(form url.Values, key string) string { return telephony.Shorten([]byte(form.Get(key))) }

// seconds reads a duration of whole seconds, zero where there is none.
func seconds(text string) time.Duration {
	n, err := strconv.ParseUint(text, 10, 31)
	if err != nil {
		return 0
	}
	return time.Duration(n) * time.Second
}

// readTime reads a time as Twilio writes them: RFC 2822 for calls, ISO 8601
// for streams. It is zero where there is none.
func readTime(text string) time.Time {
	for _, layout := range []string{"Mon, 2 Jan 2006 15:04:05 -0700", time.RFC3339Nano, time.RFC1123} {
		if at, err := time.Parse(layout, text); err == nil {
			return at.UTC()
		}
	}
	return time.Time{}
}
