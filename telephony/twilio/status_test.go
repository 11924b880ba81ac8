package twilio_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/twilio"
)

// posted returns the request with which Twilio posts a form.
func posted(form string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/telephony/twilio/status", strings.NewReader(form))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")
	return r
}

func TestStatusOfACallIsRead(t *testing.T) {
	const head = "CallSid=CA1&AccountSid=AC1&CallbackSource=call-progress-events&"
	at := time.Date(2026, 1, 5, 10, 0, 7, 0, time.UTC)
	for form, want := range map[string]telephony.Status{
		"CallStatus=initiated&SequenceNumber=0&Timestamp=Mon%2C+05+Jan+2026+10%3A00%3A07+%2B0000": {
			ID: telephony.EventID("CA1", "0", "initiated", ""), Event: "initiated", State: telephony.StateInitiated, At: at,
		},
		"CallStatus=queued&SequenceNumber=0":  {ID: telephony.EventID("CA1", "0", "queued", ""), Event: "queued", State: telephony.StateInitiated},
		"CallStatus=ringing&SequenceNumber=1": {ID: telephony.EventID("CA1", "1", "ringing", ""), Event: "ringing", State: telephony.StateRinging},
		"CallStatus=in-progress&SequenceNumber=2&Timestamp=Mon%2C+5+Jan+2026+15%3A30%3A07+%2B0530": {
			ID: telephony.EventID("CA1", "2", "in-progress", ""), Event: "in-progress", State: telephony.StateAnswered, At: at,
		},
		"CallStatus=completed&SequenceNumber=3&CallDuration=73&Duration=2&SipResponseCode=200": {
			ID: telephony.EventID("CA1", "3", "completed", ""), Event: "completed", State: telephony.StateEnded, Ending: telephony.CallerHungUp,
			Cause: "completed", Duration: 73 * time.Second,
		},
		"CallStatus=completed&SequenceNumber=3&AnsweredBy=machine_start": {
			ID: telephony.EventID("CA1", "3", "completed", "machine_start"), Event: "completed", State: telephony.StateEnded, Ending: telephony.Voicemail,
			Cause: "completed, machine_start",
		},
		"CallStatus=completed&SequenceNumber=3&AnsweredBy=human": {
			ID: telephony.EventID("CA1", "3", "completed", "human"), Event: "completed", State: telephony.StateEnded, Ending: telephony.CallerHungUp, Cause: "completed",
		},
		"CallStatus=busy&SequenceNumber=2&SipResponseCode=486": {
			ID: telephony.EventID("CA1", "2", "busy", ""), Event: "busy", State: telephony.StateEnded, Ending: telephony.Busy, Cause: "busy",
		},
		"CallStatus=no-answer": {ID: telephony.EventID("CA1", "", "no-answer", ""), Event: "no-answer", State: telephony.StateEnded, Ending: telephony.NoAnswer, Cause: "no-answer"},
		"CallStatus=canceled":  {ID: telephony.EventID("CA1", "", "canceled", ""), Event: "canceled", State: telephony.StateEnded, Ending: telephony.AgentHungUp, Cause: "canceled"},
		"CallStatus=failed&SipResponseCode=404": {
			ID: telephony.EventID("CA1", "", "failed", ""), Event: "failed", State: telephony.StateEnded, Ending: telephony.InvalidNumber, Cause: "failed, 404",
		},
		"CallStatus=failed&SipResponseCode=999": {
			ID: telephony.EventID("CA1", "", "failed", ""), Event: "failed", State: telephony.StateEnded, Ending: telephony.CarrierError, Cause: "failed",
		},
		"CallStatus=failed&ErrorCode=32015&SipResponseCode=404": {
			ID: telephony.EventID("CA1", "", "failed", ""), Event: "failed", State: telephony.StateEnded, Ending: telephony.MaxDurationReached, Cause: "failed, 32015",
		},
		"CallStatus=teleported&SequenceNumber=9&CallDuration=-1&Timestamp=yesterday": {ID: telephony.EventID("CA1", "9", "teleported", ""), Event: "teleported"},
		"AnsweredBy=human&MachineDetectionDuration=3000":                             {ID: telephony.EventID("CA1", "", "", "human")},
	} {
		want.CallID = "CA1"
		got, err := twilio.Carrier().Webhook.ReadStatus(posted(head + form))
		if err != nil {
			t.Errorf("%s: %v", form, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", form, diff)
		}
	}
}

func TestStatusOfAStreamIsRead(t *testing.T) {
	const head = "CallSid=CA1&AccountSid=AC1&StreamSid=MZ1&StreamName=x&Timestamp=2026-01-05T10%3A00%3A07.5Z&"
	for form, want := range map[string]telephony.Status{
		"StreamEvent=stream-started":                                {Event: "stream-started"},
		"StreamEvent=stream-stopped":                                {Event: "stream-stopped"},
		"StreamEvent=stream-error&StreamError=31902":                {Event: "stream-error", Fault: "31902: the server refused the connection"},
		"StreamEvent=stream-error&StreamError=31903+-+Broken+pipe":  {Event: "stream-error", Fault: "31903 - Broken pipe"},
		"StreamEvent=stream-error&StreamError=39999":                {Event: "stream-error", Fault: "39999"},
		"StreamEvent=stream-error":                                  {Event: "stream-error", Fault: "stream-error"},
		"StreamEvent=stream-paused":                                 {Event: "stream-paused"},
		"StreamEvent=stream-error&StreamError=no+number+in+here":    {Event: "stream-error", Fault: "no number in here"},
		"StreamEvent=stream-error&StreamError=" + big(100):          {Event: "stream-error", Fault: big(64)},
		"StreamEvent=stream-stopped&CallStatus=completed":           {Event: "stream-stopped"},
		"StreamEvent=stream-error&StreamError=31921&CallDuration=3": {Event: "stream-error", Fault: "31921: the server closed the socket"},
	} {
		got, err := twilio.Carrier().Webhook.ReadStatus(posted(head + form))
		if err != nil {
			t.Errorf("%s: %v", form, err)
		}
		want.CallID, want.StreamID, want.ID = "CA1", "MZ1", got.ID
		want.At = time.Date(2026, 1, 5, 10, 0, 7, 500_000_000, time.UTC)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", form, diff)
		}
	}
}

func big(n int) string { return strings.Repeat("x", n) }

func TestAnEventHasOneIDHoweverOftenItComes(t *testing.T) {
	forms := []string{
		"CallSid=CA1&CallStatus=ringing&SequenceNumber=1",
		"CallSid=CA2&CallStatus=ringing&SequenceNumber=1",
		"CallSid=CA1&CallStatus=in-progress&SequenceNumber=2",
		"CallSid=CA1&CallStatus=in-progress&SequenceNumber=1",
		"CallSid=CA1&AnsweredBy=human",
		"CallSid=CA1&AnsweredBy=machine_start",
		"CallSid=CA1&StreamSid=MZ1&StreamEvent=stream-started&Timestamp=2026-01-05T10:00:07Z",
		"CallSid=CA1&StreamSid=MZ2&StreamEvent=stream-started&Timestamp=2026-01-05T10:00:07Z",
		"CallSid=CA1&StreamSid=MZ1&StreamEvent=stream-error&StreamError=31930&Timestamp=2026-01-05T10:00:07Z",
		"CallSid=CA1&StreamSid=MZ1&StreamEvent=stream-error&StreamError=31951&Timestamp=2026-01-05T10:00:07Z",
		"CallSid=CA1&StreamSid=MZ1&StreamEvent=stream-error&StreamError=31951&Timestamp=2026-01-05T10:00:08Z",
	}
	seen := map[string]string{}
	for _, form := range forms {
		first, err1 := twilio.Carrier().Webhook.ReadStatus(posted(form))
		second, err2 := twilio.Carrier().Webhook.ReadStatus(posted(form + "&NewField=x"))
		if err1 != nil || err2 != nil || first.ID != second.ID {
			t.Errorf("%s: %q and %q, %v, %v", form, first.ID, second.ID, err1, err2)
		}
		if other, twice := seen[first.ID]; twice {
			t.Errorf("%s and %s have the same ID %q", other, form, first.ID)
		}
		seen[first.ID] = form
	}
}

func TestStatusWithoutACallIsRefused(t *testing.T) {
	if _, err := twilio.Carrier().Webhook.ReadStatus(posted("CallStatus=ringing")); !errors.Is(err, telephony.ErrNoCallID) {
		t.Errorf("error %v", err)
	}
	if _, err := twilio.Carrier().Webhook.ReadStatus(posted("CallSid=CA1&x=%zz")); err == nil {
		t.Error("a form that can't be read is taken")
	}
}

func TestWhatThePeerReportsIsRead(t *testing.T) {
	call := telephony.PeerCall{CallID: "CA1", AccountID: "AC1", StreamID: "MZ1", From: "+15550100001", To: "+15550100002"}
	at := time.Date(2026, 1, 5, 10, 0, 7, 0, time.UTC)
	tests := []telephony.Status{
		{State: telephony.StateInitiated},
		{State: telephony.StateRinging},
		{State: telephony.StateAnswered},
		{State: telephony.StateEnded, Ending: telephony.CallerHungUp, Duration: 90 * time.Second},
		{State: telephony.StateEnded, Ending: telephony.NoAnswer},
		{State: telephony.StateEnded, Ending: telephony.Busy},
		{State: telephony.StateEnded, Ending: telephony.Rejected},
		{State: telephony.StateEnded, Ending: telephony.InvalidNumber},
		{State: telephony.StateEnded, Ending: telephony.CarrierError},
		{State: telephony.StateEnded, Ending: telephony.Voicemail, Duration: time.Second},
	}
	for _, told := range tests {
		told.At = at
		r, err := twilio.Carrier().Peer.Report("https://b.example.com/status?x=1", call, told)
		if err != nil {
			t.Fatal(err)
		}
		if r.Method != http.MethodPost || r.URL.String() != "https://b.example.com/status?x=1" {
			t.Errorf("%s %s", r.Method, r.URL)
		}
		got, err := twilio.Carrier().Webhook.ReadStatus(r)
		if err != nil || got.CallID != "CA1" || got.State != told.State || got.Ending != told.Ending ||
			got.Duration != told.Duration || !got.At.Equal(at) || got.StreamID != "" {
			t.Errorf("%v, %s is read as %+v, %v", told.State, told.Ending, got, err)
		}
	}
	for _, ending := range []telephony.Ending{telephony.AgentHungUp, telephony.Shed, telephony.EngineFailed, telephony.MediaLost} {
		r, err := twilio.Carrier().Peer.Report("https://b.example.com/", call, telephony.Status{State: telephony.StateEnded, Ending: ending})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := twilio.Carrier().Webhook.ReadStatus(r); err != nil || got.Cause != "completed" {
			t.Errorf("%s, which only our side knows: %+v, %v", ending, got, err)
		}
	}
	for _, told := range []telephony.Status{{}, {State: telephony.StateEnded, Ending: telephony.Quota}} {
		if _, err := twilio.Carrier().Peer.Report("https://b.example.com/", call, told); !errors.Is(err, telephony.ErrUnsendable) {
			t.Errorf("%+v: %v", told, err)
		}
	}
	if _, err := twilio.Carrier().Peer.Report("://", call, tests[0]); err == nil {
		t.Error("a URL that is none is taken")
	}
}

func TestThePeerReportsEachFaultOfAStream(t *testing.T) {
	call := telephony.PeerCall{CallID: "CA1", AccountID: "AC1", StreamID: "MZ1"}
	if len(twilio.Faults()) != 14 {
		t.Errorf("%d faults", len(twilio.Faults()))
	}
	for _, fault := range twilio.Faults() {
		if fault.Meaning == "" || fault.Cause == "" {
			t.Errorf("%s isn't explained", fault.Code)
		}
		for _, told := range []string{fault.Code, fault.Code + ": " + fault.Meaning} {
			r, err := twilio.Carrier().Peer.Report("https://b.example.com/", call, telephony.Status{StreamID: "MZ1", Fault: told})
			if err != nil {
				t.Fatal(err)
			}
			got, err := twilio.Carrier().Webhook.ReadStatus(r)
			if err != nil || got.Event != "stream-error" || got.StreamID != "MZ1" || got.Fault != fault.Code+": "+fault.Meaning {
				t.Errorf("%s: %+v, %v", told, got, err)
			}
		}
	}
	for state, want := range map[telephony.CallState]string{
		telephony.StateAnswered: "stream-started", telephony.StateUnknown: "stream-started", telephony.StateEnded: "stream-stopped",
	} {
		r, err := twilio.Carrier().Peer.Report("https://b.example.com/", call, telephony.Status{StreamID: "MZ1", State: state})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := twilio.Carrier().Webhook.ReadStatus(r); err != nil || got.Event != want || got.Fault != "" || got.State != telephony.StateUnknown {
			t.Errorf("%v: %+v, %v", state, got, err)
		}
	}
}

func TestAReportHasTheDocumentedFields(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // the clock in here is fake
		call := telephony.PeerCall{CallID: "CA1", AccountID: "AC1", StreamID: "MZ1", From: "+15550100001", To: "+15550100002"}
		for name, test := range map[string]struct {
			told telephony.Status
			want url.Values
		}{
			"call": {
				telephony.Status{State: telephony.StateEnded, Ending: telephony.CallerHungUp, Duration: 61500 * time.Millisecond},
				url.Values{
					"CallSid": {"CA1"}, "AccountSid": {"AC1"}, "From": {"+15550100001"}, "To": {"+15550100002"}, "CallStatus": {"completed"},
					"Direction": {"inbound"}, "ApiVersion": {"2010-04-01"}, "Timestamp": {"Sat, 01 Jan 2000 00:00:00 +0000"}, "SequenceNumber": {"3"},
					"CallbackSource": {"call-progress-events"}, "CallDuration": {"61"}, "SipResponseCode": {"200"},
				},
			},
			"stream": {
				telephony.Status{StreamID: "MZ1", Fault: "31903"},
				url.Values{
					"CallSid": {"CA1"}, "AccountSid": {"AC1"}, "StreamSid": {"MZ1"}, "StreamEvent": {"stream-error"}, "StreamError": {"31903"},
					"Timestamp": {"2000-01-01T00:00:00Z"},
				},
			},
		} {
			r, err := twilio.Carrier().Peer.Report("https://b.example.com/", call, test.told)
			if err != nil {
				t.Fatal(err)
			}
			if err := r.ParseForm(); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, r.PostForm); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		}
	})
}

func FuzzReadStatus(f *testing.F) {
	f.Add("CallSid=CA1&CallStatus=completed&SequenceNumber=3&CallDuration=73&Timestamp=Mon%2C+05+Jan+2026+10%3A00%3A07+%2B0000")
	f.Add("CallSid=CA1&StreamSid=MZ1&StreamEvent=stream-error&StreamError=31930&Timestamp=2026-01-05T10:00:07Z")
	f.Add("CallSid=CA1&CallStatus=in-progress&ErrorCode=31921")
	f.Fuzz(func(t *testing.T, form string) {
		status, err := twilio.Carrier().Webhook.ReadStatus(posted(form))
		if err == nil && (status.CallID == "" || status.ID == "" || status.Duration < 0 || len(status.Fault) > 64 || len(status.Event) > 64) {
			t.Errorf("%q: %+v", form, status)
		}
		if (status.Ending != telephony.EndingNone) && status.State != telephony.StateEnded {
			t.Errorf("%q: ended before its end: %+v", form, status)
		}
		lost, err := twilio.Carrier().Recovery.ReadLost(posted(form))
		if err == nil && (lost.CallID == "" || !lost.Asks || len(lost.Fault) > 64) {
			t.Errorf("%q: %+v", form, lost)
		}
	})
}
