package telnyx_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/telephonytest"
	"github.com/talkpath/talkpath/telephony/telnyx"
)

const (
	mediaURL  = "wss://bridge.example.com/media/telnyx/tkt"
	lostURL   = "https://bridge.example.com/telephony/telnyx/recover/tkt?a=1&b=2"
	eventsURL = "https://bridge.example.com/telephony/telnyx/status?c=3"
)

func TestADocumentPlantsWhereTelnyxAsksAndReports(t *testing.T) {
	const head, tail = `<?xml version="1.0" encoding="UTF-8"?>` + "\n<Response><Connect>" +
		`<Stream url="` + mediaURL + `?sound=PCMU/8000" codec="PCMU" bidirectionalMode="rtp" bidirectionalCodec="PCMU" bidirectionalSamplingRate="8000"`, `</Response>`
	const hangUp = `<Hangup></Hangup>`
	const status = ` statusCallback="https://bridge.example.com/telephony/telnyx/status?c=3" statusCallbackMethod="POST"`
	const redirect = `<Redirect method="POST">https://bridge.example.com/telephony/telnyx/recover/tkt?a=1&amp;b=2</Redirect>`
	for _, test := range []struct {
		recover, status string
		want            string
	}{
		{"", "", head + `></Stream></Connect>` + hangUp + tail},
		{lostURL, "", head + `></Stream></Connect>` + redirect + tail},
		{"", eventsURL, head + status + `></Stream></Connect>` + hangUp + tail},
		{lostURL, eventsURL, head + status + `></Stream></Connect>` + redirect + tail},
	} {
		asked := telephony.Stream{URL: mediaURL, RecoverURL: test.recover, StatusURL: test.status}
		for name, compose := range map[string]func(telephony.Stream) (telephony.Document, error){
			"answer": hook.Answer, "resume": telnyx.Carrier(telnyx.Config{}).Recovery.Resume,
		} {
			got, err := compose(asked)
			if err != nil || got.ContentType != "text/xml" || string(got.Body) != test.want {
				t.Errorf("%s: %v\n%s\nwant\n%s", name, err, got.Body, test.want)
			}
		}
	}
	got, err := telnyx.Carrier(telnyx.Config{}).Recovery.Leave()
	if want := `<?xml version="1.0" encoding="UTF-8"?>` + "\n<Response><Hangup></Hangup></Response>"; err != nil || string(got.Body) != want {
		t.Errorf("leave: %s, %v", got.Body, err)
	}
}

func TestURLsThatTelnyxCouldNotCallAreRefused(t *testing.T) {
	long := "https://b.example.com/" + strings.Repeat("x", 2000-len("https://b.example.com/"))
	for url, want := range map[string]error{
		"http://127.0.0.1:8080/r": nil, long: nil, long + "x": telephony.ErrCallbackURL,
		"ws://b.example.com/r": telephony.ErrCallbackURL, "/r": telephony.ErrCallbackURL, "https:///r": telephony.ErrCallbackURL, "https://:443/r": telephony.ErrCallbackURL,
		"https://u:secret@b.example.com/r": telephony.ErrCallbackURL, "https://b.example.com/r#f": telephony.ErrCallbackURL,
		"https://b.example.com/secret%zz": telephony.ErrCallbackURL, "https://b.example.com/a b": telephony.ErrCallbackURL,
	} {
		for _, s := range []telephony.Stream{{URL: mediaURL, RecoverURL: url}, {URL: mediaURL, StatusURL: url}} {
			if doc, err := hook.Answer(s); !errors.Is(err, want) || err != nil && strings.Contains(err.Error(), "secret") {
				t.Errorf("%.60s: %s, %v", url, doc.Body, err)
			}
		}
	}
}

func TestTelnyxAsksHowTheCallGoesOnByAForm(t *testing.T) {
	peer := telnyx.Carrier(telnyx.Config{}).Peer
	call := telephony.PeerCall{CallID: "v3:demo", StreamID: "s-1", From: "+15550100001", To: "+15550100002"}
	r, err := peer.AskRecover("https://elsewhere.example.com", telephony.Stream{RecoverURL: lostURL}, call, telephony.StreamBroken)
	if err != nil || r.Method != http.MethodPost || r.URL.String() != lostURL {
		t.Fatalf("%v, %v", r, err)
	}
	lost, err := telnyx.Carrier(telnyx.Config{}).Recovery.ReadLost(r)
	if want := (telephony.Lost{CallID: "v3:demo", Asks: true}); err != nil || lost != want {
		t.Errorf("%+v, %v", lost, err)
	}
	if _, err := peer.AskRecover(lostURL, telephony.Stream{}, call, telephony.StreamBroken); !errors.Is(err, telephony.ErrUnsendable) {
		t.Errorf("a document without a <Redirect>: %v", err)
	}
}

func TestWhatIsReadOfALostStream(t *testing.T) {
	recovery := telnyx.Carrier(telnyx.Config{}).Recovery
	for form, want := range map[string]telephony.Lost{
		"CallSid=v3&CallStatus=in-progress": {CallID: "v3", Asks: true},
		"CallSidLegacy=v3":                  {CallID: "v3", Asks: true},
		"CallSid=v3&StreamSid=s-1&StreamEvent=stream-error&StreamError=broke": {CallID: "v3", StreamID: "s-1", Asks: true, Fault: "broke"},
		"CallSid=v3&CallStatus=completed&HangupCause=time_limit":              {CallID: "v3", Done: true, Ending: telephony.MaxDurationReached},
	} {
		got, err := recovery.ReadLost(posted(form, "application/x-www-form-urlencoded"))
		if err != nil || got != want {
			t.Errorf("%s: %+v, %v", form, got, err)
		}
	}
	if got, err := recovery.ReadLost(httptest.NewRequest(http.MethodPost, "/", http.NoBody)); !errors.Is(err, telephony.ErrNoCallID) {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestPeerCarriesADocumentsVerbsOutInTheirOrder(t *testing.T) {
	const open = `<Connect><Stream url="wss://b.example.com/m" bidirectionalMode="rtp"/></Connect>`
	const redirect = `<Redirect>https://b.example.com/r</Redirect>`
	peer := telnyx.Carrier(telnyx.Config{}).Peer
	stream := telephony.Stream{URL: "wss://b.example.com/m", Rate: 8000, Encoding: media.PCMU}
	planted := stream
	planted.RecoverURL = "https://b.example.com/r"
	for body, want := range map[string]telephony.Stream{
		open: stream, "<Say>wait</Say>" + open: stream, open + redirect: planted, open + "<Say>sorry</Say>\n" + redirect + "<Hangup/>": planted,
		open + "<Hangup/>" + redirect: stream, open + "<Redirect method=\"POST\">\n  https://b.example.com/r\n</Redirect>": planted,
		"<Connect/>" + open: stream,
	} {
		got, again, err := peer.ReadRecover(xmlDocument(body))
		if diff := cmp.Diff(want, got); diff != "" || again || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", body, err, diff)
		}
	}
	for _, body := range []string{"", "<Hangup/>", "<Hangup/>" + open, "<Reject/>" + open, "<Say>bye</Say>"} {
		if got, _, err := peer.ReadRecover(xmlDocument(body)); !errors.Is(err, telephony.ErrCallOver) {
			t.Errorf("%q: %+v, %v", body, got, err)
		}
	}
	for _, body := range []string{
		redirect, redirect + open, open + "<Redirect/>", open + `<Redirect>ftp://b.example.com/r</Redirect>`,
		open + `<Redirect method="GET">https://b.example.com/r</Redirect>`, open + `<Redirect method="PUT">https://b.example.com/r</Redirect>`,
		strings.Replace(open, "<Stream", `<Stream statusCallback="/status"`, 1),
		strings.Replace(open, "<Stream", `<Stream statusCallback="https://b.example.com/s" statusCallbackMethod="post"`, 1),
		strings.Replace(open, ` bidirectionalMode="rtp"`, "", 1), "<",
	} {
		got, _, err := peer.ReadRecover(xmlDocument(body))
		var violation *telephony.Violation
		if !errors.As(err, &violation) || !violation.Fatal {
			t.Errorf("%q: %+v, %v", body, got, err)
		}
	}
}

func FuzzDocuments(f *testing.F) {
	telephonytest.FuzzDocuments(f, telnyx.Carrier(telnyx.Config{}),
		`<Response><Say>x</Say><Connect><Stream url="wss://b.example.com/m" bidirectionalMode="rtp" statusCallback="http://b/"/></Connect><Redirect> http://b/ </Redirect></Response>`)
}

func xmlDocument(verbs string) telephony.Document {
	return telephony.Document{ContentType: "text/xml", Body: []byte("<Response>" + verbs + "</Response>")}
}
