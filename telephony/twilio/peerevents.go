package twilio

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/talkpath/talkpath/telephony"
)

// Report implements telephony.Peer. A Fault is a number of Faults, words behind
// it are left out.
func (peer) Report(statusURL string, call telephony.PeerCall, told telephony.Status) (*http.Request, error) {
	at := told.At
	if at.IsZero() {
		at = time.Now()
	}
	form := callForm(call)
	if told.StreamID != "" {
		reportStream(form, told, at)
		return post(statusURL, form)
	}
	if !reportCall(form, told) {
		return nil, fmt.Errorf("%s: report %v, %s: %w", name, told.State, told.Ending, telephony.ErrUnsendable)
	}
	form.Set("CallbackSource", "call-progress-events")
	form.Set("Timestamp", at.UTC().Format(time.RFC1123Z))
	return post(statusURL, form)
}

func reportStream(form url.Values, told telephony.Status, at time.Time) {
	for _, key := range []string{"From", "To", "Direction", "ApiVersion"} {
		form.Del(key)
	}
	form.Set("StreamSid", told.StreamID)
	form.Set("Timestamp", at.UTC().Format(time.RFC3339Nano))
	form.Set("StreamEvent", telephony.TwiMLStreamEvent(told))
	if told.Fault == "" {
		return
	}
	report := told.Fault
	if f, found := findFault(report); found {
		report = f.Code
	}
	form.Set("StreamError", report)
}

// reportCall fills in how far the call has come; false where Twilio has no
// word for it. The sequence is that of a call with all of its events.
func reportCall(form url.Values, told telephony.Status) bool {
	form.Set("SequenceNumber", strconv.Itoa(int(told.State)-int(telephony.StateInitiated)))
	if told.State == telephony.StateEnded {
		form.Set("CallDuration", strconv.Itoa(int(told.Duration/time.Second)))
		return reportEnding(form, told.Ending)
	}
	status := telephony.TwiMLCallStatus(told.State)
	form.Set("CallStatus", status)
	return status != ""
}

// reportEnding fills in why the call ended. What only our side knows is a call
// that was completed.
func reportEnding(form url.Values, why telephony.Ending) bool {
	status, sip := "completed", "200"
	switch why {
	case telephony.NoAnswer:
		status, sip = "no-answer", "487"
	case telephony.Busy:
		status, sip = "busy", "486"
	case telephony.Rejected:
		status, sip = "failed", "603"
	case telephony.InvalidNumber:
		status, sip = "failed", "404"
	case telephony.CarrierError:
		status, sip = "failed", "503"
	case telephony.Voicemail:
		form.Set("AnsweredBy", "machine_start")
	case telephony.Quota: // such a call is refused when it is placed
		return false
	default:
	}
	form.Set("CallStatus", status)
	form.Set("SipResponseCode", sip)
	return true
}

// AskRecover implements telephony.Peer with the request of the
// document's redirect. Where it has none, the call ends with its stream. What
// Twilio does after a socket that broke, rather than was closed, is not
// documented; the peer goes on with the document in any case.
func (peer) AskRecover(_ string, s telephony.Stream, call telephony.PeerCall, _ telephony.StreamEnd) (*http.Request, error) {
	if s.RecoverURL == "" {
		return nil, fmt.Errorf("%s: no verb follows the stream: %w", name, telephony.ErrUnsendable)
	}
	form := callForm(call)
	form.Set("CallStatus", "in-progress")
	return post(s.RecoverURL, form)
}

// ReadRecover implements telephony.Peer. The document is read as an
// answer is; it itself says where to stream to.
func (peer) ReadRecover(doc telephony.Document) (s telephony.Stream, again bool, err error) {
	s, err = readDocument(doc)
	return s, false, err
}
