package vonage_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/vonage"
)

const callID = "aaaaaaaa-bbbb-4ccc-8ddd-000000000001"

func eventRequest(body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/telephony/vonage/status", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	return r
}

// readStatus reads an event as posted, and where its fields are all text the
// same as a query.
func readStatus(t *testing.T, body string) telephony.Status {
	t.Helper()
	got, err := vonage.Carrier().Webhook.ReadStatus(eventRequest(body))
	if err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	var flat map[string]string
	if json.Unmarshal([]byte(body), &flat) == nil {
		query := url.Values{}
		for field, text := range flat {
			query.Set(field, text)
		}
		asked, err := vonage.Carrier().Webhook.ReadStatus(httptest.NewRequest(http.MethodGet, "/?"+query.Encode(), http.NoBody))
		if diff := cmp.Diff(got, asked); diff != "" || err != nil {
			t.Errorf("%s: %v (-posted +asked):\n%s", body, err, diff)
		}
	}
	if got.ID == "" {
		t.Errorf("%s has no id", body)
	}
	return got
}

// eventOf returns an event of the phone's leg with more fields.
func eventOf(more string) string {
	return `{"from":"14155550100","to":"14155550199","uuid":"` + callID + `","conversation_uuid":"CON-1",` +
		`"direction":"outbound","timestamp":"2026-01-01T10:05:00.250Z",` + more + `}`
}

func TestCallsAreFollowedToTheirEnd(t *testing.T) {
	ended := func(event, cause string, ending telephony.Ending) telephony.Status {
		return telephony.Status{Event: event, Cause: cause, State: telephony.StateEnded, Ending: ending}
	}
	for more, want := range map[string]telephony.Status{
		`"status":"started"`:                                          {Event: "started", State: telephony.StateInitiated},
		`"status":"ringing"`:                                          {Event: "ringing", State: telephony.StateRinging},
		`"status":"answered"`:                                         {Event: "answered", State: telephony.StateAnswered},
		`"status":"human"`:                                            {Event: "human", State: telephony.StateAnswered, Cause: "human"},
		`"status":"machine"`:                                          {Event: "machine", State: telephony.StateAnswered, Cause: "machine"},
		`"status":"machine","sub_state":"beep_start"`:                 {Event: "machine", State: telephony.StateAnswered, Cause: "machine/beep_start"},
		`"status":"busy"`:                                             ended("busy", "busy", telephony.Busy),
		`"status":"cancelled"`:                                        ended("cancelled", "cancelled", telephony.AgentHungUp),
		`"status":"unanswered"`:                                       ended("unanswered", "unanswered", telephony.NoAnswer),
		`"status":"timeout"`:                                          ended("timeout", "timeout", telephony.NoAnswer),
		`"status":"rejected"`:                                         ended("rejected", "rejected", telephony.Rejected),
		`"status":"failed"`:                                           ended("failed", "failed", telephony.CarrierError),
		`"status":"failed","detail":"brand_new"`:                      ended("failed", "failed/brand_new", telephony.CarrierError),
		`"status":"unanswered","detail":"unavailable"`:                ended("unanswered", "unanswered/unavailable", telephony.NoAnswer),
		`"status":"rejected","detail":"invalid_number"`:               ended("rejected", "rejected/invalid_number", telephony.InvalidNumber),
		`"status":"rejected","detail":"declined"`:                     ended("rejected", "rejected/declined", telephony.Rejected),
		`"status":"failed","detail":"number_out_of_service"`:          ended("failed", "failed/number_out_of_service", telephony.InvalidNumber),
		`"status":"failed","detail":"cannot_route","sip_code":"404"`:  ended("failed", "failed/cannot_route (SIP 404)", telephony.InvalidNumber),
		`"status":"failed","detail":"carrier_timeout","sip_code":408`: ended("failed", "failed/carrier_timeout (SIP 408)", telephony.CarrierError),
		`"status":"completed","disconnected_by":"user"`:               ended("completed", "completed/user", telephony.CallerHungUp),
		`"status":"completed","disconnected_by":"platform"`:           ended("completed", "completed/platform", telephony.AgentHungUp),
		`"status":"completed","disconnected_by":"who knows"`:          ended("completed", "completed/who knows", telephony.CallerHungUp),
		`"status":"brand_new"`:                                        {Event: "brand_new"},
		`"dtmf":"42","timed_out":"true"`:                              {},
		`"reason":"Syntax error in NCCO."`:                            {Fault: "Syntax error in NCCO."},
	} {
		got := readStatus(t, eventOf(more))
		want.ID, want.CallID, want.At = got.ID, callID, time.Date(2026, 1, 1, 10, 5, 0, 250e6, time.UTC)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", more, diff)
		}
	}
}

func TestDurationsAndTimesAreReadLeniently(t *testing.T) {
	for fields, want := range map[string]telephony.Status{
		`"duration":"73","end_time":"2026-01-01T10:05:00.000Z"`:           {Duration: 73 * time.Second, At: time.Date(2026, 1, 1, 10, 5, 0, 0, time.UTC)},
		`"duration":2,"timestamp":"2026-01-01T12:05:00+02:00"`:            {Duration: 2 * time.Second, At: time.Date(2026, 1, 1, 10, 5, 0, 0, time.UTC)},
		`"duration":"1.5","timestamp":"soon","end_time":"2026-01-01T10Z"`: {Duration: 1500 * time.Millisecond},
		`"duration":"-1"`:    {},
		`"duration":"1e300"`: {},
		`"duration":"NaN"`:   {},
	} {
		got := readStatus(t, `{"uuid":"u","status":"completed",`+fields+`}`)
		if got.Duration != want.Duration || !got.At.Equal(want.At) || got.State != telephony.StateEnded {
			t.Errorf("%s: %+v", fields, got)
		}
	}
}

// What a websocket's leg tells is not told of the phone call.
func TestTheEndOfASocketIsNotTheEndOfTheCall(t *testing.T) {
	const leg = `"uuid":"dddddddd-leg","conversation_uuid":"CON-1"`
	for body, want := range map[string]telephony.Status{
		`{` + leg + `,"to":"wss://b.example.com/m","status":"disconnected","headers":{"call":"` + callID + `","ticket":"t"}}`: {CallID: callID, Event: "disconnected", Fault: "disconnected"},
		`{` + leg + `,"to":"wss://b.example.com/m","status":"completed","duration":"9","headers":{"call":"c1"}}`:              {CallID: "c1", Event: "completed"},
		`{` + leg + `,"to":"wss://b.example.com/m","status":"completed"}`:                                                     {Event: "completed"},
		`{` + leg + `,"to":"ws://127.0.0.1/m","status":"answered"}`:                                                           {Event: "answered"},
		`{` + leg + `,"status":"failed","detail":"internal_error","headers":{"call":"c1"}}`:                                   {CallID: "c1", Event: "failed", Fault: "failed/internal_error"},
		`{` + leg + `,"status":"unanswered","call":"c1","ticket":"t"}`:                                                        {CallID: "c1", Event: "unanswered", Fault: "unanswered"},
		`{` + leg + `,"status":"busy","ticket":"t"}`:                                                                          {Event: "busy"},
		`{` + leg + `,"status":"ringing","endpoint_type":"websocket"}`:                                                        {Event: "ringing"},
		`{` + leg + `,"status":"disconnected"}`:                                                                               {Event: "disconnected", Fault: "disconnected"},
		`{` + leg + `,"status":"disconnected","headers":{"call":"c1"},"call":"c2","reason":"reset"}`:                          {CallID: "c1", Event: "disconnected", Fault: "disconnected: reset"},
	} {
		got := readStatus(t, body)
		want.ID = got.ID
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", body, diff)
		}
	}
}

func TestOtherFieldsOfIDsAreRead(t *testing.T) {
	if got := readStatus(t, `{"call_uuid":"c1","status":"human"}`); got.CallID != "c1" { // as human and machine have it
		t.Errorf("%+v", got)
	}
	if got := readStatus(t, `{"conversation_uuid":"CON-1","reason":"no answer URL"}`); got.CallID != "" || got.Fault != "no answer URL" {
		t.Errorf("%+v", got)
	}
	for _, body := range []string{`{}`, `{"status":"completed"}`} {
		if got, err := vonage.Carrier().Webhook.ReadStatus(eventRequest(body)); !errors.Is(err, telephony.ErrNoCallID) {
			t.Errorf("%s: %+v, %v", body, got, err)
		}
	}
	for _, body := range []string{``, `[]`, `uuid=c1`} {
		if got, err := vonage.Carrier().Webhook.ReadStatus(eventRequest(body)); !errors.Is(err, telephony.ErrMalformed) {
			t.Errorf("%s: %+v, %v", body, got, err)
		}
	}
	if got, err := vonage.Carrier().Webhook.ReadStatus(httptest.NewRequest(http.MethodGet, "/?uuid=%zz", http.NoBody)); err == nil {
		t.Errorf("%+v", got)
	}
	r := eventRequest("")
	r.Body = io.NopCloser(http.MaxBytesReader(httptest.NewRecorder(), io.NopCloser(strings.NewReader(strings.Repeat("x", 1000))), 100))
	var tooLarge *http.MaxBytesError
	if _, err := vonage.Carrier().Webhook.ReadStatus(r); !errors.As(err, &tooLarge) {
		t.Errorf("a large body: %v", err)
	}
}

func TestARepeatedEventHasTheSameID(t *testing.T) {
	seen := map[string]string{}
	for _, body := range []string{
		`{"uuid":"a","status":"ringing","timestamp":"2026-01-01T10:05:00.250Z"}`,
		`{"uuid":"b","status":"ringing","timestamp":"2026-01-01T10:05:00.250Z"}`,
		`{"uuid":"a","status":"answered","timestamp":"2026-01-01T10:05:00.250Z"}`,
		`{"uuid":"a","status":"ringing","timestamp":"2026-01-01T10:05:01.250Z"}`,
		`{"uuid":"a","status":"machine","sub_state":"beep_start"}`,
		`{"uuid":"a","status":"machine","sub_state":"beep_timeout"}`,
		`{"conversation_uuid":"a","reason":"x"}`,
		`{"conversation_uuid":"a","reason":"y"}`,
	} {
		id := readStatus(t, body).ID
		if again := readStatus(t, strings.TrimSuffix(body, "}")+`,"network":"GB-FIXED"}`).ID; again != id {
			t.Errorf("%s is %s, and %s when it is sent again", body, id, again)
		}
		if before, twice := seen[id]; twice {
			t.Errorf("%s and %s have one id", before, body)
		}
		seen[id] = body
	}
}

func TestEveryDocumentedEndHasAnEnding(t *testing.T) {
	for _, code := range strings.Fields(`busy cancelled unanswered unanswered/unavailable unanswered/timeout
		rejected rejected/invalid_number rejected/restricted rejected/declined
		failed failed/cannot_route failed/number_out_of_service failed/internal_error failed/carrier_timeout
		machine timeout completed`) {
		if row, found := vonage.Carrier().Quirks.Endings.Find(code); !found || row.Ending == telephony.EndingNone || row.Meaning == "" {
			t.Errorf("%s: %+v, %v", code, row, found)
		}
	}
}

func TestReportsOfThePeerAreRead(t *testing.T) {
	reporter := vonage.Carrier().Peer
	at := time.Date(2026, 1, 1, 10, 5, 0, 250e6, time.UTC)
	call := telephony.PeerCall{CallID: callID, StreamID: "leg", From: "14155550100", To: "14155550199"}
	told := []telephony.Status{{State: telephony.StateInitiated, At: at}, {State: telephony.StateRinging, At: at}, {State: telephony.StateAnswered, At: at}}
	for _, row := range vonage.Carrier().Quirks.Endings {
		if row.Ending != telephony.Voicemail { // told by an event before the end
			told = append(told, telephony.Status{State: telephony.StateEnded, Ending: row.Ending, Duration: 73 * time.Second, At: at})
		}
	}
	for _, want := range told {
		r, err := reporter.Report("https://bridge.example.com/telephony/vonage/status?x=1", call, want)
		if err != nil || r.URL.RawQuery != "x=1" {
			t.Fatalf("%+v: %v", want, err)
		}
		got, err := vonage.Carrier().Webhook.ReadStatus(r)
		want.ID, want.Event, want.Cause, want.CallID = got.ID, got.Event, got.Cause, callID
		if diff := cmp.Diff(want, got); diff != "" || err != nil || (got.State == telephony.StateEnded) != (got.Cause != "") {
			t.Errorf("%v, event %q, cause %q (-told +read):\n%s", err, got.Event, got.Cause, diff)
		}
	}
	for _, never := range []telephony.Status{
		{},
		{State: telephony.StateEnded},
		{State: telephony.StateEnded, Ending: telephony.Shed},
		{State: telephony.StateAnswered, StreamID: "s"},
		{StreamID: "s", Fault: "x"},
	} {
		if r, err := reporter.Report("https://b.example.com/s", call, never); !errors.Is(err, telephony.ErrUnsendable) {
			t.Errorf("%+v is reported by %v, %v", never, r, err)
		}
	}
	if r, err := reporter.Report("https://bad host/", call, told[0]); err == nil {
		t.Errorf("reported nowhere: %v", r)
	}
}

// FuzzReadStatus checks that no event harms the readers of events.
func FuzzReadStatus(f *testing.F) {
	f.Add(true, eventOf(`"status":"completed","duration":"73","disconnected_by":"user","sip_code":200`))
	f.Add(true, `{"uuid":"leg","status":"disconnected","headers":{"call":"c1"}}`)
	f.Add(true, `{"conversation_uuid":"c","reason":"x","duration":1e308}`)
	f.Add(false, "uuid=a&status=machine&sub_state=beep_start&timestamp=2026-01-01T10:05:00.250Z")
	f.Fuzz(func(t *testing.T, post bool, text string) {
		request := func() *http.Request {
			if post {
				return eventRequest(text)
			}
			return &http.Request{Method: http.MethodGet, URL: &url.URL{Path: "/", RawQuery: text}, Header: http.Header{}}
		}
		got, err := vonage.Carrier().Webhook.ReadStatus(request())
		if err == nil {
			if got.ID == "" || got.Duration < 0 || (got.State == telephony.StateEnded) != (got.Ending != telephony.EndingNone) {
				t.Errorf("%+v", got)
			}
			for _, text := range []string{got.ID, got.Event, got.Cause, got.Fault} {
				if len(text) > 64 || !utf8.ValidString(text) {
					t.Errorf("%q", text)
				}
			}
		}
		lost, err := vonage.Carrier().Recovery.ReadLost(request())
		if err == nil && lost.Asks && lost.Done || err != nil && lost != (telephony.Lost{}) {
			t.Errorf("%+v, %v", lost, err)
		}
	})
}
