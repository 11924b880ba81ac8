package plivo_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/plivo"
)

const (
	formType = "application/x-www-form-urlencoded"
	token    = "example-plivo-auth-token-0001"
	nonce    = "12345678901234567890"
)

var now = time.Unix(1767225600, 0)

// vector is a request and its signature.
type vector struct {
	token, nonce, method, url, form, signature string
}

// vectors are those of plivo-go's utils_test.go, and others that were checked
// with the functions of plivo-go and of plivo-python.
func vectors() []vector {
	const (
		sdkToken = "Y2Q2ZDgxZmY5YWRiOTI5YmQ1Njg0MTAxZWIyOTc4"
		sdkNonce = "31627761595286130198"
		sdkURL   = "https://plivobin.non-prod.plivops.com/api/v1/validate_signature03.xml"
		answer   = "https://bridge.example.com/plivo/answer"
	)
	call := "3e82ae9d-2c78-4d85-b1a4-6eae7dbafb36"
	sdk := url.Values{
		"Direction": {"outbound"}, "From": {"19792014278"}, "CallUUID": {call}, "ALegUUID": {call},
		"RequestUUID": {call}, "ALegRequestUUID": {call}, "CallStatus": {"in-progress"}, "BillRate": {"0.002"},
		"ParentAuthID": {"MANWVLYTK4ZWU1YTY4QA"}, "Event": {"StartApp"}, "SessionStart": {"2020-04-08 11:34:33.238707"},
		"To":       {"sip:PlivoSignature382029104058171078704104@phone-qa.voice.plivodev.com"},
		"SIP-H-To": {"<sip:PlivoSignature382029104058171078704104@52.9.11.55;transport=udp>;tag=1"},
	}.Encode()
	own := url.Values{
		"CallStatus": {"in-progress"}, "CallUUID": {"11111111-2222-4333-8444-555555555555"}, "Direction": {"inbound"},
		"Event": {"StartApp"}, "From": {"14155550100"}, "To": {"14155550199"},
	}.Encode()
	return []vector{
		{sdkToken, sdkNonce, "POST", sdkURL + "/?a=b&c=d", sdk, "k7Pusd4OxCIjR5IfA9iedDNu/h/gbdYqdzG/MiYtd1c="},
		{sdkToken, sdkNonce, "GET", sdkURL + "/?a=b&c=d&" + sdk, "", "UBq8jAtd32wR8EK9VgxbBn4n5rpI/l1H9iN4WfSEHFQ="},
		{sdkToken, sdkNonce, "POST", sdkURL, sdk, "iAjE5QqI37mbkYe4w3jTMudqEzbDufdqi7sYwTu64e0="},
		{sdkToken, sdkNonce, "GET", sdkURL + "?" + sdk, "", "i/MQsaQSAd6fiKhOh2qeeeLHZ9faldADSb3/7+Akfbc="},
		{token, nonce, "POST", answer + "?agent=a1&lang=hi", own, "05YFldI9couCYMEmHS8QPSS2r4sD37no0T5ntiZ4khg="},
		{token, nonce, "POST", answer, own, "vckncCBiKYEkahI4sODgIyiyUPGgyTxGtH3e5AzebPE="},
		{token, nonce, "POST", answer, "", "BQYq8CkCEHkf3GAVCPNl/70xJAzTEptnT9N29KNKOME="},
		{token, nonce, "POST", answer + "?agent=a1", "", "WLraFyyaQHA/4ra5ygdYDepYZ73gRfzCw/CYQUPVuHI="},
		{token, nonce, "GET", answer + "?agent=a1&" + own, "", "7SAa8TxBv6Mpf5hFublRrS7ZRANch6ZhpbyC62NkyVE="},
		{token, nonce, "GET", "https://b.example.com/x?a=1%202&b=%2B91", "", "AojEpgYuDocvSZdm21WAtsDFlsWMYd/26AFjwHRQxD4="},
		{token, nonce, "POST", "https://b.example.com/x", "Q=a+b.&To=%2B91", "/EeuX9DKpsf17TF56rDxVCYVhvSHtzKmVdzuFGHfwPs="},
	}
}

func TestSignaturesArePlivos(t *testing.T) {
	for _, v := range vectors() {
		r := v.request(t)
		r.Header.Set("X-Plivo-Signature-V3-Nonce", v.nonce)
		if err := plivo.NewSigner(v.token).Sign(r, []byte(v.form), now); err != nil {
			t.Fatal(err)
		}
		if got := r.Header.Get("X-Plivo-Signature-V3"); got != v.signature || r.Header.Get("X-Plivo-Signature-Ma-V3") != got {
			t.Errorf("%s %.60s: signed %s, want %s", v.method, v.url, got, v.signature)
		}
		proof, err := guardOf(v.token).Check(v.signed(), now)
		if want := (telephony.Proof{Once: v.nonce}); err != nil || proof != want {
			t.Errorf("%s %.60s: %+v, %v", v.method, v.url, proof, err)
		}
		withFragment := v.signed()
		withFragment.URL += "#rc=2&er=mumbai"
		if _, err := guardOf(v.token).Check(withFragment, now); err != nil {
			t.Errorf("%s with a fragment: %v", v.method, err)
		}
	}
}

func TestAnAlteredByteAnywhereIsRefused(t *testing.T) {
	refused := func(v vector, what string) {
		t.Helper()
		if proof, err := guardOf(token).Check(v.signed(), now); !errors.Is(err, telephony.ErrForged) {
			t.Errorf("%s: %+v, %v", what, proof, err)
		}
	}
	for _, v := range vectors()[4:] {
		for i := range v.url {
			altered := v
			altered.url = flip(v.url, i)
			if sameQuery(v.url, altered.url) {
				continue
			}
			refused(altered, "URL "+altered.url)
		}
		for i := range v.form {
			altered := v
			altered.form = flip(v.form, i)
			refused(altered, "form "+altered.form)
		}
		for i := range v.signature {
			altered := v
			altered.signature = flip(v.signature, i)
			refused(altered, "signature "+altered.signature)
		}
		altered := v
		altered.nonce = flip(v.nonce, 3)
		refused(altered, "nonce")
		altered = v
		altered.form += "&Extra=1"
		if v.method == http.MethodPost {
			refused(altered, "one more field")
		}
		altered = v
		altered.method = map[string]string{"GET": "POST", "POST": "GET"}[v.method]
		if v.form != "" {
			refused(altered, "method")
		}
	}
}

// Each pair must have one signature, and each of the others another.
func TestFieldsAreSignedSortedAndWithBlankOnes(t *testing.T) {
	signature := func(url, form string) string {
		t.Helper()
		v := vector{method: "POST", url: "https://b.example.com/x" + url, form: form}
		r := v.request(t)
		r.Header.Set("X-Plivo-Signature-V3-Nonce", nonce)
		if err := plivo.NewSigner(token).Sign(r, []byte(form), now); err != nil {
			t.Fatal(err)
		}
		v.nonce, v.signature = nonce, r.Header.Get("X-Plivo-Signature-V3")
		if _, err := guardOf(token).Check(v.signed(), now); err != nil {
			t.Errorf("%s with %s is refused: %v", url, form, err)
		}
		return v.signature
	}
	seen := map[string]string{}
	for _, same := range [][][2]string{
		{{"", "b=2&a=1"}, {"", "a=1&b=2"}},
		{{"", "a=2&a=1"}, {"", "a=1&a=2"}},
		{{"", "a=1&b=2&blank="}, {"", "a=1&b=2&blank"}},
		{{"?b=2&a=1", ""}, {"?a=1&b=2", ""}},
		{{"?a=2&a=1", ""}, {"?a=1&a=2", ""}},
		{{"?blank=", ""}, {"?blank", ""}},
		{{"?a=1", "b=2"}},
		{{"", "B=2&a=1"}, {"", "a=1&B=2"}}, // capitals come first
		{{"", "a=%C3%BC"}, {"", "a=ü"}},
		{{"", "a=x.y%26z%3D"}},
		{{"", "a=ends."}},
		{{"", "a=ends"}},
	} {
		first := signature(same[0][0], same[0][1])
		for _, other := range same[1:] {
			if got := signature(other[0], other[1]); got != first {
				t.Errorf("%v and %v differ", same[0], other)
			}
		}
		if before, twice := seen[first]; twice {
			t.Errorf("%v and %v have one signature", before, same[0])
		}
		seen[first] = same[0][0] + " " + same[0][1]
	}
}

// The signatures are OpenSSL's, over the text, a dot and the nonce.
func TestTextThatIsSigned(t *testing.T) {
	for text, v := range map[string]vector{
		"https://b.example.com/x?a=&b=1&b=2": {method: "GET", url: "https://b.example.com/x?b=2&a&b=1", signature: "bKYRr73XVaSfj3FiN9tKvRafS9F7AI4oFvG119NvMN0="},
		"https://b.example.com/x?q=1.Ba1a2b": {method: "POST", url: "https://b.example.com/x?q=1", form: "a=2&b=&a=1&B=", signature: "UEFPfdGVn2xlBn3imXwFLoKskbSnq2iFllTH1WVwHzE="},
		"https://b.example.com/x?aü":         {method: "POST", url: "https://b.example.com/x", form: "a=%C3%BC", signature: "sPDN4l+OU7/GZbJq75NR2RHNre6b4oaCRIZWFE6DsoA="},
	} {
		v.nonce = nonce
		if _, err := guardOf(token).Check(v.signed(), now); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestAnyOfSeveralSignaturesWillDo(t *testing.T) {
	v := vectors()[5]
	for name, header := range map[string]http.Header{
		"of the account":      {"X-Plivo-Signature-V3": {v.signature}},
		"of the main account": {"X-Plivo-Signature-V3": {"AAAA"}, "X-Plivo-Signature-Ma-V3": {v.signature}},
		"main account only":   {"X-Plivo-Signature-Ma-V3": {v.signature}},
		"first of a list":     {"X-Plivo-Signature-V3": {v.signature + ",AAAA"}},
		"last of a list":      {"X-Plivo-Signature-V3": {"AAAA, BBBB , " + v.signature}},
		"in a second header":  {"X-Plivo-Signature-V3": {"AAAA", v.signature}},
	} {
		header.Set("X-Plivo-Signature-V3-Nonce", nonce)
		r := v.signed()
		r.Header = header
		if proof, err := guardOf(token).Check(r, now); err != nil || proof.Once != nonce {
			t.Errorf("%s: %+v, %v", name, proof, err)
		}
	}
}

func TestTokensMayBeReplaced(t *testing.T) {
	v := vectors()[5]
	for i, tokens := range [][]string{{token, "new"}, {"new", token}, {"", "new", token}} {
		if proof, err := guardOf(tokens...).Check(v.signed(), now); err != nil || proof.Key != i {
			t.Errorf("%d: %+v, %v", i, proof, err)
		}
	}
	if proof, err := guardOf("new").Check(v.signed(), now); !errors.Is(err, telephony.ErrForged) {
		t.Errorf("after the rotation: %+v, %v", proof, err)
	}
}

func TestWithoutATokenNothingPasses(t *testing.T) {
	v := vectors()[5]
	empty := v.request(t)
	empty.Header.Set("X-Plivo-Signature-V3-Nonce", nonce)
	if err := plivo.NewSigner("").Sign(empty, []byte(v.form), now); err != nil {
		t.Fatal(err)
	}
	byNobody := v.signed()
	byNobody.Header = empty.Header
	blank := v.signed()
	blank.Header = http.Header{"X-Plivo-Signature-V3": {","}, "X-Plivo-Signature-V3-Nonce": {nonce}}
	for name, r := range map[string]telephony.Signed{"empty token": byNobody, "signed": v.signed(), "blank": blank} {
		for _, tokens := range [][]string{nil, {}, {""}, {"", ""}} {
			if proof, err := guardOf(tokens...).Check(r, now); err == nil {
				t.Errorf("%s with tokens %q: %+v", name, tokens, proof)
			}
			if proof, err := guardOf(tokens...).CheckSocket(r, now); err == nil {
				t.Errorf("%s as a socket with tokens %q: %+v", name, tokens, proof)
			}
		}
	}
}

func TestRequestsWithoutProofAreUnsigned(t *testing.T) {
	v := vectors()[5]
	for name, header := range map[string]http.Header{
		"nothing":         {},
		"nonce only":      {"X-Plivo-Signature-V3-Nonce": {nonce}},
		"no nonce":        {"X-Plivo-Signature-V3": {v.signature}},
		"empty signature": {"X-Plivo-Signature-V3": {""}, "X-Plivo-Signature-V3-Nonce": {nonce}},
		"V2 only":         {"X-Plivo-Signature-V2": {"ehV3IKhLysWBxC1sy8INm0qGoQYdYsHwuoKjsX7FsXc="}, "X-Plivo-Signature-V2-Nonce": {"12345"}},
	} {
		r := v.signed()
		r.Header = header
		if proof, err := guardOf(token).Check(r, now); !errors.Is(err, telephony.ErrUnsigned) {
			t.Errorf("%s: %+v, %v", name, proof, err)
		}
		r.Method, r.Body = http.MethodGet, nil
		if proof, err := guardOf(token).CheckSocket(r, now); !errors.Is(err, telephony.ErrUnsigned) {
			t.Errorf("%s as a socket: %+v, %v", name, proof, err)
		}
	}
}

// V2's own vector of the SDK's tests is right, and still no proof.
func TestSignatureV2VouchesForNothing(t *testing.T) {
	r := telephony.Signed{Method: http.MethodPost, URL: "https://answer.url", Body: []byte("From=1"), Header: http.Header{
		"X-Plivo-Signature-V2": {"ehV3IKhLysWBxC1sy8INm0qGoQYdYsHwuoKjsX7FsXc="}, "X-Plivo-Signature-V2-Nonce": {"12345"},
	}}
	if _, err := guardOf("my_auth_token").Check(r, now); !errors.Is(err, telephony.ErrUnsigned) {
		t.Errorf("error %v", err)
	}
}

func TestWhatNoSignatureCoversIsRefused(t *testing.T) {
	get := vectors()[8]
	get.form = "From=14155550100"
	long := vectors()[5]
	long.nonce = strings.Repeat("1", 65)
	put := vectors()[5]
	put.method = http.MethodPut
	query := vectors()[5]
	query.url += "?a=%zz"
	form := vectors()[5]
	form.form += "&a=%zz"
	for name, v := range map[string]vector{"GET with a body": get, "long nonce": long, "PUT": put, "query": query, "form": form} {
		if proof, err := guardOf(token).Check(v.signed(), now); !errors.Is(err, telephony.ErrForged) {
			t.Errorf("%s: %+v, %v", name, proof, err)
		}
		if v.method == http.MethodPut || v.url == query.url {
			if err := plivo.NewSigner(token).Sign(v.request(t), nil, now); err == nil {
				t.Errorf("%s was signed", name)
			}
		}
	}
}

func TestEveryRequestHasItsOwnNonce(t *testing.T) {
	v := vectors()[5]
	seen := map[string]bool{}
	for range 50 {
		r := v.request(t)
		if err := plivo.NewSigner(token).Sign(r, []byte(v.form), now); err != nil {
			t.Fatal(err)
		}
		got := r.Header.Get("X-Plivo-Signature-V3-Nonce")
		if len(got) != 20 || strings.Trim(got, "0123456789") != "" || seen[got] {
			t.Errorf("nonce %q", got)
		}
		seen[got] = true
		signed := v.signed()
		signed.Header = r.Header
		if proof, err := guardOf(token).Check(signed, now); err != nil || proof.Once != got {
			t.Errorf("%+v, %v", proof, err)
		}
	}
}

func guardOf(tokens ...string) telephony.Guard {
	return plivo.NewGuard(plivo.GuardConfig{AuthTokens: tokens})
}

// signed returns the vector as a guard gets it.
func (v vector) signed() telephony.Signed {
	return telephony.Signed{
		Method: v.method, URL: v.url, Body: []byte(v.form),
		Header: http.Header{
			"Content-Type": {formType}, "X-Plivo-Signature-V3": {v.signature}, "X-Plivo-Signature-V3-Nonce": {v.nonce},
		},
	}
}

// request returns the vector as it is sent, not signed yet.
func (v vector) request(t *testing.T) *http.Request {
	t.Helper()
	r, err := http.NewRequest(v.method, v.url, strings.NewReader(v.form))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// flip returns s with another byte at i.
func flip(s string, i int) string {
	return s[:i] + string(rune(s[i]^1)) + s[i+1:]
}

// sameQuery reports whether two URLs differ in nothing that is signed.
func sameQuery(a, b string) bool {
	beforeA, queryA, _ := strings.Cut(a, "?")
	beforeB, queryB, _ := strings.Cut(b, "?")
	valuesA, _ := url.ParseQuery(queryA)
	valuesB, err := url.ParseQuery(queryB)
	return err == nil && beforeA == beforeB && valuesA.Encode() == valuesB.Encode()
}
