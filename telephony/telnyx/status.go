package telnyx

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"time"

	"github.com/talkpath/talkpath/telephony"
)

// errNoEvent reports a JSON webhook that names no event or no call.
var errNoEvent = errors.New("event_type or call_control_id is missing")

// ReadStatus implements telephony.Webhook for TeXML's status callbacks of
// calls and streams, as a form or a query, and for Call Control's webhooks in
// JSON.
func (webhook) ReadStatus(r *http.Request) (telephony.Status, error) {
	if isJSON(r) {
		told, err := readEvent(r.Body)
		if err != nil {
			return telephony.Status{}, fmt.Errorf("read status: %w", err)
		}
		return told, nil
	}
	if err := parseTeXMLForm(r); err != nil {
		return telephony.Status{}, fmt.Errorf("read status: %w", err)
	}
	return textStatus(r.Form), nil
}

// isJSON reports whether r is Call Control's.
func isJSON(r *http.Request) bool {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && kind == "application/json"
}

// parseTeXMLForm parses a request of TeXML's, which names its call.
func parseTeXMLForm(r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	if callSid(r.Form) == "" {
		return telephony.NoCallID("CallSid")
	}
	return nil
}

// callSid returns the id of the call that a form is of.
func callSid(form url.Values) string { return cmp.Or(form.Get("CallSid"), form.Get("CallSidLegacy")) }

// textStatus reads a form of TeXML's (developers.telnyx.com: callbacks,
// texml-call-* and texml-stream). It has no id: an event is known by what it
// is of and says, as no call or stream comes to one state twice.
func textStatus(form url.Values) telephony.Status {
	told := telephony.Status{
		CallID:   callSid(form),
		StreamID: form.Get("StreamSid"),
		At:       cmp.Or(timeOf(form.Get("OccurredAt")), timeOf(form.Get("Timestamp"))),
	}
	event := form.Get("StreamEvent")
	if event != "" {
		told.Event = telephony.Shorten(event)
		told.Fault = telephony.Shorten(form.Get("StreamError"))
		if told.Fault == "" && event != telephony.TwiMLStreamStarted && event != telephony.TwiMLStreamStopped {
			told.Fault = told.Event // stream-error, or stream-failed as older pages have it
		}
	} else {
		event = form.Get("CallStatus")
		// The price of a call is told in an event of its own, behind its end.
		if source := form.Get("CallbackSource"); source != "" && source != "call-progress-events" {
			event = source
		}
		told.Event = telephony.Shorten(event)
		told.State = telephony.TwiMLState(event)
	}
	if told.State == telephony.StateEnded {
		ending, cause := ended{
			failure: form.Get("ErrorCode"), cause: form.Get("HangupCause"), status: event,
			source: form.Get("HangupSource"), direction: form.Get("Direction"),
		}.why()
		told.Ending, told.Cause = ending, telephony.Shorten(cause)
		told.Duration = telephony.ReadSeconds(form.Get("CallDuration"))
	}
	told.ID = telephony.EventID(told.CallID, told.StreamID, event, form.Get("StreamError"))
	return told
}

// readEvent reads a webhook of Call Control's (developers.telnyx.com:
// receiving-webhooks). Of a stream it tells only that it failed, and why.
func readEvent(body io.Reader) (telephony.Status, error) {
	whole, err := telephony.ReadJSON(body)
	if err != nil {
		return telephony.Status{}, err
	}
	event, _ := whole.Object("data")
	payload, _ := event.Object("payload")
	kind := event.Text("event_type")
	told := telephony.Status{
		CallID:   payload.Text("call_control_id"),
		StreamID: payload.Text("stream_id"),
		Event:    telephony.Shorten(kind),
		At:       timeOf(event.Text("occurred_at")),
	}
	if kind == "" || told.CallID == "" {
		return telephony.Status{}, errNoEvent
	}
	switch kind {
	case "call.initiated":
		told.State = telephony.StateInitiated
	case "call.answered":
		told.State = telephony.StateAnswered
	case "call.hangup":
		told.State = telephony.StateEnded
		ending, cause := ended{
			cause: payload.Text("hangup_cause"), source: payload.Text("hangup_source"), direction: payload.Text("direction"),
		}.why()
		told.Ending, told.Cause = ending, telephony.Shorten(cause)
		if from, to := timeOf(payload.Text("start_time")), timeOf(payload.Text("end_time")); !from.IsZero() && to.After(from) {
			told.Duration = to.Sub(from)
		}
	case "streaming.failed":
		told.Fault = telephony.Shorten(cmp.Or(payload.Text("failure_reason"), kind))
	}
	if told.ID = event.Text("id"); told.ID == "" || len(told.ID) > 64 {
		told.ID = telephony.EventID(told.CallID, told.StreamID, kind, event.Text("id", "occurred_at"))
	}
	return told, nil
}

// timeOf returns a time as Telnyx writes it, which its pages show in three ways;
// the zero time where text is none.
func timeOf(text string) time.Time {
	return telephony.ReadTime(text, time.RFC3339, "2006-01-02 15:04:05Z07:00", time.RFC1123Z)
}
