package telnyx

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/talkpath/talkpath/telephony"
)

// Report implements telephony.Peer with the forms of TeXML's status callbacks.
func (peer) Report(statusURL string, call telephony.PeerCall, told telephony.Status) (*http.Request, error) {
	form := callForm(call)
	form.Del("CallStatus")
	if !told.At.IsZero() {
		form.Set("Timestamp", told.At.UTC().Format(time.RFC3339Nano))
	}
	if told.StreamID != "" {
		form.Set("StreamSid", told.StreamID)
		form.Set("StreamEvent", telephony.TwiMLStreamEvent(told))
		if told.Fault != "" {
			form.Set("StreamError", told.Fault)
		}
		return telephony.PostForm(statusURL, form)
	}
	form.Set("CallbackSource", "call-progress-events")
	if told.State == telephony.StateEnded {
		how, ok := endedAs(told.Ending)
		if !ok {
			return nil, fmt.Errorf("%s: report %q: %w", name, told.Ending, telephony.ErrUnsendable)
		}
		how.fill(form)
		form.Set("CallDuration", strconv.FormatInt(int64(told.Duration/time.Second), 10))
		return telephony.PostForm(statusURL, form)
	}
	status := telephony.TwiMLCallStatus(told.State)
	if status == "" {
		return nil, fmt.Errorf("%s: report %v: %w", name, told.State, telephony.ErrUnsendable)
	}
	form.Set("CallStatus", status)
	return telephony.PostForm(statusURL, form)
}

// fill sets the fields of a form that tell of a call's end.
func (e ended) fill(form url.Values) {
	for key, value := range map[string]string{
		"CallStatus": e.status, "HangupCause": e.cause, "HangupSource": e.source, "ErrorCode": e.failure,
	} {
		if value != "" {
			form.Set(key, value)
		}
	}
}

// endedAs returns how Telnyx tells of an ending of a call that came in; found
// is false for one that it never tells of.
func endedAs(ending telephony.Ending) (how ended, found bool) {
	switch ending {
	case telephony.CallerHungUp:
		return ended{status: "completed", cause: "normal_clearing", source: "caller"}, true
	case telephony.AgentHungUp:
		return ended{status: "completed", cause: "normal_clearing", source: "callee"}, true
	case telephony.MaxDurationReached:
		return ended{status: "completed", cause: "time_limit"}, true
	case telephony.NoAnswer:
		return ended{status: "no-answer", cause: "no_answer"}, true
	case telephony.Busy:
		return ended{status: "busy", cause: "user_busy"}, true
	case telephony.Rejected:
		return ended{status: "failed", cause: "call_rejected"}, true
	case telephony.InvalidNumber:
		return ended{status: "failed", cause: "not_found"}, true
	case telephony.CarrierError:
		return ended{status: "failed", cause: "unspecified"}, true
	case telephony.Quota:
		return ended{status: "failed", failure: "90103"}, true
	default:
		return ended{}, false
	}
}

// callForm returns what every form of TeXML's tells of a call that is up.
func callForm(call telephony.PeerCall) url.Values {
	return url.Values{
		"CallSid":       {call.CallID},
		"CallSidLegacy": {call.CallID},
		"AccountSid":    {call.AccountID},
		"From":          {call.From},
		"To":            {call.To},
		"CallStatus":    {"in-progress"},
		"Direction":     {"inbound"},
	}
}
