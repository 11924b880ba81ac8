//go:build e2e

package e2e_test

import (
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/talkpath/talkpath/telephony"
)

// agreement holds one carrier's SDK and our code for that carrier against each
// other.
type agreement struct {
	carrier telephony.Carrier
	guard   telephony.Guard
	signer  telephony.Signer
	// other signs with a secret that neither the guard nor the SDK is given.
	other telephony.Signer
	// validates tells whether the SDK takes r.
	validates func(t reporter, r telephony.Signed) bool
	// signs adds the proof that the SDK makes of r with a secret: the one that
	// the guard has, or another.
	signs func(t reporter, r telephony.Signed, known bool)
	// changes are what the proof doesn't survive.
	changes []change
	// random draws a request without a proof.
	random func(t *rapid.T) telephony.Signed
}

// change alters a signed request. It returns false for a request that has
// nothing of that kind to alter.
type change struct {
	name string
	do   func(r *telephony.Signed) bool
}

// run holds both against each other: on what our simulator sends, and on
// requests that nobody would think of.
func (a agreement) run(t *testing.T) {
	t.Run("each takes what the other signs of the simulator's requests", func(t *testing.T) {
		for _, r := range simulated(t, a.carrier) {
			a.hold(t, r)
		}
	})
	t.Run("each takes what the other signs of any request", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) { a.hold(t, a.random(t)) })
	})
}

// hold signs r with ours and with theirs. Each must take the other's proof,
// and refuse it when it is another account's or r is changed behind it.
func (a agreement) hold(t reporter, r telephony.Signed) {
	t.Helper()
	now := time.Now()
	ours := a.signedBy(t, a.signer, r, now)
	if !a.validates(t, ours) {
		t.Errorf("the SDK refuses our signature of %s %s %q: %v", ours.Method, ours.URL, ours.Body, ours.Header)
	}
	theirs := copyOf(r)
	a.signs(t, theirs, true)
	if _, err := a.guard.Check(theirs, now); err != nil {
		t.Errorf("we refuse the SDK's signature of %s %s %q: %v", theirs.Method, theirs.URL, theirs.Body, err)
	}
	if a.validates(t, a.signedBy(t, a.other, r, now)) {
		t.Errorf("the SDK takes another account's signature of %s %s", r.Method, r.URL)
	}
	stranger := copyOf(r)
	a.signs(t, stranger, false)
	if _, err := a.guard.Check(stranger, now); !errors.Is(err, telephony.ErrForged) {
		t.Errorf("of another account's signature of %s %s we say %v", r.Method, r.URL, err)
	}
	a.holdChanged(t, ours, theirs, now)
}

// holdChanged changes what was signed by ours and by theirs.
func (a agreement) holdChanged(t reporter, ours, theirs telephony.Signed, now time.Time) {
	t.Helper()
	for _, c := range a.changes {
		changed := copyOf(ours)
		if !c.do(&changed) {
			continue
		}
		if a.validates(t, changed) {
			t.Errorf("the SDK takes %s %s %q with another %s", changed.Method, changed.URL, changed.Body, c.name)
		}
		changed = copyOf(theirs)
		c.do(&changed)
		if _, err := a.guard.Check(changed, now); !errors.Is(err, telephony.ErrForged) {
			t.Errorf("of %s %s %q with another %s we say %v", changed.Method, changed.URL, changed.Body, c.name, err)
		}
	}
}

// signedBy returns r with the proof of one of our signers.
func (a agreement) signedBy(t reporter, by telephony.Signer, r telephony.Signed, now time.Time) telephony.Signed {
	t.Helper()
	r = copyOf(r)
	sent := request(t, r)
	if err := by.Sign(sent, r.Body, now); err != nil {
		t.Fatalf("sign %s %s: %v", r.Method, r.URL, err)
	}
	r.URL, r.Header = sent.URL.String(), sent.Header
	return r
}

func copyOf(r telephony.Signed) telephony.Signed {
	r.Header, r.Body = r.Header.Clone(), slices.Clone(r.Body)
	if r.Header == nil {
		r.Header = http.Header{}
	}
	return r
}

// Changes that several carriers' proofs don't survive.
func otherPath() change {
	return change{"path", func(r *telephony.Signed) bool {
		base, query, found := strings.Cut(r.URL, "?")
		r.URL = base + "x"
		if found {
			r.URL += "?" + query
		}
		return true
	}}
}

func otherQuery() change {
	return change{"query", func(r *telephony.Signed) bool {
		between := "?"
		if strings.Contains(r.URL, "?") {
			between = "&"
		}
		r.URL += between + "added=1"
		return true
	}}
}

func otherForm() change {
	return change{"form", func(r *telephony.Signed) bool {
		if r.Method != http.MethodPost {
			return false
		}
		if len(r.Body) > 0 {
			r.Body = append(r.Body, '&')
		}
		r.Body = append(r.Body, "added=1"...)
		return true
	}}
}

func otherBody() change {
	return change{"body", func(r *telephony.Signed) bool {
		if r.Method != http.MethodPost {
			return false
		}
		r.Body = append(r.Body, ' ')
		return true
	}}
}

// otherHeader changes one letter or digit of each of the headers, behind what
// stands before it.
func otherHeader(behind string, names ...string) change {
	return change{strings.Join(names, ", "), func(r *telephony.Signed) bool {
		for _, name := range names {
			before, value, found := strings.Cut(r.Header.Get(name), behind)
			if !found || value == "" {
				continue
			}
			first := "1"
			if value[:1] == first {
				first = "2"
			}
			r.Header.Set(name, before+behind+first+value[1:])
		}
		return true
	}}
}

// simulated returns each request that our simulator makes in the carrier's
// name: the call's, its states' and endings', and that after a lost stream.
func simulated(t *testing.T, carrier telephony.Carrier) (all []telephony.Signed) {
	t.Helper()
	base := "https://bridge.example.com/telephony/" + carrier.Quirks.Name
	call := telephony.PeerCall{
		CallID: "c0ffee00-0000-4000-8000-000000000001", AccountID: "AC01", StreamID: "st-01",
		From: "+14155550100", To: "sip:front desk@example.com;user=phone",
	}
	add := func(r *http.Request, err error) {
		t.Helper()
		if err == nil {
			all = append(all, signed(t, r))
		} else if !errors.Is(err, telephony.ErrUnsendable) {
			t.Fatal(err)
		}
	}
	add(carrier.Peer.Announce(base+"/answer", call))
	add(carrier.Peer.Announce(base+"/answer?agent=front+desk&lang=%E0%A4%B9", call))
	for _, told := range statuses(carrier) {
		add(carrier.Peer.Report(base+"/status?call=17", call, told))
	}
	s := telephony.Stream{URL: "wss://bridge.example.com/media", RecoverURL: base + "/recover?ticket=abc123"}
	for _, why := range []telephony.StreamEnd{telephony.StreamClosed, telephony.StreamBroken, telephony.StreamFailed} {
		add(carrier.Peer.AskRecover(base+"/recover", s, call, why))
	}
	if len(all) < 2 {
		t.Fatalf("the simulator makes %d requests", len(all))
	}
	return all
}

// statuses are what can be told of a call and of its stream.
func statuses(carrier telephony.Carrier) (all []telephony.Status) {
	at := time.Now().Truncate(time.Second)
	for _, state := range []telephony.CallState{telephony.StateInitiated, telephony.StateRinging, telephony.StateAnswered} {
		all = append(all, telephony.Status{State: state, At: at})
	}
	endings := map[telephony.Ending]bool{}
	for _, row := range carrier.Quirks.Endings {
		endings[row.Ending] = true
	}
	for _, ending := range slices.Sorted(maps.Keys(endings)) {
		all = append(all, telephony.Status{State: telephony.StateEnded, Ending: ending, Duration: 61 * time.Second, At: at})
	}
	return append(all, telephony.Status{StreamID: "st-01", Fault: "broken", At: at}, telephony.Status{StreamID: "st-01", At: at})
}

// randomText draws what parameters may hold. Beyond the basic plane it has
// nothing that JavaScript and Go would sort differently: JavaScript compares
// UTF-16, and only characters from U+E000 on stand elsewhere in it.
func randomText(most int) *rapid.Generator[string] {
	alphabet := []rune("abzABZ0189 +&=%.,;:/?#@'\"<>~-_*()[]{}|\\^`!$äßéहि中\u00a0\u2028😀\t\n")
	return rapid.StringOfN(rapid.RuneFrom(alphabet), 0, most, -1)
}

// randomFields draws parameters, some of them blank, some with several values.
func randomFields(t *rapid.T, label string, repeated bool) url.Values {
	fields := url.Values{}
	value := rapid.OneOf(randomText(12), rapid.SampledFrom([]string{"", "a", "b"})) // some alike
	name := rapid.StringMatching(`[A-Za-z_][A-Za-z0-9_.\-äह ]{0,8}`)
	for range rapid.IntRange(0, 6).Draw(t, label) {
		key, values := name.Draw(t, "name"), 1
		if repeated {
			values = rapid.SampledFrom([]int{1, 1, 1, 2, 3}).Draw(t, "values")
		}
		for range values {
			if repeated || !fields.Has(key) {
				fields.Add(key, value.Draw(t, "value"))
			}
		}
	}
	return fields
}

// randomURL draws a URL as a customer would have configured it, with the
// fields as its query.
func randomURL(t *rapid.T, fields url.Values) string {
	host := rapid.SampledFrom([]string{"bridge.example.com", "bridge.example.com:8443", "xn--brcke-lva.example"}).Draw(t, "host")
	path := rapid.SampledFrom([]string{"", "/", "/a", "/a/", "/telephony/x/answer", "/a%20b/%E4%B8%AD", "/a.b;c=d,e"}).Draw(t, "path")
	raw := "https://" + host + path
	if len(fields) > 0 {
		raw += "?" + fields.Encode()
	}
	return raw
}

// randomForm draws a GET with a query, or a POST with a query and a form.
func randomForm(t *rapid.T) telephony.Signed {
	r := telephony.Signed{Method: http.MethodGet, Header: http.Header{}}
	r.URL = randomURL(t, randomFields(t, "query", true))
	if rapid.Bool().Draw(t, "post") {
		r.Method = http.MethodPost
		r.Body = []byte(randomFields(t, "form", true).Encode())
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return r
}
