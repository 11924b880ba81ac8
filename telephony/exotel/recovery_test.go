package exotel_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/exotel"
)

// passthru returns the request of a Passthru applet that tells these fields of
// a stream, in the named form.
func passthru(t *testing.T, form string, stream string) *http.Request {
	t.Helper()
	const head = `CallSid=c0ffee01&CallFrom=09100000001&CallTo=08000000002&Direction=incoming&From=09100000001&To=08000000002` +
		`&flow_id=1001&CurrentTime=2026-01-01+10%3A05%3A00&CustomField=x&digits=%225%22`
	query := head
	told, err := url.ParseQuery(stream)
	if err != nil {
		t.Fatal(err)
	}
	var object []string
	for key, values := range told {
		query += "&Stream[" + key + "]=" + url.QueryEscape(values[0])
		object = append(object, `"`+key+`":"`+values[0]+`"`)
	}
	if form == "JSON" {
		query = head + "&Stream=" + url.QueryEscape("{"+strings.Join(object, ",")+"}")
	}
	r := httptest.NewRequest(http.MethodGet, "/telephony/exotel/recover/"+secret, http.NoBody)
	r.URL.RawQuery = query
	return r
}

func TestALostStreamIsReadInEitherForm(t *testing.T) {
	const id = "StreamSID=st_01&Duration=73&StreamUrl=wss://bridge.example.com/exotel&RecordingUrl=https://rec.example.com/1&"
	for stream, want := range map[string]telephony.Lost{
		"Status=completed&DisconnectedBy=user&Error=&DetailedStatus=": {Done: true, Ending: telephony.CallerHungUp},
		"Status=completed&DisconnectedBy=bot":                         {},
		"Status=completed&DisconnectedBy=NA":                          {},
		"Status=failed&DisconnectedBy=NA":                             {Fault: "failed"},
		"Status=cancelled&DisconnectedBy=NA":                          {Fault: "cancelled"},
		"Status=failed&DisconnectedBy=NA&Error=3009":                  {Fault: "3009: the connection could not be established"},
		"Status=failed&DisconnectedBy=bot&Error=3009 no route":        {Fault: "3009 no route"},
		"Status=failed&DetailedStatus=Streaming_call_throttled":       {Fault: "Streaming_call_throttled"},
		"Status=failed&Error=1006&DetailedStatus=Gone":                {Fault: "1006: the socket broke: TLS, a firewall or a timeout, Gone"},
		"Status=failed&Error=3009 wss://u:hunter2@b.example.com/m":    {Fault: "3009 wss://b.example.com/m"},
		"Status=completed&Error=":                                     {},
	} {
		want.CallID, want.StreamID, want.Asks = "c0ffee01", "st_01", true
		for _, form := range []string{"brackets", "JSON"} {
			got, err := exotel.Carrier(exotel.Config{}).Recovery.ReadLost(passthru(t, form, id+stream))
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Errorf("%s as %s: %v (-want +got):\n%s", stream, form, err, diff)
			}
		}
	}
}

func TestALostStreamOfWhichLittleIsToldIsAskedFor(t *testing.T) {
	for query, fault := range map[string]string{
		"":                               "",
		"CustomField=100%":               "",
		"Stream=":                        "",
		"Stream=null":                    "",
		"Stream={broken":                 "what the request tells of the stream can't be read",
		`Stream={"Status":"failed"} + {`: "what the request tells of the stream can't be read",
		`Stream={"STATUS":"failed"}`:     "failed",
		`stream[status]=failed`:          "failed",
	} {
		r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
		r.URL.RawQuery = strings.ReplaceAll(query, " ", "%20")
		got, err := exotel.Carrier(exotel.Config{}).Recovery.ReadLost(r)
		if want := (telephony.Lost{Asks: true, Fault: fault}); got != want || err != nil {
			t.Errorf("%q: %+v, %v", query, got, err)
		}
	}
	post := posted("application/json", `{"CallSid":"c","Stream":{"StreamSID":"st","Status":"completed","DisconnectedBy":"user","Duration":3}}`)
	got, err := exotel.Carrier(exotel.Config{}).Recovery.ReadLost(post)
	want := telephony.Lost{CallID: "c", StreamID: "st", Asks: true, Done: true, Ending: telephony.CallerHungUp}
	if got != want || err != nil {
		t.Errorf("JSON in a POST, as one page has it: %+v, %v", got, err)
	}
	if _, err := exotel.Carrier(exotel.Config{}).Recovery.ReadLost(posted("application/json", "{")); err == nil {
		t.Error("a body that can't be read is taken")
	}
}

func TestPassthruIsAStatusOfTheStream(t *testing.T) {
	for stream, want := range map[string]telephony.Status{
		"Status=completed&DisconnectedBy=user": {Event: "completed", State: telephony.StateEnded, Ending: telephony.CallerHungUp, Cause: "user"},
		"Status=completed&DisconnectedBy=bot":  {Event: "completed"},
		"Status=failed&Error=3009":             {Event: "failed", Fault: "3009: the connection could not be established"},
	} {
		_, by, _ := strings.Cut(stream, "DisconnectedBy=")
		for _, form := range []string{"brackets", "JSON"} {
			got, err := exotel.Carrier(exotel.Config{}).Webhook.ReadStatus(passthru(t, form, "StreamSID=st_01&Duration=73&"+stream))
			want.ID, want.CallID, want.StreamID = telephony.EventID("stream", "c0ffee01", "st_01", want.Event, by), "c0ffee01", "st_01"
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Errorf("%s as %s: %v (-want +got):\n%s", stream, form, err, diff)
			}
		}
	}
}

func TestTheAnswersStatusTakesTheBranch(t *testing.T) {
	c := exotel.Carrier(exotel.Config{})
	peer := c.Peer
	resume, err := c.Recovery.Resume(telephony.Stream{URL: socketURL})
	if err != nil || resume.Status != http.StatusOK || len(resume.Body) != 0 {
		t.Errorf("%+v, %v", resume, err)
	}
	if s, again, failed := peer.ReadRecover(resume); failed != nil || !again || s.URL != "" {
		t.Errorf("%+v, again %v, %v", s, again, failed)
	}
	leave, err := c.Recovery.Leave()
	if err != nil || leave.Status != http.StatusFound || len(leave.Body) != 0 {
		t.Errorf("%+v, %v", leave, err)
	}
	if _, again, err := peer.ReadRecover(leave); !errors.Is(err, telephony.ErrCallOver) || again {
		t.Errorf("again %v, %v", again, err)
	}
	var violation *telephony.Violation
	if _, again, err := peer.ReadRecover(telephony.Document{Status: 500}); !errors.As(err, &violation) || again {
		t.Errorf("another status: again %v, %v", again, err)
	}
}

func TestThePeerAsksHowACallGoesOn(t *testing.T) {
	call := telephony.PeerCall{CallID: "c0ffee01", StreamID: "st_01", From: "09100000001", To: "08000000002"}
	s := telephony.Stream{URL: socketURL + "?sample-rate=8000"}
	for why, fault := range map[telephony.StreamEnd]string{
		telephony.StreamClosed: "",
		telephony.StreamBroken: "1006: the socket broke: TLS, a firewall or a timeout",
		telephony.StreamFailed: "3009: the connection could not be established",
	} {
		for _, inJSON := range []bool{false, true} {
			c := exotel.Carrier(exotel.Config{JSONPassthru: inJSON})
			peer := c.Peer
			r, err := peer.AskRecover("https://b.example.com/telephony/exotel/recover/"+secret+"?a=1", s, call, why)
			if err != nil {
				t.Fatal(err)
			}
			query := r.URL.Query()
			if r.Method != http.MethodGet || !strings.HasSuffix(r.URL.Path, secret) || query.Get("a") != "1" || query.Has("Stream") != inJSON {
				t.Errorf("%s %s", r.Method, r.URL)
			}
			got, err := c.Recovery.ReadLost(r)
			if want := (telephony.Lost{CallID: "c0ffee01", StreamID: "st_01", Asks: true, Fault: fault}); got != want || err != nil {
				t.Errorf("%d: %+v, %v", why, got, err)
			}
		}
	}
	peer := exotel.Carrier(exotel.Config{}).Peer
	if _, err := peer.AskRecover("", s, call, telephony.StreamClosed); !errors.Is(err, telephony.ErrUnsendable) {
		t.Errorf("a flow without Passthru: %v", err)
	}
	if _, err := peer.AskRecover("https://b.example.com/%zz/"+secret, s, call, 0); !errors.Is(err, telephony.ErrCallbackURL) || strings.Contains(err.Error(), secret) {
		t.Errorf("a URL that is none: %v", err)
	}
}

func TestPassthruOfThePeerHasTheDocumentedParameters(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // the clock in here is fake
		call := telephony.PeerCall{CallID: "c0ffee01", StreamID: "st_01", From: "09100000001", To: "08000000002"}
		s := telephony.Stream{URL: "wss://u:hunter2@b.example.com/m"}
		r, err := exotel.Carrier(exotel.Config{}).Peer.AskRecover("https://b.example.com/r", s, call, telephony.StreamClosed)
		if err != nil {
			t.Fatal(err)
		}
		got := r.URL.Query()
		now := got.Get("CurrentTime")
		got.Del("CurrentTime")
		want := url.Values{
			"CallSid": {"c0ffee01"}, "CallFrom": {"09100000001"}, "CallTo": {"08000000002"}, "Direction": {"incoming"},
			"From": {"09100000001"}, "To": {"08000000002"}, "digits": {`""`},
			"Stream[StreamSID]": {"st_01"}, "Stream[Status]": {"completed"}, "Stream[DisconnectedBy]": {"bot"},
			"Stream[StreamUrl]": {"wss://b.example.com/m"}, "Stream[Error]": {""}, "Stream[DetailedStatus]": {""},
		}
		if diff := cmp.Diff(want, got); diff != "" || !strings.HasPrefix(now, "2000-01-0") && !strings.HasPrefix(now, "1999-12-31") {
			t.Errorf("at %s (-want +got):\n%s", now, diff)
		}
	})
}
