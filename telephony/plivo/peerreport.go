package plivo

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/talkpath/talkpath/telephony"
)

// Report implements telephony.Peer. Of a call it is the form to a ring,
// answer or hang-up URL, with the commonest code for its ending. Of a stream
// it is the form to its
// statusCallbackUrl, in the spelling of the reference: a fault that doesn't
// begin with "DegradedStream" is a DroppedStream, and one without a fault is
// StopStream where State is StateEnded and else StartStream.
func (peer) Report(statusURL string, call telephony.PeerCall, told telephony.Status) (*http.Request, error) {
	var (
		form url.Values
		err  error
	)
	if told.StreamID != "" {
		form = streamReport(call, told)
	} else {
		form, err = callReport(call, told)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: report: %w", name, err)
	}
	return telephony.PostForm(statusURL, form)
}

func callReport(call telephony.PeerCall, told telephony.Status) (url.Values, error) {
	switch told.State {
	case telephony.StateRinging:
		return callForm(call, "ringing", "Ring"), nil
	case telephony.StateAnswered:
		return callForm(call, "in-progress", "StartApp"), nil
	case telephony.StateEnded:
	default:
		return nil, telephony.ErrUnsendable
	}
	row, found := endings().Find(codeOf(told.Ending))
	if !found {
		return nil, telephony.ErrUnsendable
	}
	code, source, _ := strings.Cut(row.Code, "/")
	form := callForm(call, callStatusOf(told.Ending), "Hangup")
	form.Set("HangupCauseCode", code)
	form.Set("HangupCauseName", row.Meaning)
	form.Set("HangupSource", sourceOf(told.Ending, source))
	form.Set("Duration", inSeconds(told.Duration))
	form.Set("BillDuration", inSeconds(told.Duration))
	if !told.At.IsZero() {
		form.Set("EndTime", told.At.UTC().Format(timeLayout))
	}
	return form, nil
}

// codeOf returns the commonest code, in the table of endings, for a call that
// ended so; it is empty where Plivo has none.
func codeOf(e telephony.Ending) string {
	switch e {
	case telephony.CallerHungUp:
		return "4000"
	case telephony.AgentHungUp:
		return "4000/API Request"
	case telephony.NoAnswer:
		return "3000"
	case telephony.Busy:
		return "3010"
	case telephony.Rejected:
		return "3020"
	case telephony.InvalidNumber:
		return "2000"
	case telephony.Voicemail:
		return "9100"
	case telephony.CarrierError:
		return "5010"
	case telephony.MediaLost:
		return "6020"
	case telephony.MaxDurationReached:
		return "6000"
	case telephony.Quota:
		return "1010"
	case telephony.InternalError:
		return "8011"
	default:
		return ""
	}
}

// callStatusOf returns the CallStatus of a call that ended so.
func callStatusOf(e telephony.Ending) string {
	switch e {
	case telephony.Busy:
		return "busy"
	case telephony.NoAnswer:
		return "no-answer"
	case telephony.CallerHungUp, telephony.AgentHungUp, telephony.MaxDurationReached, telephony.MediaLost, telephony.Voicemail:
		return "completed"
	default:
		return "failed"
	}
}

// sourceOf returns the HangupSource of a call that ended so, which is source
// where the code needs one.
func sourceOf(e telephony.Ending, source string) string {
	switch {
	case source != "":
		return source
	case e == telephony.CallerHungUp:
		return "Caller"
	case e == telephony.Busy, e == telephony.NoAnswer, e == telephony.Rejected, e == telephony.InvalidNumber:
		return "Carrier"
	}
	return "Plivo"
}

func streamReport(call telephony.PeerCall, told telephony.Status) url.Values {
	event := "StartStream"
	switch {
	case strings.HasPrefix(told.Fault, "DegradedStream"):
		event = "DegradedStream"
	case told.Fault != "":
		event = "DroppedStream"
	case told.State == telephony.StateEnded:
		event = "StopStream"
	}
	at := told.At
	if at.IsZero() {
		at = time.Now()
	}
	form := callForm(call, "in-progress", event)
	form.Del("CallStatus")
	form.Set("StreamID", told.StreamID)
	form.Set("Timestamp", strconv.FormatInt(at.UnixMilli(), 10))
	if told.Duration > 0 {
		form.Set("Duration", inSeconds(told.Duration))
	}
	switch event {
	case "DroppedStream":
		form.Set("StatusReason", strings.TrimPrefix(told.Fault, "DroppedStream: "))
	case "DegradedStream":
		percent := strings.Trim(strings.TrimPrefix(told.Fault, "DegradedStream"), " %")
		form.Set("BufferPercent", percent)
	}
	return form
}

func inSeconds(d time.Duration) string { return strconv.FormatInt(int64(d/time.Second), 10) }
