package plivo_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/plivo"
)

const (
	callID   = "11111111-2222-4333-8444-555555555555"
	streamID = "20202020-0000-4000-8000-000000000001"
)

// readStatus reads a form as posted, and the same as a query.
func readStatus(t *testing.T, form string) telephony.Status {
	t.Helper()
	reader := plivo.Carrier().Webhook
	got, err := reader.ReadStatus(posted("/telephony/plivo/status", form))
	if err != nil {
		t.Fatalf("%s: %v", form, err)
	}
	asked, err := reader.ReadStatus(httptest.NewRequest(http.MethodGet, "/telephony/plivo/status?"+form, http.NoBody))
	if diff := cmp.Diff(got, asked); diff != "" || err != nil {
		t.Errorf("%s: %v (-posted +asked):\n%s", form, err, diff)
	}
	if got.ID == "" {
		t.Errorf("%s has no id", form)
	}
	return got
}

func TestCallsAreFollowedToTheirEnd(t *testing.T) {
	const form = "CallUUID=" + callID + "&From=14155550100&To=14155550199&Direction=outbound"
	end := func(cause string, ending telephony.Ending) telephony.Status {
		return telephony.Status{
			Event: "Hangup", State: telephony.StateEnded, Ending: ending, Cause: cause,
			Duration: 73 * time.Second, At: time.Date(2026, 1, 1, 10, 5, 0, 0, time.UTC),
		}
	}
	const over = "&Event=Hangup&Duration=73&BillDuration=120&EndTime=2026-01-01+10%3A05%3A00"
	for more, want := range map[string]telephony.Status{
		"&CallStatus=ringing&Event=Ring":         {Event: "Ring", State: telephony.StateRinging},
		"&CallStatus=in-progress&Event=StartApp": {Event: "StartApp", State: telephony.StateAnswered},
		"&CallStatus=in-progress&Event=Redirect": {Event: "Redirect", State: telephony.StateAnswered},
		"&CallStatus=in-progress":                {Event: "in-progress", State: telephony.StateAnswered},
		"&Event=Other":                           {Event: "Other"},
		"&CallStatus=brand-new":                  {Event: "brand-new"},
		over + "&CallStatus=completed&HangupCauseCode=4000&HangupCauseName=Normal+Hangup&HangupSource=Caller": end(
			"4000 Normal Hangup (Caller)", telephony.CallerHungUp),
		over + "&CallStatus=completed&HangupCauseCode=4000&HangupCause=NORMAL_CLEARING&HangupSource=Call+recipient": end(
			"4000 NORMAL_CLEARING (Call recipient)", telephony.CallerHungUp),
		over + "&CallStatus=completed&HangupCauseCode=4000&HangupSource=API+Request": end(
			"4000 (API Request)", telephony.AgentHungUp),
		over + "&CallStatus=completed&HangupCauseCode=4010&HangupCauseName=End+Of+XML&HangupSource=Answer+XML": end(
			"4010 End Of XML (Answer XML)", telephony.AgentHungUp),
		over + "&CallStatus=failed&HangupCauseCode=1010":       end("1010", telephony.Quota),
		over + "&CallStatus=completed&HangupCauseCode=6000":    end("6000", telephony.MaxDurationReached),
		over + "&CallStatus=failed&HangupCauseCode=3010":       end("3010", telephony.Busy), // the code wins
		over + "&CallStatus=completed&HangupCauseCode=9100":    end("9100", telephony.Voicemail),
		over + "&CallStatus=completed&HangupCauseCode=0":       end("0", telephony.CallerHungUp),
		over + "&CallStatus=no-answer&HangupCauseCode=9999":    end("9999", telephony.NoAnswer),
		over + "&CallStatus=completed&HangupSource=Answer+XML": end("(Answer XML)", telephony.AgentHungUp),
		over + "&CallStatus=busy":                              end("busy", telephony.Busy),
		over + "&CallStatus=timeout":                           end("timeout", telephony.NoAnswer),
		over + "&CallStatus=failed":                            end("failed", telephony.CarrierError),
		over:                                                   end("", telephony.CarrierError),
	} {
		got := readStatus(t, form+more)
		want.ID, want.CallID = got.ID, callID
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", more, diff)
		}
	}
}

func TestEveryDocumentedCodeHasAnEnding(t *testing.T) {
	table := plivo.Carrier().Quirks.Endings
	for _, code := range strings.Fields(`0 1000 1010 1020 2000 2010 2020 2030 2040 2050 2060 2070
		3000 3010 3020 3030 3040 3050 3070 3080 3090 3100 3110 3120 3130 3140 4000 4010 4020 4030
		5000 5010 5020 5030 6000 6010 6020 7011 7012 7013 7014 7022 7034 8011 8012 8013 8014 9000 9100 9110
		completed busy failed timeout no-answer`) {
		if row, found := table.Find(code); !found || row.Ending == telephony.EndingNone || row.Meaning == "" {
			t.Errorf("%s: %+v, %v", code, row, found)
		}
	}
	for code, want := range map[string]telephony.Ending{
		"1020": telephony.Quota, "5030": telephony.Quota, "2000": telephony.InvalidNumber, "3110": telephony.Rejected,
		"3090": telephony.CarrierError, "8011": telephony.InternalError, "7022": telephony.InternalError, "6020": telephony.MediaLost,
	} {
		if row, _ := table.Find(code); row.Ending != want {
			t.Errorf("%s ends as %s, want %s", code, row.Ending, want)
		}
	}
}

func TestAStreamsEventsAreReadInBothSpellings(t *testing.T) {
	const form = "CallUUID=" + callID + "&StreamID=" + streamID + "&ServiceURL=wss%3A%2F%2Fb.example.com%2Fm&From=1&To=2&Direction=inbound"
	at := time.Date(2026, 1, 1, 0, 0, 0, 20e6, time.UTC)
	for more, want := range map[string]telephony.Status{
		"&Event=StartStream&Timestamp=1767225600020":                   {Event: "StartStream", At: at},
		"&Event=started&Timestamp=2026-01-01+00%3A00%3A00.020":         {Event: "started", At: at},
		"&Event=StopStream&Timestamp=1767225600":                       {Event: "StopStream", At: at.Truncate(time.Second)},
		"&Event=stopped&Duration=73&StatusReason=callended":            {Event: "stopped", Duration: 73 * time.Second},
		"&Event=PlayedStream&Name=utt-7-end":                           {Event: "PlayedStream"},
		"&Event=ClearedAudio&Timestamp=2026-01-01T00%3A00%3A00.020Z":   {Event: "ClearedAudio", At: at},
		"&Event=DroppedStream&Timestamp=1767225600020000":              {Event: "DroppedStream", Fault: "DroppedStream", At: at},
		"&Event=failed&StatusReason=connection_failed":                 {Event: "failed", Fault: "failed: connection_failed"},
		"&Event=DegradedStream":                                        {Event: "DegradedStream", Fault: "DegradedStream"},
		"&Event=DegradedStream&BufferUsage=60":                         {Event: "DegradedStream", Fault: "DegradedStream 60%"},
		"&Event=DegradedStream&Percent=90%25&StatusReason=slow":        {Event: "DegradedStream", Fault: "DegradedStream 90%: slow"},
		"&Event=DegradedStream&Duration=30":                            {Event: "DegradedStream", Fault: "DegradedStream", Duration: 30 * time.Second},
		"&Event=BrandNew&StatusReason=x":                               {Event: "BrandNew"},
		"&Event=stopped&Duration=-1&Timestamp=soon":                    {Event: "stopped"},
		"&Event=stopped&Duration=NaN&Timestamp=-5":                     {Event: "stopped"},
		"&Event=stopped&Duration=1e300&Timestamp=99999999999999999999": {Event: "stopped"},
	} {
		got := readStatus(t, form+more)
		want.ID, want.CallID, want.StreamID = got.ID, callID, streamID
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", more, diff)
		}
	}
}

func TestARepeatedEventHasTheSameID(t *testing.T) {
	seen := map[string]string{}
	for _, form := range []string{
		"CallUUID=a&CallStatus=ringing&Event=Ring",
		"CallUUID=b&CallStatus=ringing&Event=Ring",
		"CallUUID=a&CallStatus=in-progress&Event=StartApp",
		"CallUUID=a&CallStatus=completed&Event=Hangup",
		"CallUUID=a&StreamID=s&Event=StartStream",
		"CallUUID=a&StreamID=t&Event=StartStream",
		"CallUUID=a&StreamID=s&Event=StartStream&Timestamp=1767225600020", // opened again
		"CallUUID=a&StreamID=s&Event=StopStream",
		"CallUUID=a&StreamID=s&Event=PlayedStream&Name=m1",
		"CallUUID=a&StreamID=s&Event=PlayedStream&Name=m2",
		"CallUUID=a&StreamID=s&Event=DegradedStream&Percent=30",
		"CallUUID=a&StreamID=s&Event=DegradedStream&Percent=60",
	} {
		id := readStatus(t, form).ID
		if again := readStatus(t, form+"&Extra=1").ID; again != id {
			t.Errorf("%s is %s, and %s when it is sent again", form, id, again)
		}
		if before, twice := seen[id]; twice {
			t.Errorf("%s and %s have one id", before, form)
		}
		seen[id] = form
	}
}

func TestTextsOfAStatusAreShort(t *testing.T) {
	long := strings.Repeat("%C3%BC", 200)
	got := readStatus(t, "CallUUID="+long+"&StreamID="+long+"&Event=failed&StatusReason="+long)
	ended := readStatus(t, "CallUUID="+long+"&CallStatus=completed&Event="+long+"&HangupCauseName="+long+"&HangupSource="+long)
	for _, text := range []string{got.ID, got.Event, got.Fault, ended.ID, ended.Cause, ended.Event} {
		if text == "" || len(text) > 64 || !utf8.ValidString(text) {
			t.Errorf("%d bytes: %q", len(text), text)
		}
	}
}

func TestStatusOfNothingIsRefused(t *testing.T) {
	reader := plivo.Carrier().Webhook
	if got, err := reader.ReadStatus(posted("/", "Event=StartStream")); !errors.Is(err, telephony.ErrNoCallID) {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := reader.ReadStatus(posted("/", "CallUUID=%zz")); err == nil {
		t.Errorf("%+v", got)
	}
}

func TestReportsOfThePeerAreRead(t *testing.T) {
	at := time.Date(2026, 1, 1, 10, 5, 0, 0, time.UTC)
	call := telephony.PeerCall{CallID: callID, StreamID: streamID, From: "14155550100", To: "14155550199"}
	ended := func(e telephony.Ending) telephony.Status {
		return telephony.Status{State: telephony.StateEnded, Ending: e, Duration: 73 * time.Second, At: at}
	}
	sent := map[string]telephony.Status{
		"ringing": {State: telephony.StateRinging}, "answered": {State: telephony.StateAnswered},
		"started":  {StreamID: streamID, At: at},
		"stopped":  {StreamID: streamID, State: telephony.StateEnded, Duration: 5 * time.Second, At: at},
		"dropped":  {StreamID: streamID, Fault: "DroppedStream: buffer_overflow", At: at},
		"degraded": {StreamID: streamID, Fault: "DegradedStream 60%", At: at},
	}
	for _, row := range plivo.Carrier().Quirks.Endings {
		sent[string(row.Ending)] = ended(row.Ending)
	}
	for name, told := range sent {
		got := reported(t, call, told)
		want := told
		want.ID, want.Event, want.Cause, want.CallID = got.ID, got.Event, got.Cause, callID
		if told.StreamID != "" {
			want.State = telephony.StateUnknown
		}
		if diff := cmp.Diff(want, got); diff != "" || got.Event == "" || got.State == telephony.StateEnded && got.Cause == "" {
			t.Errorf("%s: event %q, cause %q (-told +read):\n%s", name, got.Event, got.Cause, diff)
		}
	}
	if got := reported(t, call, telephony.Status{StreamID: streamID, Fault: "the socket broke"}); got.Fault != "DroppedStream: the socket broke" || got.At.IsZero() {
		t.Errorf("%+v", got)
	}
	reporter := plivo.Carrier().Peer
	for _, told := range []telephony.Status{{}, {State: telephony.StateInitiated}, ended(telephony.Shed), ended(telephony.EndingNone)} {
		if r, err := reporter.Report("https://b.example.com/s", call, told); !errors.Is(err, telephony.ErrUnsendable) {
			t.Errorf("%+v is reported by %v, %v", told, r, err)
		}
	}
}

// reported returns what is read of a report of the peer.
func reported(t *testing.T, call telephony.PeerCall, told telephony.Status) telephony.Status {
	t.Helper()
	reporter := plivo.Carrier().Peer
	r, err := reporter.Report("https://bridge.example.com/telephony/plivo/status?x=1", call, told)
	if err != nil {
		t.Fatal(err)
	}
	if r.Method != http.MethodPost || r.URL.RawQuery != "x=1" {
		t.Errorf("%s %s", r.Method, r.URL)
	}
	reader := plivo.Carrier().Webhook
	got, err := reader.ReadStatus(r)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// FuzzReadStatus checks that no form harms the readers of events.
func FuzzReadStatus(f *testing.F) {
	f.Add("CallUUID=a&CallStatus=completed&Event=Hangup&HangupCauseCode=4000&HangupSource=Caller&Duration=73")
	f.Add("CallUUID=a&StreamID=s&Event=DegradedStream&Percent=30&Timestamp=1767225600020")
	f.Add("StreamID=s&Event=failed&StatusReason=x&Duration=1e308")
	f.Fuzz(func(t *testing.T, form string) {
		request := func() *http.Request {
			return &http.Request{Method: http.MethodGet, URL: &url.URL{Path: "/", RawQuery: form}, Header: http.Header{}}
		}
		reader := plivo.Carrier().Webhook
		got, err := reader.ReadStatus(request())
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
		lost, err := plivo.Carrier().Recovery.ReadLost(request())
		if err == nil && (lost.CallID == "" || lost.Asks && lost.Done) || err != nil && lost != (telephony.Lost{}) {
			t.Errorf("%+v, %v", lost, err)
		}
	})
}
