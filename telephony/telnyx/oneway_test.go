package telnyx_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/telnyx"
)

func TestAOneWayStreamCopiesTheCallWhichGoesOnElsewhere(t *testing.T) {
	const next = "https://bridge.example.com/next"
	for _, test := range []struct {
		listen telephony.Listening
		format media.Format
		want   string
	}{
		{
			telephony.ListenCaller,
			media.Format{},
			`<Start><Stream url="` + mediaURL + `?sound=PCMU/8000" track="inbound_track" codec="PCMU"><Parameter name="listen" value="caller"></Parameter></Stream></Start>`,
		},
		{
			telephony.ListenBoth,
			media.Format{Encoding: media.PCMA, Rate: 8000},
			`<Start><Stream url="` + mediaURL + `?sound=PCMA/8000" track="both_tracks" codec="PCMA"><Parameter name="listen" value="both"></Parameter></Stream></Start>`,
		},
	} {
		asked := telephony.Stream{URL: mediaURL, Listen: test.listen, Next: next, Encoding: test.format.Encoding, Rate: test.format.Rate}
		doc, err := hook.Answer(asked)
		if want := `<Response>` + test.want + `<Redirect method="POST">` + next + `</Redirect></Response>`; err != nil || !strings.HasSuffix(string(doc.Body), want) {
			t.Errorf("%v\n%s\nwant\n%s", err, doc.Body, want)
		}
		told, err := telnyx.Carrier(telnyx.Config{}).Peer.ReadAnswer(doc)
		if err != nil || told.Listen != test.listen || told.Next != next || told.RecoverURL != "" {
			t.Errorf("%+v, %v", told, err)
		}
	}
	if _, err := hook.Answer(telephony.Stream{URL: mediaURL, Listen: telephony.ListenBoth}); !errors.Is(err, telephony.ErrNoNext) {
		t.Errorf("no next document: %v", err)
	}
}

func TestPeerReadsACopyAsTelnyxDoes(t *testing.T) {
	const redirect = `<Redirect>https://b.example.com/n</Redirect>`
	open := func(attributes string) string {
		return `<Start><Stream url="wss://b.example.com/m" ` + attributes + `/></Start>`
	}
	copied := telephony.Stream{URL: "wss://b.example.com/m", Rate: 8000, Encoding: media.PCMU, Listen: telephony.ListenCaller, Next: "https://b.example.com/n"}
	wide := copied
	wide.Rate, wide.Encoding, wide.Listen = 16000, media.L16, telephony.ListenBoth
	peer := telnyx.Carrier(telnyx.Config{}).Peer
	for body, want := range map[string]telephony.Stream{
		open("") + redirect: copied, open(`track="inbound_track" codec="default"`) + "<Say>hello</Say>" + redirect: copied,
		open(`track="both_tracks" codec="L16"`) + redirect: wide,
	} {
		got, err := peer.ReadAnswer(xmlDocument(body))
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", body, err, diff)
		}
	}
	for _, body := range []string{open(""), open("") + "<Hangup/>", open(`track="outbound_track"`) + redirect, open(`track="both"`) + redirect} {
		got, err := peer.ReadAnswer(xmlDocument(body))
		var violation *telephony.Violation
		if !errors.As(err, &violation) || !violation.Fatal {
			t.Errorf("%s: %+v, %v", body, got, err)
		}
	}
	if _, err := peer.ReadAnswer(xmlDocument(open(`codec="AMR-WB"`) + redirect)); !errors.Is(err, telephony.ErrBadFormat) || !strings.Contains(err.Error(), "AMR-WB") {
		t.Errorf("AMR-WB: %v", err)
	}
}

// A copy is in what the leg speaks, whatever was asked: nothing is said on it.
func TestACopyMayBeInAnyFormat(t *testing.T) {
	listening := strings.Replace(start, `{"session":"s_01HZX"}`, `{"listen":"caller"}`, 1)
	ev, err := newWire("sound=L16/24000").Decode(message(listening))
	if err != nil || ev.Start.Listen != telephony.ListenCaller || ev.Start.Format != mulaw {
		t.Errorf("%+v, %v", ev.Start, err)
	}
}
