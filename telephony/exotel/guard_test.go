package exotel_test

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/exotel"
)

const (
	secret    = "k7Qz0123456789abcdef"
	answerURL = "https://bridge.example.com/telephony/exotel/answer/"
	socketURL = "wss://bridge.example.com/media/exotel/tkt"
	exampleAs = "Basic ZXhhbXBsZUtleTpleGFtcGxlVG9rZW4="
)

func example() exotel.Login { return exotel.Login{User: "exampleKey", Password: "exampleToken"} }

func guarded(keys ...string) *exotel.Guard { return exotel.NewGuard(exotel.GuardConfig{Keys: keys}) }

// asked is a request to rawURL with an Authorization, or without where it is
// empty.
func asked(rawURL, authorization string) telephony.Signed {
	r := telephony.Signed{Method: http.MethodGet, URL: rawURL, Header: http.Header{}}
	if authorization != "" {
		r.Header.Set("Authorization", authorization)
	}
	return r
}

func TestAWebhooksPathEndsWithItsKey(t *testing.T) {
	for _, test := range []struct {
		rawURL string
		want   error
	}{
		{answerURL + secret, nil},
		{answerURL + secret + "?CallSid=c0ffee01&x=/other", nil},
		{"https://bridge.example.com/telephony/exotel/recover/" + secret + "?Stream[Status]=completed", nil},
		{answerURL + "k7Qz%30123456789abcdef", nil}, // the same path, escaped
		{answerURL, telephony.ErrUnsigned},
		{strings.TrimSuffix(answerURL, "/"), telephony.ErrUnsigned},
		{answerURL + secret + "/", telephony.ErrUnsigned},
		{answerURL + secret + "x", telephony.ErrForged},
		{answerURL + secret[1:], telephony.ErrForged},
		{answerURL + secret + "/other", telephony.ErrForged},
		{answerURL + "other%2F" + secret, telephony.ErrForged},
		{answerURL + "other?key=" + secret, telephony.ErrForged},
		{answerURL + "other?/" + secret, telephony.ErrForged},
		{answerURL + "%zz", telephony.ErrForged},
		{"://", telephony.ErrForged},
		{"", telephony.ErrUnsigned},
	} {
		proof, err := guarded(secret).Check(asked(test.rawURL, ""), time.Time{})
		if !errors.Is(err, test.want) || proof != (telephony.Proof{}) {
			t.Errorf("%s: %+v, %v", test.rawURL, proof, err)
		}
		if err != nil && strings.Contains(err.Error(), secret) {
			t.Errorf("the error shows the key: %v", err)
		}
	}
}

func TestAnAlteredByteOfTheKeyIsRefused(t *testing.T) {
	for i := range len(secret) {
		altered := []byte(secret)
		altered[i] ^= 1
		if _, err := guarded(secret).Check(asked(answerURL+string(altered), ""), time.Time{}); !errors.Is(err, telephony.ErrForged) {
			t.Errorf("%s: %v", altered, err)
		}
	}
}

func TestSecretsAreRotatedInEitherOrder(t *testing.T) {
	next := exotel.Login{User: "exampleKey", Password: "next"}
	for _, test := range []struct {
		keys   []string
		logins []exotel.Login
		want   int
	}{
		{[]string{secret}, []exotel.Login{example()}, 0},
		{[]string{secret, "next"}, []exotel.Login{example(), next}, 0},
		{[]string{"next", secret}, []exotel.Login{next, example()}, 1},
		{[]string{"", secret, secret}, []exotel.Login{{}, example(), example()}, 1},
	} {
		proof, err := guarded(test.keys...).Check(asked(answerURL+secret, ""), time.Time{})
		if err != nil || proof.Key != test.want {
			t.Errorf("key: %+v, %v; want %d", proof, err, test.want)
		}
		guard := exotel.NewGuard(exotel.GuardConfig{Logins: test.logins})
		proof, err = guard.CheckSocket(asked(socketURL, exampleAs), time.Time{})
		if err != nil || proof.Key != test.want {
			t.Errorf("login: %+v, %v; want %d", proof, err, test.want)
		}
	}
}

func TestEmptySecretsProveNothing(t *testing.T) {
	basic := func(text string) string { return "Basic " + base64.StdEncoding.EncodeToString([]byte(text)) }
	for _, keys := range [][]string{{""}, {"", ""}} {
		for _, path := range []string{"", secret, "answer"} {
			if proof, err := guarded(keys...).Check(asked(answerURL+path, basic(":")), time.Time{}); err == nil {
				t.Errorf("%q passes %d empty keys: %+v", path, len(keys), proof)
			}
		}
	}
	for _, login := range []exotel.Login{{}, {User: "exampleKey"}} {
		guard := exotel.NewGuard(exotel.GuardConfig{Logins: []exotel.Login{login}})
		for _, given := range []string{"", "Basic", "Basic ", basic(":"), basic(""), basic("exampleKey:"), basic("exampleKey")} {
			if proof, err := guard.CheckSocket(asked(socketURL, given), time.Time{}); err == nil {
				t.Errorf("%q passes a login without a password: %+v", given, proof)
			}
		}
	}
	if _, err := guarded().Check(asked(answerURL+secret, exampleAs), time.Time{}); !errors.Is(err, telephony.ErrUnsigned) {
		t.Errorf("nothing is configured: %v", err)
	}
	if proof, err := guarded(secret).CheckSocket(asked(socketURL, ""), time.Time{}); err != nil || proof != (telephony.Proof{}) {
		t.Errorf("a socket for which nothing is configured: %+v, %v", proof, err)
	}
}

func TestALoginIsAskedOfSocketsAndOfWebhooksWithoutKeys(t *testing.T) {
	login := []exotel.Login{example()}
	both := exotel.NewGuard(exotel.GuardConfig{Keys: []string{secret}, Logins: login})
	only := exotel.NewGuard(exotel.GuardConfig{Logins: login})
	for name, test := range map[string]struct {
		guard         *exotel.Guard
		rawURL        string
		authorization string
		socket        bool
		want          error
	}{
		"webhook with a key":               {both, answerURL + secret, "", false, nil},
		"webhook with a login, no key":     {both, answerURL, exampleAs, false, telephony.ErrUnsigned},
		"webhook, logins only":             {only, answerURL, exampleAs, false, nil},
		"webhook without, logins only":     {only, answerURL, "", false, telephony.ErrUnsigned},
		"webhook, wrong, logins only":      {only, answerURL, exampleAs + "x", false, telephony.ErrForged},
		"socket with a login":              {both, socketURL, exampleAs, true, nil},
		"socket, scheme in other case":     {both, socketURL, strings.Replace(exampleAs, "Basic", "basic", 1), true, nil},
		"socket without a login":           {both, socketURL, "", true, telephony.ErrUnsigned},
		"socket with a secret in its path": {both, socketURL + "/" + secret, "", true, telephony.ErrUnsigned},
		"socket with another login":        {both, socketURL, "Basic ZXhhbXBsZUtleTpleGFtcGxlVG9rZW8=", true, telephony.ErrForged},
		"socket with another way to log":   {both, socketURL, "Bearer ZXhhbXBsZUtleTpleGFtcGxlVG9rZW4=", true, telephony.ErrForged},
		"socket with no base64":            {both, socketURL, "Basic exampleKey:exampleToken", true, telephony.ErrForged},
	} {
		check := test.guard.Check
		if test.socket {
			check = test.guard.CheckSocket
		}
		if _, err := check(asked(test.rawURL, test.authorization), time.Time{}); !errors.Is(err, test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAddressesAreAskedOfWebhooksAndSockets(t *testing.T) {
	cfg := exotel.GuardConfig{Addresses: []netip.Prefix{netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("2001:db8::/32")}}
	keyed := cfg
	keyed.Keys = []string{secret}
	for from, want := range map[string]error{
		"203.0.113.9":          nil,
		"::ffff:203.0.113.255": nil,
		"2001:db8::1":          nil,
		"203.0.114.1":          telephony.ErrForged,
		"127.0.0.1":            telephony.ErrForged,
		"2001:db9::1":          telephony.ErrForged,
		"":                     telephony.ErrUnsigned,
	} {
		r := asked(answerURL+secret, "")
		if from != "" {
			r.From = netip.MustParseAddr(from)
		}
		guard, both := exotel.NewGuard(cfg), exotel.NewGuard(keyed)
		for name, check := range map[string]func(telephony.Signed, time.Time) (telephony.Proof, error){
			"webhook": guard.Check, "socket": guard.CheckSocket, "webhook with a key": both.Check,
		} {
			if _, err := check(r, time.Time{}); !errors.Is(err, want) {
				t.Errorf("%s from %q: %v", name, from, err)
			}
		}
	}
	r := asked(answerURL+"other", "")
	r.From = netip.MustParseAddr("203.0.113.9")
	if _, err := exotel.NewGuard(keyed).Check(r, time.Time{}); !errors.Is(err, telephony.ErrForged) {
		t.Errorf("a good address with another key: %v", err)
	}
}

func TestTheSignerSendsTheLogin(t *testing.T) {
	for _, test := range []struct {
		login  exotel.Login
		rawURL string
		want   string
	}{
		{example(), socketURL, exampleAs},
		{exotel.Login{}, "wss://exampleKey:exampleToken@bridge.example.com/media", exampleAs},
		{exotel.Login{User: "other", Password: "one"}, "wss://exampleKey:exampleToken@bridge.example.com/media", exampleAs},
		{exotel.Login{}, socketURL, ""},
	} {
		header := http.Header{}
		if err := exotel.NewSigner(test.login).SignSocket(test.rawURL, header, time.Time{}); err != nil || header.Get("Authorization") != test.want {
			t.Errorf("%s: %v, %v; want %q", test.rawURL, header, err, test.want)
		}
		r, err := http.NewRequest(http.MethodGet, strings.Replace(test.rawURL, "wss:", "https:", 1), http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		if err := exotel.NewSigner(test.login).Sign(r, nil, time.Time{}); err != nil || r.Header.Get("Authorization") != test.want {
			t.Errorf("%s: %v, %v; want %q", r.URL.Redacted(), r.Header, err, test.want)
		}
	}
	err := exotel.NewSigner(example()).SignSocket("wss://u:se%zzcret@h/", http.Header{}, time.Time{})
	if err == nil || strings.Contains(err.Error(), "cret") {
		t.Errorf("error %v", err)
	}
}

func TestALoginIsNotPrinted(t *testing.T) {
	cfg := exotel.GuardConfig{Logins: []exotel.Login{example()}}
	for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
		if text := fmt.Sprintf(format, cfg) + fmt.Sprintf(format, example()); strings.Contains(text, "example") {
			t.Errorf("%s: %s", format, text)
		}
	}
}

func TestTheLoginOfAStreamTravelsFromTheAnswerToTheSocket(t *testing.T) {
	c := exotel.Carrier(exotel.Config{})
	asked := telephony.Stream{URL: socketURL, Login: url.UserPassword("exampleKey", "exam:ple/Token@?#"), Params: map[string]string{"k": "a@b"}}
	doc, err := c.Webhook.Answer(asked)
	want := `{"url":"wss://exampleKey:exam%3Aple%2FToken%40%3F%23@bridge.example.com/media/exotel/tkt?sample-rate=8000&k=a%40b"}`
	if err != nil || strings.TrimSpace(string(doc.Body)) != want {
		t.Errorf("%s, %v", doc.Body, err)
	}
	told, err := c.Peer.ReadAnswer(doc)
	if err != nil || told.URL != socketURL+"?sample-rate=8000&k=a%40b" || told.Login.String() != asked.Login.String() {
		t.Fatalf("%+v, %v", told, err)
	}
	password, _ := told.Login.Password()
	login := exotel.Login{User: told.Login.Username(), Password: password}
	r := telephony.Signed{Method: http.MethodGet, URL: told.URL, Header: http.Header{}}
	if err := exotel.NewSigner(login).SignSocket(told.URL, r.Header, time.Time{}); err != nil {
		t.Fatal(err)
	}
	guard := exotel.NewGuard(exotel.GuardConfig{Logins: []exotel.Login{{User: "exampleKey", Password: "exam:ple/Token@?#"}}})
	if _, err := guard.CheckSocket(r, time.Time{}); err != nil {
		t.Error(err)
	}
}

func TestNoErrorShowsALogin(t *testing.T) {
	c := exotel.Carrier(exotel.Config{})
	for _, rawURL := range []string{
		"wss://user:hunter2@b.example.com/m", "wss://user:hunter2 x@b.example.com/m", "wss://user:hunter2#x@b.example.com/m",
		"wss://user:hunter2@b.example.com:port/m", "https://user:hunter2@b.example.com/m", "wss://user:hunter2@b.example.com/%zz",
	} {
		_, err1 := c.Webhook.Answer(telephony.Stream{URL: rawURL})
		_, err2 := c.Peer.Open(telephony.Stream{URL: rawURL + "?sample-rate=1"}, telephony.PeerCall{CallID: "c", StreamID: "s"})
		_, err3 := c.Peer.ReadAnswer(telephony.Document{Body: []byte(`{"url":"` + rawURL + `?sample-rate=1"}`)})
		for _, err := range []error{err1, err2, err3} {
			if err == nil || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("%s: %v", rawURL, err)
			}
		}
	}
}

func FuzzCheck(f *testing.F) {
	f.Add(answerURL+secret, exampleAs)
	f.Add("://", "Basic Og==")
	f.Add(answerURL+"%", "Basic")
	f.Fuzz(func(t *testing.T, rawURL, authorization string) {
		guard := exotel.NewGuard(exotel.GuardConfig{
			Keys: []string{rand.Text(), ""}, Logins: []exotel.Login{{User: "u", Password: rand.Text()}, {User: "u"}, {}},
		})
		if proof, err := guard.Check(asked(rawURL, authorization), time.Time{}); err == nil {
			t.Errorf("accepted without the key: %+v", proof)
		}
		if proof, err := guard.CheckSocket(asked(rawURL, authorization), time.Time{}); err == nil {
			t.Errorf("socket accepted without the login: %+v", proof)
		}
	})
}

func TestThePeersRequestsPassTheGuard(t *testing.T) {
	c := exotel.Carrier(exotel.Config{})
	who := telephony.PeerCall{CallID: "c0ffee01", StreamID: "st_1", From: "09100000001", To: "08000000002"}
	const base = "https://bridge.example.com/telephony/exotel/"
	announce, err1 := c.Peer.Announce(answerURL+secret, who)
	report, err2 := exotel.Carrier(exotel.Config{}).Peer.Report(base+"status/"+secret, who, telephony.Status{State: telephony.StateRinging})
	recovery, err3 := c.Peer.AskRecover(base+"recover/"+secret, telephony.Stream{}, who, telephony.StreamBroken)
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	byKey := guarded("next", secret)
	byLogin := exotel.NewGuard(exotel.GuardConfig{Logins: []exotel.Login{{User: "exampleKey", Password: "next"}, example()}})
	for _, r := range []*http.Request{announce, report, recovery} {
		if err := exotel.NewSigner(example()).Sign(r, nil, time.Time{}); err != nil {
			t.Fatal(err)
		}
		got := telephony.Signed{Method: r.Method, URL: r.URL.String(), Header: r.Header}
		for name, guard := range map[string]*exotel.Guard{"key": byKey, "login": byLogin} {
			if proof, err := guard.Check(got, time.Time{}); err != nil || proof != (telephony.Proof{Key: 1}) {
				t.Errorf("%s of %s: %+v, %v", name, r.URL.Path, proof, err)
			}
		}
	}
}
