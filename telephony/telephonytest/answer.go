package telephonytest

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/talkpath/talkpath/telephony"
)

// testWebhook checks that what the carrier announces is what is read.
func testWebhook(t *testing.T, c telephony.Carrier) {
	call := telephony.PeerCall{
		CallID: "CA1", AccountID: "AC1", StreamID: "MZ1", From: "+15550100001", To: "+15550100002",
	}
	r, err := c.Peer.Announce("https://bridge.example.com/telephony/"+c.Name()+"/answer?agent=a1", call)
	if err != nil {
		t.Fatal(err)
	}
	if r.URL.Query().Get("agent") != "a1" {
		t.Errorf("the query of the answer URL is lost: %v", r.URL)
	}
	got, err := c.Webhook.ReadCall(r)
	if err != nil {
		t.Fatal(err)
	}
	want := telephony.Incoming{CallID: call.CallID, AccountID: got.AccountID, From: call.From, To: call.To}
	if got != want || got.AccountID != "" && got.AccountID != call.AccountID {
		t.Errorf("read %+v of %+v", got, call)
	}
}

// testAnswer follows a stream from our answer through the carrier to our
// socket.
func testAnswer(t *testing.T, c telephony.Carrier) {
	t.Run("round trip", func(t *testing.T) {
		formats := c.Quirks.Formats
		asked := telephony.Stream{
			URL: "wss://bridge.example.com:8443/media/" + c.Name() + "/7fQzTicket",
			Params: map[string]string{
				telephony.TicketParam: "7fQzTicket0123456789ab",
				"agent":               `a&b <c> "d" 'e' + ü=%/?#`,
				"k y&=":               "",
			},
		}
		if c.Quirks.PlainParams {
			asked.Params = map[string]string{telephony.TicketParam: "7fQzTicket0123456789ab", "Agent1": "A1b"}
		}
		if len(formats) > 1 {
			asked.Rate = formats[len(formats)-1].Rate
		}
		checkAnswer(t, c, asked)
	})
	t.Run("nothing but a URL", func(t *testing.T) {
		checkAnswer(t, c, telephony.Stream{URL: "ws://127.0.0.1:8080/media/" + c.Name() + "/t"})
	})
	t.Run("unusable", func(t *testing.T) {
		many := map[string]string{}
		for range telephony.MaxParams + 1 {
			many[strings.Repeat("k", len(many)+1)] = "v"
		}
		const good = "wss://bridge.example.com/media"
		for name, s := range map[string]telephony.Stream{
			"no URL":           {},
			"another scheme":   {URL: "https://bridge.example.com/media"},
			"no host":          {URL: "wss:///media"},
			"query":            {URL: good + "?a=b"},
			"fragment":         {URL: good + "#a"},
			"no URL at all":    {URL: "wss://bad host/%zz"},
			"unnamed":          {URL: good, Params: map[string]string{"": "v"}},
			"too many by name": {URL: good, Params: many},
		} {
			if doc, err := c.Webhook.Answer(s); err == nil {
				t.Errorf("%s: answered %s", name, doc.Body)
			}
		}
		for name, value := range map[string]string{"k y": "v", "k": "a,b", "k=": "v", "ü": "v", "e": ""} {
			s := telephony.Stream{URL: good, Params: map[string]string{name: value}}
			if doc, err := c.Webhook.Answer(s); err == nil && c.Quirks.PlainParams {
				t.Errorf("%q=%q: answered %s", name, value, doc.Body)
			}
		}
	})
	t.Run("unreadable", func(t *testing.T) {
		for _, body := range []string{"", "hello", "{}", "<Response/>", `{"url":5}`, "<Response><Connect>"} {
			doc := telephony.Document{ContentType: "text/xml", Body: []byte(body)}
			if s, err := c.Peer.ReadAnswer(doc); err == nil {
				t.Errorf("%q sends the carrier to %+v", body, s)
			}
		}
	})
}

func checkAnswer(t *testing.T, c telephony.Carrier, asked telephony.Stream) {
	t.Helper()
	doc, err := c.Webhook.Answer(asked)
	if err != nil {
		t.Fatal(err)
	}
	told, err := c.Peer.ReadAnswer(doc)
	if err != nil {
		t.Fatalf("%v in\n%s", err, doc.Body)
	}
	base, query, _ := strings.Cut(told.URL, "?")
	if base != asked.URL {
		t.Errorf("the carrier dials %s, asked was %s", base, asked.URL)
	}
	if diff := cmp.Diff(asked.Params, told.Params, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("parameters (-asked +told):\n%s", diff)
	}
	peer, err := c.Peer.Open(told, telephony.PeerCall{CallID: "c", StreamID: "s"})
	if err != nil {
		t.Fatal(err)
	}
	msg, err := peer.Encode(nil, telephony.Event{Kind: telephony.Started})
	if err != nil {
		t.Fatal(err)
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	ev, err := c.NewWire(values).Decode(msg)
	if err != nil || ev.Kind != telephony.Started {
		t.Fatalf("%v, %v in %s", ev.Kind, err, msg.Data)
	}
	if diff := cmp.Diff(asked.Params, ev.Start.Params, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("parameters (-asked +started):\n%s", diff)
	}
	if asked.Rate != 0 && ev.Start.Format.Rate != asked.Rate {
		t.Errorf("stream is %v, asked were %d Hz", ev.Start.Format, asked.Rate)
	}
}
