package telephony_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/talkpath/talkpath/telephony"
)

// What a document says reaches the stream that it opens, and nothing else does.
func TestTwiMLLeadsWhereItWasAskedTo(t *testing.T) {
	callable := func(raw string) error {
		_, err := telephony.ParseCallback(raw)
		return err
	}
	conversation := telephony.Stream{
		URL: "wss://b.example.com/m", Params: map[string]string{"a": `"1" & <2>`},
		StatusURL: "https://b.example.com/s", RecoverURL: "https://b.example.com/r?a=1&b=2",
	}
	ending := conversation
	ending.RecoverURL = ""
	copied := ending
	copied.Listen, copied.Next = telephony.ListenBoth, "https://b.example.com/n"
	for name, s := range map[string]telephony.Stream{"conversation": conversation, "ending": ending, "copy": copied} {
		verbs, err := telephony.OpenTwiML(s, telephony.TwiMLStream{URL: s.URL, StatusCallback: s.StatusURL}, callable)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := telephony.ComposeTwiML(verbs...)
		if err != nil {
			t.Fatal(err)
		}
		opened, err := telephony.ReadTwiML(doc, telephony.XMLRules{})
		if err != nil {
			t.Fatal(err)
		}
		want := s
		if s.Listen != telephony.ListenNone {
			want.Params = s.MarkedParams()
		}
		if diff := cmp.Diff(want, opened.Target()); diff != "" {
			t.Errorf("%s (-asked +told):\n%s", name, diff)
		}
	}
	for want, s := range map[error]telephony.Stream{
		telephony.ErrNoNext:      {Listen: telephony.ListenCaller},
		telephony.ErrCallbackURL: {RecoverURL: "ftp://b.example.com"},
		telephony.ErrParameter:   {Params: map[string]string{"nul": "\x00"}},
	} {
		if verbs, err := telephony.OpenTwiML(s, telephony.TwiMLStream{}, callable); !errors.Is(err, want) {
			t.Errorf("%+v: %v, want %v", verbs, err, want)
		}
	}
}

func TestADocumentIsRefusedWithTheCarriersCode(t *testing.T) {
	rules := telephony.XMLRules{Most: 100, BadType: "type", BadSize: "size", BadXML: "xml", BadRoot: "root"}
	for code, doc := range map[string]telephony.Document{
		"type": {ContentType: "text/html", Body: []byte("<Response/>")},
		"size": {ContentType: "text/xml", Body: make([]byte, 101)},
		"xml":  {ContentType: "text/xml", Body: []byte("<Response/><Response/>")},
		"root": {ContentType: "application/xml", Body: []byte("<response/>")},
	} {
		var violation *telephony.Violation
		if _, err := telephony.ReadTwiML(doc, rules); !errors.As(err, &violation) || violation.Code != code || !violation.Fatal {
			t.Errorf("%s: %v", code, err)
		}
	}
}

func TestEveryStateHasItsCallStatus(t *testing.T) {
	for _, state := range []telephony.CallState{telephony.StateInitiated, telephony.StateRinging, telephony.StateAnswered} {
		if got := telephony.TwiMLState(telephony.TwiMLCallStatus(state)); got != state {
			t.Errorf("%v comes back as %v", state, got)
		}
	}
	if got := telephony.TwiMLCallStatus(telephony.StateEnded); got != "" {
		t.Errorf("why a call ended is for its ending to tell, not %q", got)
	}
}

func FuzzReadTwiML(f *testing.F) {
	f.Add(`<Response><Say>x</Say><Connect><Stream url="wss://b/m"><Parameter name="a" value="b"/></Stream></Connect><Redirect> https://b/ </Redirect></Response>`)
	f.Add(`<Response><Start><Stream track="both_tracks"/></Start><Dial/><Hangup/></Response>`)
	f.Fuzz(func(t *testing.T, body string) {
		doc := telephony.Document{ContentType: "text/xml", Body: []byte(body)}
		opened, err := telephony.ReadTwiML(doc, telephony.XMLRules{})
		var violation *telephony.Violation
		switch {
		case err == nil:
			if s := opened.Target(); s.Listen != telephony.ListenNone != opened.Copies {
				t.Errorf("%+v of %+v", s, opened)
			}
		case !errors.Is(err, telephony.ErrCallOver) && !errors.As(err, &violation):
			t.Errorf("%v is neither an end nor a violation", err)
		}
	})
}
