package exotel_test

import (
	"bytes"
	"errors"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/exotel"
)

// posted returns the request that posts a body of a content type.
func posted(kind, body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/telephony/exotel/status/"+secret, strings.NewReader(body))
	r.Header.Set("Content-Type", kind)
	return r
}

const formType = "application/x-www-form-urlencoded"

func TestAStatusCallbackIsReadInEachForm(t *testing.T) {
	values := [][2]string{
		{"CallSid", "c0ffee01"},
		{"EventType", "terminal"},
		{"Status", "completed"},
		{"DateUpdated", "2026-01-01 10:05:00"},
		{"ConversationDuration", "73"},
		{"Legs[0][OnCallDuration]", "75"},
		{"Legs[0][Status]", "completed"},
	}
	var form []string
	var multi bytes.Buffer
	parts := multipart.NewWriter(&multi)
	for _, v := range values {
		form = append(form, strings.NewReplacer("[", "%5B", "]", "%5D", " ", "+").Replace(v[0]+"="+v[1]))
		if err := parts.WriteField(v[0], v[1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := parts.Close(); err != nil {
		t.Fatal(err)
	}
	const object = `{"CallSid":"c0ffee01","EventType":"terminal","Status":"completed","DateUpdated":"2026-01-01 10:05:00",` +
		`"ConversationDuration":73,"Legs":[{"OnCallDuration":75,"Status":"completed"}],"RecordingUrl":null,"New":{"x":[true]}}`
	want := telephony.Status{
		ID: telephony.EventID("call", "c0ffee01", "terminal", "completed"), CallID: "c0ffee01", Event: "terminal", State: telephony.StateEnded,
		Ending: telephony.CallerHungUp, Cause: "completed", Duration: 73 * time.Second,
	}
	for name, r := range map[string]*http.Request{
		"form":      posted(formType, strings.Join(form, "&")),
		"multipart": posted(parts.FormDataContentType(), multi.String()),
		"JSON":      posted("application/json; charset=utf-8", object),
	} {
		got, err := exotel.Carrier(exotel.Config{}).Webhook.ReadStatus(r)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
		}
	}
}

func TestStatesAndEndingsOfACall(t *testing.T) {
	for form, want := range map[string]telephony.Status{
		"EventType=ringing&Status=ringing":      {State: telephony.StateRinging},
		"EventType=answered&Status=in-progress": {State: telephony.StateAnswered},
		"Status=queued":                         {State: telephony.StateInitiated},
		"Status=ringing":                        {State: telephony.StateRinging},
		"Status=in-progress":                    {State: telephony.StateAnswered},
		"Status=busy":                           {State: telephony.StateEnded, Ending: telephony.Busy, Cause: "busy"},
		"Status=no-answer":                      {State: telephony.StateEnded, Ending: telephony.NoAnswer, Cause: "no-answer"},
		"Status=failed":                         {State: telephony.StateEnded, Ending: telephony.CarrierError, Cause: "failed"},
		"Status=canceled":                       {State: telephony.StateEnded, Ending: telephony.AgentHungUp, Cause: "canceled"},
		"Status=completed&Legs[0][OnCallDuration]=9": {
			State: telephony.StateEnded, Ending: telephony.CallerHungUp, Cause: "completed", Duration: 9 * time.Second,
		},
		"EventType=terminal&Status=failed&Legs[0][Status]=busy": {
			State: telephony.StateEnded, Ending: telephony.Busy, Cause: "failed, busy",
		},
		"EventType=terminal&Status=failed&Legs[0][Status]=failed": {
			State: telephony.StateEnded, Ending: telephony.CarrierError, Cause: "failed",
		},
		"EventType=terminal&Status=no-answer&Legs[0][Status]=completed&Legs[1][Status]=busy": {
			State: telephony.StateEnded, Ending: telephony.Busy, Cause: "no-answer, busy",
		},
		"EventType=terminal&Status=completed&Legs[0][AnsweredBy]=machine": {
			State: telephony.StateEnded, Ending: telephony.Voicemail, Cause: "completed, machine",
		},
		"EventType=terminal&Status=completed&Legs[0][AnsweredBy]=human": {
			State: telephony.StateEnded, Ending: telephony.CallerHungUp, Cause: "completed",
		},
		"EventType=terminal":                  {State: telephony.StateEnded, Ending: telephony.CarrierError},
		"EventType=parked&Status=in-progress": {},
		"Status=dreaming":                     {},
		"CallSid=c":                           {},
	} {
		got, err := exotel.Carrier(exotel.Config{}).Webhook.ReadStatus(posted(formType, "CallSid=c&"+form))
		want.ID, want.CallID, want.Event = got.ID, "c", got.Event
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", form, err, diff)
		}
	}
}

func TestAnEventHasOneIDHoweverOftenItComes(t *testing.T) {
	seen := map[string]string{}
	for _, form := range []string{
		"CallSid=c&EventType=ringing&Status=ringing",
		"CallSid=d&EventType=ringing&Status=ringing",
		"CallSid=c&EventType=answered&Status=in-progress",
		"CallSid=c&EventType=terminal&Status=completed",
		"CallSid=c&EventType=terminal&Status=busy",
		"CallSid=c&Stream[StreamSID]=st_1&Stream[Status]=completed&Stream[DisconnectedBy]=bot",
		"CallSid=c&Stream[StreamSID]=st_2&Stream[Status]=completed&Stream[DisconnectedBy]=bot",
		"CallSid=c&Stream[StreamSID]=st_2&Stream[Status]=completed&Stream[DisconnectedBy]=user",
	} {
		first, err1 := exotel.Carrier(exotel.Config{}).Webhook.ReadStatus(posted(formType, form))
		second, err2 := exotel.Carrier(exotel.Config{}).Webhook.ReadStatus(posted(formType, form+"&DateUpdated=later&New=x"))
		if err1 != nil || err2 != nil || first.ID != second.ID {
			t.Errorf("%s: %q and %q, %v, %v", form, first.ID, second.ID, err1, err2)
		}
		if other, twice := seen[first.ID]; twice {
			t.Errorf("%s and %s have the same ID %q", other, form, first.ID)
		}
		seen[first.ID] = form
	}
}

func TestAStatusThatCannotBeReadIsRefused(t *testing.T) {
	for name, r := range map[string]*http.Request{
		"no call":           posted(formType, "Status=completed"),
		"bad form":          posted(formType, "CallSid=%zz"),
		"bad multipart":     posted("multipart/form-data; boundary=x", "--x\r\n"),
		"no JSON":           posted("application/json", "CallSid=c"),
		"a list":            posted("application/json", `["CallSid"]`),
		"JSON and more":     posted("application/json", `{"CallSid":"c"}{}`),
		"call is an object": posted("application/json", `{"CallSid":{"x":"c"}}`),
		"no body":           posted("application/json", ""),
	} {
		if got, err := exotel.Carrier(exotel.Config{}).Webhook.ReadStatus(r); err == nil {
			t.Errorf("%s: %+v", name, got)
		}
	}
	r := posted("application/json", `{"CallSid":"c","x":"`+strings.Repeat("x", 1000)+`"}`)
	r.Body = http.MaxBytesReader(httptest.NewRecorder(), r.Body, 100)
	var tooLarge *http.MaxBytesError
	if _, err := exotel.Carrier(exotel.Config{}).Webhook.ReadStatus(r); !errors.As(err, &tooLarge) {
		t.Errorf("too large: %v", err)
	}
	deep := posted("application/json", `{"CallSid":"c","Status":"busy","x":`+strings.Repeat(`{"x":[`, 300)+"1"+strings.Repeat("]}", 300)+`}`)
	if got, err := exotel.Carrier(exotel.Config{}).Webhook.ReadStatus(deep); err != nil || got.Ending != telephony.Busy {
		t.Errorf("deep: %+v, %v", got, err)
	}
}

func TestWhatThePeerReportsIsRead(t *testing.T) {
	call := telephony.PeerCall{CallID: "c0ffee01", StreamID: "st_1", From: "09100000001", To: "08000000002"}
	for _, told := range []telephony.Status{
		{State: telephony.StateRinging},
		{State: telephony.StateAnswered},
		{State: telephony.StateEnded, Ending: telephony.CallerHungUp, Duration: 73 * time.Second},
		{State: telephony.StateEnded, Ending: telephony.NoAnswer},
		{State: telephony.StateEnded, Ending: telephony.Busy},
		{State: telephony.StateEnded, Ending: telephony.CarrierError},
		{State: telephony.StateEnded, Ending: telephony.Voicemail, Duration: 2 * time.Second},
	} {
		r, err := exotel.Carrier(exotel.Config{}).Peer.Report("https://b.example.com/status/"+secret, call, told)
		if err != nil {
			t.Fatal(err)
		}
		if r.Method != http.MethodPost || !strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
			t.Errorf("%s %s", r.Method, r.Header.Get("Content-Type"))
		}
		got, err := exotel.Carrier(exotel.Config{}).Webhook.ReadStatus(r)
		if err != nil || got.CallID != "c0ffee01" || got.State != told.State || got.Ending != told.Ending || got.Duration != told.Duration {
			t.Errorf("%v, %s is read as %+v, %v", told.State, told.Ending, got, err)
		}
	}
	for ending, cause := range map[telephony.Ending]string{
		telephony.AgentHungUp: "completed", telephony.Shed: "completed", telephony.Rejected: "failed", telephony.InvalidNumber: "failed",
	} {
		r, err := exotel.Carrier(exotel.Config{}).Peer.Report("https://b.example.com/", call, telephony.Status{State: telephony.StateEnded, Ending: ending})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := exotel.Carrier(exotel.Config{}).Webhook.ReadStatus(r); err != nil || got.Cause != cause {
			t.Errorf("%s: %+v, %v", ending, got, err)
		}
	}
	for _, told := range []telephony.Status{
		{},
		{State: telephony.StateInitiated},
		{State: telephony.StateEnded, Ending: telephony.Quota},
		{State: telephony.StateEnded, StreamID: "st_1"},
		{StreamID: "st_1", Fault: "3009"},
	} {
		if _, err := exotel.Carrier(exotel.Config{}).Peer.Report("https://b.example.com/", call, told); !errors.Is(err, telephony.ErrUnsendable) {
			t.Errorf("%+v: %v", told, err)
		}
	}
	_, err := exotel.Carrier(exotel.Config{}).Peer.Report("https://u:hunter2@b.example.com/%zz", call, telephony.Status{State: telephony.StateRinging})
	if !errors.Is(err, telephony.ErrCallbackURL) || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("error %v", err)
	}
}

func FuzzReadStatus(f *testing.F) {
	f.Add(formType, "CallSid=c&EventType=terminal&Status=completed&Legs[0][Status]=busy", "")
	f.Add("application/json", `{"CallSid":"c","Legs":[{"Status":"busy"}],"Stream":{"Status":"failed"}}`, "")
	f.Add("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"CallSid\"\r\n\r\nc\r\n--x--\r\n", "")
	f.Add("", "", `CallSid=c&Stream={"Status":"failed","Error":"3009 x"}&digits=%225%22`)
	f.Add("", "", "CallSid=c&Stream[Status]=failed&Stream[Error]=wss://a:b@c/")
	f.Fuzz(func(t *testing.T, kind, body, query string) {
		request := func() *http.Request {
			r := posted(kind, body)
			r.URL.RawQuery = query
			return r
		}
		status, err := exotel.Carrier(exotel.Config{}).Webhook.ReadStatus(request())
		if err == nil && (status.CallID == "" || status.ID == "" || status.Duration < 0 || len(status.Fault) > 64 || len(status.Event) > 64) {
			t.Errorf("%+v", status)
		}
		if status.Ending != telephony.EndingNone && status.State != telephony.StateEnded {
			t.Errorf("ended before its end: %+v", status)
		}
		lost, err := exotel.Carrier(exotel.Config{}).Recovery.ReadLost(request())
		if err == nil && (!lost.Asks || lost.Done != (lost.Ending != telephony.EndingNone) || len(lost.Fault) > 64) {
			t.Errorf("%+v", lost)
		}
	})
}
