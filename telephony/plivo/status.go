package plivo

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/talkpath/talkpath/telephony"
)

// timeLayout is how Plivo writes a moment, which is in UTC.
const timeLayout = "2006-01-02 15:04:05"

// ReadStatus implements telephony.Webhook for the forms, or queries, that
// Plivo sends to ring, hang-up and answer URLs and to a stream's
// statusCallbackUrl. An event of a stream tells nothing of the call's state,
// and its Duration is the stream's. Events come in the spelling of the
// reference ("StartStream") or in that of the guide ("started").
func (webhook) ReadStatus(r *http.Request) (telephony.Status, error) {
	if err := r.ParseForm(); err != nil {
		return telephony.Status{}, fmt.Errorf("read status: %w", err)
	}
	if r.Form.Get("CallUUID") == "" && streamOfForm(r.Form) == "" {
		return telephony.Status{}, fmt.Errorf("read status: %w", telephony.NoCallID("CallUUID"))
	}
	if streamOfForm(r.Form) != "" {
		return streamStatus(r.Form), nil
	}
	return callStatus(r.Form), nil
}

// streamOfForm returns the id of the stream that a form is about, empty where
// it is about a call.
func streamOfForm(form url.Values) string {
	return cmp.Or(form.Get("StreamID"), form.Get("StreamId"), form.Get("stream_id"))
}

// callStatus reads a form about a call.
func callStatus(form url.Values) telephony.Status {
	var (
		word   = form.Get("CallStatus")
		code   = form.Get("HangupCauseCode")
		source = form.Get("HangupSource")
	)
	status := telephony.Status{
		ID:       telephony.EventID(form.Get("CallUUID"), word, form.Get("Event")),
		CallID:   form.Get("CallUUID"),
		Event:    telephony.Shorten(cmp.Or(form.Get("Event"), form.Get("CallStatus"))),
		State:    stateOf(form),
		Duration: telephony.ReadSeconds(form.Get("Duration")),
		At:       moment(cmp.Or(form.Get("Timestamp"), form.Get("EndTime"))),
	}
	if status.State == telephony.StateEnded {
		status.Ending = endingOf(code, source, word)
		status.Cause = cause(code, cmp.Or(form.Get("HangupCauseName"), form.Get("HangupCause")), source)
		if status.Cause == "" {
			status.Cause = telephony.Shorten(word)
		}
	}
	return status
}

// stateOf returns how far the call of a form has come.
func stateOf(form url.Values) telephony.CallState {
	switch {
	case isOver(form):
		return telephony.StateEnded
	case form.Get("CallStatus") == "ringing":
		return telephony.StateRinging
	case form.Get("CallStatus") == "in-progress":
		return telephony.StateAnswered
	}
	return telephony.StateUnknown
}

// cause joins what Plivo tells of a hang-up.
func cause(code, words, source string) string {
	text := strings.TrimSpace(code + " " + words)
	if source != "" {
		text += " (" + source + ")"
	}
	return telephony.Shorten(strings.TrimSpace(text))
}

// streamStatus reads a form about a stream. A mark's name, the time and the
// fault are part of what tells an event from another of its kind.
func streamStatus(form url.Values) telephony.Status {
	event, stream := form.Get("Event"), streamOfForm(form)
	fault := streamFault(event, form)
	return telephony.Status{
		ID:       telephony.EventID(stream, event, form.Get("Name"), form.Get("Timestamp"), fault),
		CallID:   form.Get("CallUUID"),
		StreamID: stream,
		Event:    telephony.Shorten(event),
		Duration: telephony.ReadSeconds(form.Get("Duration")),
		At:       moment(form.Get("Timestamp")),
		Fault:    fault,
	}
}

// streamFault returns what went wrong with a stream, empty where nothing did:
// it couldn't be opened or broke, or we read it so slowly that Plivo's buffer
// of 40 s is full to 30, 60 or 90 %.
func streamFault(event string, form url.Values) string {
	switch event {
	case "DroppedStream", "failed", "DegradedStream":
	default:
		return ""
	}
	fault := event
	if event == "DegradedStream" {
		if percent := fullness(form); percent != "" {
			fault += " " + percent + "%"
		}
	}
	if reason := form.Get("StatusReason"); reason != "" {
		fault += ": " + reason
	}
	return telephony.Shorten(fault)
}

// fullness returns how full a stream's buffer is, in percent, empty where a
// form doesn't tell. Which field tells it is not documented, so that any will
// do that holds one of the three numbers.
func fullness(form url.Values) string {
	for _, percent := range []string{"30", "60", "90"} {
		for field, values := range form {
			value := strings.TrimSuffix(strings.TrimSpace(values[0]), "%")
			if field != "Duration" && value == percent {
				return percent
			}
		}
	}
	return ""
}

// moment reads a time as Plivo writes it, or one in seconds, milliseconds or
// microseconds since 1970. It is zero where text is none of them.
func moment(text string) time.Time {
	if at := telephony.ReadTime(text, timeLayout, time.RFC3339); !at.IsZero() {
		return at
	}
	n, err := strconv.ParseInt(text, 10, 64)
	switch {
	case err != nil || n <= 0:
		return time.Time{}
	case n < 1e11:
		return time.Unix(n, 0).UTC()
	case n < 1e14:
		return time.UnixMilli(n).UTC()
	}
	return time.UnixMicro(n).UTC()
}
