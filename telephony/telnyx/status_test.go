package telnyx_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/telephonytest"
	"github.com/talkpath/talkpath/telephony/telnyx"
)

// Fields that every form of TeXML's has.
const formHead = "AccountSid=acc-1&CallSid=v3%3Ademo&CallSidLegacy=v3%3Ademo&From=%2B15550100001&To=%2B15550100002&"

var at = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func TestTeXMLsStatusCallbacksAreRead(t *testing.T) {
	progress := formHead + "CallbackSource=call-progress-events&Timestamp=2026-01-02T03%3A04%3A05Z&"
	for name, test := range map[string]struct {
		form string
		want telephony.Status
	}{
		"initiated": {progress + "CallStatus=initiated&SequenceNumber=0", telephony.Status{Event: "initiated", State: telephony.StateInitiated}},
		"ringing":   {progress + "CallStatus=ringing&SequenceNumber=1", telephony.Status{Event: "ringing", State: telephony.StateRinging}},
		"answered":  {progress + "CallStatus=in-progress&SequenceNumber=2", telephony.Status{Event: "in-progress", State: telephony.StateAnswered}},
		"completed by the caller": {
			progress + "CallStatus=completed&CallDuration=45&HangupCause=normal_clearing&HangupSource=caller&Direction=inbound&EndTime=x",
			telephony.Status{
				Event: "completed", State: telephony.StateEnded, Ending: telephony.CallerHungUp, Cause: "completed", Duration: 45 * time.Second,
			},
		},
		"completed by us": {
			progress + "CallStatus=completed&HangupCause=normal_clearing&HangupSource=callee&Direction=inbound",
			telephony.Status{Event: "completed", State: telephony.StateEnded, Ending: telephony.AgentHungUp, Cause: "completed"},
		},
		"completed by us, who called": {
			progress + "CallStatus=completed&HangupCause=normal_clearing&HangupSource=caller&Direction=outbound-api",
			telephony.Status{Event: "completed", State: telephony.StateEnded, Ending: telephony.AgentHungUp, Cause: "completed"},
		},
		"completed by the callee, in no direction": {
			progress + "CallStatus=completed&HangupSource=callee",
			telephony.Status{Event: "completed", State: telephony.StateEnded, Ending: telephony.CallerHungUp, Cause: "completed"},
		},
		"time was up": {
			progress + "CallStatus=completed&HangupCause=time_limit&CallDuration=soon",
			telephony.Status{Event: "completed", State: telephony.StateEnded, Ending: telephony.MaxDurationReached, Cause: "time_limit"},
		},
		"too many calls": {
			progress + "CallStatus=failed&ErrorCode=90103&HangupCause=unspecified",
			telephony.Status{Event: "failed", State: telephony.StateEnded, Ending: telephony.Quota, Cause: "90103"},
		},
		"no answer": {
			progress + "CallStatus=no-answer&HangupCause=normal_clearing",
			telephony.Status{Event: "no-answer", State: telephony.StateEnded, Ending: telephony.NoAnswer, Cause: "no-answer"},
		},
		"price": {
			strings.Replace(progress, "call-progress-events", "call-cost-events", 1) + "CallStatus=completed",
			telephony.Status{Event: "call-cost-events"},
		},
		"stream started": {
			formHead + "StreamEvent=stream-started&StreamSid=s-1&StreamName=n&Timestamp=2026-01-02+03%3A04%3A05.000000Z",
			telephony.Status{Event: "stream-started", StreamID: "s-1"},
		},
		"stream stopped": {
			formHead + "StreamEvent=stream-stopped&StreamSid=s-1&Timestamp=2026-01-02T03%3A04%3A05.000000Z",
			telephony.Status{Event: "stream-stopped", StreamID: "s-1"},
		},
		"stream failed": {
			formHead + "StreamEvent=stream-error&StreamSid=s-1&StreamError=Connection+timeout&Timestamp=Fri%2C+02+Jan+2026+03%3A04%3A05+%2B0000",
			telephony.Status{Event: "stream-error", StreamID: "s-1", Fault: "Connection timeout"},
		},
		"stream failed, as older pages have it": {
			formHead + "StreamEvent=stream-failed&StreamSid=s-1&Timestamp=2026-01-02T03%3A04%3A05Z",
			telephony.Status{Event: "stream-failed", StreamID: "s-1", Fault: "stream-failed"},
		},
		"an event of tomorrow": {progress + "CallStatus=dreaming", telephony.Status{Event: "dreaming"}},
	} {
		test.want.CallID, test.want.At = "v3:demo", at
		for method, r := range map[string]*http.Request{
			"POST": posted(test.form, "application/x-www-form-urlencoded"),
			"GET":  httptest.NewRequest(http.MethodGet, "/status?"+test.form, http.NoBody),
		} {
			got, err := hook.ReadStatus(r)
			if diff := cmp.Diff(test.want, got, cmpopts.IgnoreFields(telephony.Status{}, "ID")); diff != "" || err != nil || got.ID == "" {
				t.Errorf("%s by %s: %v (-want +got):\n%s", name, method, err, diff)
			}
		}
	}
}

func TestCallControlsEventsAreRead(t *testing.T) {
	event := func(kind, payload string) string {
		return `{"data":{"record_type":"event","event_type":"` + kind + `","id":"00000000-0000-4000-8000-000000000010",
 "occurred_at":"2026-01-02T03:04:05.000000Z","payload":{"call_control_id":"v3:demo","call_leg_id":"l","from":"+15550100001"` + payload + `}},
 "meta":{"attempt":1,"delivered_to":"https://bridge.example.com/telnyx/events"}}`
	}
	hangUp := telephony.Status{Event: "call.hangup", State: telephony.StateEnded}
	ended := func(ending telephony.Ending, cause string) telephony.Status {
		s := hangUp
		s.Ending, s.Cause = ending, cause
		return s
	}
	timed := ended(telephony.CallerHungUp, "normal_clearing")
	timed.Duration = 61 * time.Second
	for json, want := range map[string]telephony.Status{
		event("call.initiated", `,"direction":"incoming","state":"parked"`): {Event: "call.initiated", State: telephony.StateInitiated},
		event("call.answered", `,"state":"answered"`):                       {Event: "call.answered", State: telephony.StateAnswered},
		event("call.hangup", `,"hangup_cause":"normal_clearing","hangup_source":"caller","start_time":"2026-01-02T03:03:04Z",`+
			`"end_time":"2026-01-02T03:04:05Z"`): timed,
		event("call.hangup", `,"hangup_cause":"normal_clearing","hangup_source":"callee","direction":"incoming"`): ended(telephony.AgentHungUp, "normal_clearing"),
		event("call.hangup", `,"hangup_cause":"normal_clearing","hangup_source":"callee","direction":"outgoing"`): ended(telephony.CallerHungUp, "normal_clearing"),
		event("call.hangup", `,"hangup_cause":"user_busy","sip_hangup_cause":"486"`):                              ended(telephony.Busy, "user_busy"),
		event("call.hangup", `,"hangup_cause":"call_rejected"`):                                                   ended(telephony.Rejected, "call_rejected"),
		event("call.hangup", `,"hangup_cause":"not_found"`):                                                       ended(telephony.InvalidNumber, "not_found"),
		event("call.hangup", `,"hangup_cause":"unspecified"`):                                                     ended(telephony.CarrierError, "unspecified"),
		event("call.hangup", `,"hangup_cause":"of_tomorrow"`):                                                     ended(telephony.CarrierError, "of_tomorrow"),
		event("call.hangup", ``): ended(telephony.CarrierError, ""),
		event("streaming.started", `,"stream_url":"wss://b.example.com/m"`):                                     {Event: "streaming.started"},
		event("streaming.stopped", `,"stream_url":"wss://b.example.com/m"`):                                     {Event: "streaming.stopped"},
		event("streaming.failed", `,"failure_reason":"connection_failed","stream_id":"s-1","stream_params":{}`): {Event: "streaming.failed", StreamID: "s-1", Fault: "connection_failed"},
		event("streaming.failed", `,"stream_id":"s-1"`):                                                         {Event: "streaming.failed", StreamID: "s-1", Fault: "streaming.failed"},
		event("call.dtmf.received", `,"digit":"5"`):                                                             {Event: "call.dtmf.received"},
		event("call.machine.detection.ended", `,"result":"human"`):                                              {Event: "call.machine.detection.ended"},
	} {
		want.ID, want.CallID, want.At = "00000000-0000-4000-8000-000000000010", "v3:demo", at
		got, err := hook.ReadStatus(posted(json, "application/json; charset=utf-8"))
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", json, err, diff)
		}
	}
}

func TestAnEventThatNamesNoCallIsRefused(t *testing.T) {
	for _, body := range []string{
		`{`, `[]`, `{}`, `{"data":5}`, `{"data":{"event_type":"call.hangup"}}`, `{"data":{"payload":{"call_control_id":"v3:demo"}}}`,
		`{"data":{"event_type":"","payload":{"call_control_id":"v3:demo"}}}`,
	} {
		if got, err := hook.ReadStatus(posted(body, "application/json")); err == nil || got != (telephony.Status{}) {
			t.Errorf("%s: %+v, %v", body, got, err)
		}
	}
	if got, err := hook.ReadStatus(posted("CallStatus=completed", "application/x-www-form-urlencoded")); !errors.Is(err, telephony.ErrNoCallID) {
		t.Errorf("%+v, %v", got, err)
	}
}

// An event is sent again with another attempt, and in another order of fields.
func TestAnEventThatIsSentAgainHasItsID(t *testing.T) {
	read := func(body, kind string) string {
		got, err := hook.ReadStatus(posted(body, kind))
		if err != nil {
			t.Fatal(err)
		}
		return got.ID
	}
	const form, json = "application/x-www-form-urlencoded", "application/json"
	if a, b := read(formHead+"CallStatus=ringing&SequenceNumber=1&Timestamp=x", form), read("CallStatus=ringing&"+formHead+"Timestamp=y", form); a != b {
		t.Errorf("form: %s and %s", a, b)
	}
	event := `{"data":{"event_type":"call.answered","id":"e1","payload":{"call_control_id":"v3:demo"}},"meta":{"attempt":1}}`
	if a, b := read(event, json), read(strings.Replace(event, `:1}`, `:2}`, 1), json); a != "e1" || b != a {
		t.Errorf("JSON: %s and %s", a, b)
	}
	long := strings.Replace(event, "e1", strings.Repeat("e", 100), 1)
	if a, b := read(long, json), read(strings.Replace(long, "ee", "ef", 1), json); a == b || len(a) > 64 {
		t.Errorf("ids of 100 characters: %s and %s", a, b)
	}
	if a, b := read(formHead+"StreamEvent=stream-error&StreamSid=s&StreamError=a", form), read(formHead+"StreamEvent=stream-error&StreamSid=s&StreamError=b", form); a == b {
		t.Error("two errors of a stream have one id")
	}
}

func TestPeerReportsAsTeXMLDoes(t *testing.T) {
	call := telephony.PeerCall{CallID: "v3:demo", AccountID: "acc-1", StreamID: "s-1", From: "+15550100001", To: "+15550100002"}
	reporter := telnyx.Carrier(telnyx.Config{}).Peer
	for want, told := range map[string]telephony.Status{
		"CallStatus=completed&CallDuration=73&HangupCause=normal_clearing&HangupSource=caller&CallbackSource=call-progress-events&Timestamp=2026-01-02T03:04:05Z": {
			State: telephony.StateEnded, Ending: telephony.CallerHungUp, Duration: 73*time.Second + 999*time.Millisecond, At: at,
		},
		"CallStatus=busy&CallDuration=0&HangupCause=user_busy&CallbackSource=call-progress-events": {State: telephony.StateEnded, Ending: telephony.Busy},
		"CallStatus=in-progress&CallbackSource=call-progress-events":                               {State: telephony.StateAnswered},
		"StreamEvent=stream-error&StreamSid=s-1&StreamError=broke":                                 {StreamID: "s-1", Fault: "broke"},
		"StreamEvent=stream-stopped&StreamSid=s-1":                                                 {StreamID: "s-1", State: telephony.StateEnded},
		"StreamEvent=stream-started&StreamSid=s-1":                                                 {StreamID: "s-1"},
	} {
		r, err := reporter.Report("https://bridge.example.com/status?t=1", call, told)
		if err != nil {
			t.Fatal(err)
		}
		form, err := url.ParseQuery(want + "&t=1&Direction=inbound&" + formHead)
		if err != nil {
			t.Fatal(err)
		}
		if err := r.ParseForm(); err != nil || r.Method != http.MethodPost {
			t.Fatalf("%s, %v", r.Method, err)
		}
		if diff := cmp.Diff(form, r.Form); diff != "" {
			t.Errorf("%+v (-want +got):\n%s", told, diff)
		}
	}
	for _, told := range []telephony.Status{{}, {State: telephony.StateEnded}, {State: telephony.StateEnded, Ending: telephony.Shed}} {
		if _, err := reporter.Report("https://bridge.example.com/status", call, told); !errors.Is(err, telephony.ErrUnsendable) {
			t.Errorf("%+v: %v", told, err)
		}
	}
	if _, err := reporter.Report("https://bad host/", call, telephony.Status{State: telephony.StateRinging}); err == nil {
		t.Error("a report to nowhere")
	}
}

func FuzzRequests(f *testing.F) {
	telephonytest.FuzzRequests(f, telnyx.Carrier(telnyx.Config{}), vectorBody,
		`{"data":{"event_type":"call.hangup","id":"e","occurred_at":"2026-01-02T03:04:05Z","payload":{"call_control_id":"c","hangup_cause":"timeout",`+
			`"start_time":"2026-01-02T03:04:05Z","end_time":"2027-01-02T03:04:05Z"}}}`,
		`{"data":{"event_type":"streaming.failed","payload":{"call_control_id":"c","stream_id":5,"failure_reason":"x"}}}`,
		formHead+"StreamEvent=stream-error&StreamSid=s&StreamError=e", formHead+"CallStatus=failed&ErrorCode=D1&CallDuration=99999999999999999999")
}

func posted(body, kind string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/status", strings.NewReader(body))
	r.Header.Set("Content-Type", kind)
	return r
}
