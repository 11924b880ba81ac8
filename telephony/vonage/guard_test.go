package vonage_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/vonage"
)

const (
	secret   = "example-vonage-signature-secret-0001"
	tokenID  = "00000000-0000-4000-8000-000000000001"
	ownURL   = "https://bridge.example.com/telephony/vonage/answer"
	ownBody  = `{"from":"14155550100","to":"14155550199","uuid":"aaaaaaaa-bbbb-4ccc-8ddd-000000000001","conversation_uuid":"CON-aaaaaaaa-bbbb-4ccc-8ddd-000000000002"}`
	ownToken = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpYXQiOjE3NjcyMjU2MDAsImp0aSI6IjAwMDAwMDAwLTAwMDAtNDAwMC04MDAwLTAwMDAwMDAwMDAwMSIsImlzcyI6IlZvbmFnZSIsInBheWxvYWRfaGFzaCI6ImIxMjU5MDlkN2NjODRkZjY2YmVhNzZjMTlhMDYxYTQzZjNiZDlmZTBkNjIxNWYyMGU4M2FjNWQ0ZjY5YTllZTciLCJhcGlfa2V5IjoiYWJjZDEyMzQiLCJhcHBsaWNhdGlvbl9pZCI6IjAwMDAwMDAwLTAwMDAtNDAwMC04MDAwLTAwMDAwMDAwMDBhYSJ9.jsDGvH93lVculzHZKv3y_FgmPxA8aJCwobQYHneuWp0"
)

var now = time.Unix(1767225600, 0)

func configured(secrets ...string) telephony.Guard {
	return vonage.NewGuard(vonage.GuardConfig{
		Secrets: secrets, ApplicationID: "00000000-0000-4000-8000-0000000000aa", APIKey: "abcd1234",
	})
}

func signing() vonage.SignerConfig {
	return vonage.SignerConfig{Secret: secret, ApplicationID: "00000000-0000-4000-8000-0000000000aa", APIKey: "abcd1234"}
}

func posted(token, body string) telephony.Signed {
	return telephony.Signed{
		Method: http.MethodPost, URL: ownURL, Body: []byte(body),
		Header: http.Header{"Authorization": {"Bearer " + token}},
	}
}

func TestTokensAreVonages(t *testing.T) {
	r, err := http.NewRequest(http.MethodPost, ownURL, strings.NewReader(ownBody))
	if err != nil {
		t.Fatal(err)
	}
	if err := vonage.SignAs(signing(), tokenID, r, []byte(ownBody), now); err != nil {
		t.Fatal(err)
	}
	if got := r.Header.Get("Authorization"); got != "Bearer "+ownToken {
		t.Errorf("signed\n%s, want\n%s", got, ownToken)
	}
	want := telephony.Proof{Once: tokenID}
	if proof, err := configured(secret).Check(posted(ownToken, ownBody), now); err != nil || proof != want {
		t.Errorf("%+v, %v", proof, err)
	}
}

// Of Vonage's Python SDK, jwt/tests/test_verify_jwt.py: it has none of the
// claims of a webhook, so that it shows the signature only.
func TestSignatureIsThatOfTheSDK(t *testing.T) {
	const (
		sdkSecret = "qwertyuiopasdfghjklzxcvbnm123456"
		signed    = "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJPbmxpbmUgSldUIEJ1aWxkZXIiLCJpYXQiOjE2OTc2MzQ2ODAsImV4cCI6MzMyNTQ1NDA4MjgsImF1ZCI6IiIsInN1YiI6IiJ9"
		signature = "88vJc3I2HhuqEDixHXVhc9R30tA6U_HQHZTC29y6CGM"
	)
	if got := vonage.SignatureOf(signed, sdkSecret); got != signature {
		t.Errorf("signature %s", got)
	}
	if key, err := vonage.SignedBy(signed+"."+signature, "old", sdkSecret); err != nil || key != 1 {
		t.Errorf("secret %d, %v", key, err)
	}
	if _, err := vonage.SignedBy(signed+"."+signature, "old"); err == nil {
		t.Error("another secret signed it")
	}
	if proof, err := configured(sdkSecret).Check(posted(signed+"."+signature, ""), time.Unix(1697634680, 0)); !errors.Is(err, telephony.ErrForged) {
		t.Errorf("a token that isn't of a webhook: %+v, %v", proof, err)
	}
}

func TestAnAlteredByteAnywhereIsRefused(t *testing.T) {
	flip := func(s string, i int) string { return s[:i] + string(rune(s[i]^1)) + s[i+1:] }
	for i := range ownBody {
		if proof, err := configured(secret).Check(posted(ownToken, flip(ownBody, i)), now); !errors.Is(err, telephony.ErrForged) {
			t.Errorf("body %d: %+v, %v", i, proof, err)
		}
	}
	for i := range ownToken {
		if proof, err := configured(secret).Check(posted(flip(ownToken, i), ownBody), now); !errors.Is(err, telephony.ErrForged) {
			t.Errorf("token %d: %+v, %v", i, proof, err)
		}
	}
	for _, body := range []string{"", ownBody + " ", strings.ReplaceAll(ownBody, ",", ", ")} {
		if proof, err := configured(secret).Check(posted(ownToken, body), now); !errors.Is(err, telephony.ErrForged) {
			t.Errorf("%s: %+v, %v", body, proof, err)
		}
	}
}

// forge returns a token of these parts with a right signature.
func forge(header, claims string) string {
	part := base64.RawURLEncoding.EncodeToString
	signed := part([]byte(header)) + "." + part([]byte(claims))
	return signed + "." + vonage.SignatureOf(signed, secret)
}

// claim returns the claims of the own vector with some of them replaced.
func claim(replaced ...string) string {
	claims := `{"iat":1767225600,"jti":"` + tokenID + `","iss":"Vonage",` +
		`"payload_hash":"b125909d7cc84df66bea76c19a061a43f3bd9fe0d6215f20e83ac5d4f69a9ee7",` +
		`"api_key":"abcd1234","application_id":"00000000-0000-4000-8000-0000000000aa"}`
	return strings.NewReplacer(replaced...).Replace(claims)
}

func TestOnlyHS256IsTaken(t *testing.T) {
	const right = `{"alg":"HS256","typ":"JWT"}`
	if forge(right, claim()) != ownToken {
		t.Fatal("the test forges another token")
	}
	for _, header := range []string{
		`{"alg":"none"}`, `{"alg":"None"}`, `{"alg":"RS256"}`, `{"alg":"HS512"}`, `{"alg":"hs256"}`, `{"alg":""}`, `{}`,
		`{"alg":["HS256"]}`, `{"alg":"HS256","crit":["exp"]}`, `null`, `[]`, ``, `{"alg":"HS256"`,
	} {
		if proof, err := configured(secret).Check(posted(forge(header, claim()), ownBody), now); !errors.Is(err, telephony.ErrForged) {
			t.Errorf("%s: %+v, %v", header, proof, err)
		}
	}
	none := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`))
	for _, token := range []string{
		none + ownToken[strings.IndexByte(ownToken, '.'):strings.LastIndexByte(ownToken, '.')] + ".",
		ownToken[:strings.LastIndexByte(ownToken, '.')+1], ownToken[:strings.LastIndexByte(ownToken, '.')],
		ownToken + ".", ownToken + "=", "." + ownToken, "..", "a.b.c", "a", strings.Repeat("a", 5000) + ownToken,
	} {
		if proof, err := configured(secret).Check(posted(token, ownBody), now); !errors.Is(err, telephony.ErrForged) {
			t.Errorf("%.60s: %+v, %v", token, proof, err)
		}
	}
}

func TestATokenMustBeForUsAndForNow(t *testing.T) {
	const iat = `1767225600`
	for name, test := range map[string]struct {
		claims string
		want   error // nil where it passes
	}{
		"as it is":             {claim(), nil},
		"more claims":          {claim(`{`, `{"sub":"x","aud":["y"],`), nil},
		"another issuer":       {claim(`"Vonage"`, `"vonage"`), telephony.ErrForged},
		"no issuer":            {claim(`"iss"`, `"iss2"`), telephony.ErrForged},
		"another application":  {claim(`0000000000aa`, `0000000000ab`), telephony.ErrForged},
		"no application":       {claim(`application_id`, `application`), telephony.ErrForged},
		"another key":          {claim(`abcd1234`, `abcd1235`), telephony.ErrForged},
		"no id":                {claim(tokenID, ``), telephony.ErrForged},
		"no id at all":         {claim(`jti`, `jti2`), telephony.ErrForged},
		"a long id":            {claim(tokenID, strings.Repeat("x", 129)), telephony.ErrForged},
		"an id that is a list": {claim(`"`+tokenID+`"`, `[]`), telephony.ErrForged},
		"no time":              {claim(`iat`, `iat2`), telephony.ErrForged},
		"time as text":         {claim(iat, `"`+iat+`"`), telephony.ErrForged},
		"time without end":     {claim(iat, `1e300`), telephony.ErrForged},
		"a fraction":           {claim(iat, iat+`.25`), nil},
		"five minutes ago":     {claim(iat, `1767225300`), nil},
		"a second more":        {claim(iat, `1767225299`), telephony.ErrStale},
		"five minutes ahead":   {claim(iat, `1767225900`), nil},
		"a second further":     {claim(iat, `1767225901`), telephony.ErrStale},
		"expires later":        {claim(`{`, `{"exp":1767225601,`), nil},
		"expires now":          {claim(`{`, `{"exp":1767225600,`), telephony.ErrStale},
		"expires who knows":    {claim(`{`, `{"exp":1e300,`), telephony.ErrStale},
		"good from now on":     {claim(`{`, `{"nbf":1767225600,`), nil},
		"good later":           {claim(`{`, `{"nbf":1767225601,`), telephony.ErrStale},
		"no hash":              {claim(`payload_hash`, `payload`), telephony.ErrForged},
		"hash in capitals":     {claim(`b125909d`, `B125909D`), telephony.ErrForged},
		"hash of nothing":      {claim(`b125909d7cc84df66bea76c19a061a43f3bd9fe0d6215f20e83ac5d4f69a9ee7`, emptyHash), telephony.ErrForged},
		"not an object":        {`[]`, telephony.ErrForged},
		"nothing":              {``, telephony.ErrForged},
	} {
		proof, err := configured(secret).Check(posted(forge(`{"alg":"HS256","typ":"JWT"}`, test.claims), ownBody), now)
		if !errors.Is(err, test.want) || test.want != nil && proof != (telephony.Proof{}) {
			t.Errorf("%s: %+v, %v; want %v", name, proof, err, test.want)
		}
	}
	other := forge(`{"alg":"HS256"}`, claim(`abcd1234`, `x`, `0000000000aa`, `x`))
	if _, err := vonage.NewGuard(vonage.GuardConfig{Secrets: []string{secret}}).Check(posted(other, ownBody), now); err != nil {
		t.Errorf("any application, any key: %v", err)
	}
	if strings.Contains(fmt.Sprint(configured("x").Check(posted(ownToken, ownBody), now)), secret) {
		t.Error("an error tells the secret")
	}
}

const emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

func TestAPostWithoutABodyNeedsNoHash(t *testing.T) {
	for hash, want := range map[string]error{
		`"` + emptyHash + `"`: nil, `null`: nil,
		`"b125909d7cc84df66bea76c19a061a43f3bd9fe0d6215f20e83ac5d4f69a9ee7"`: telephony.ErrForged,
	} {
		token := forge(`{"alg":"HS256"}`, claim(`"b125909d7cc84df66bea76c19a061a43f3bd9fe0d6215f20e83ac5d4f69a9ee7"`, hash))
		if proof, err := configured(secret).Check(posted(token, ""), now); !errors.Is(err, want) {
			t.Errorf("%s: %+v, %v", hash, proof, err)
		}
	}
}

// The hash of a GET is of its query's parameters as JSON, in their order.
func TestQueryOfAGetIsSigned(t *testing.T) {
	const (
		query = "to=14155550199&from=14155550100&uuid=u1&x=a%20b%22&y="
		// Of {"to":"14155550199","from":"14155550100","uuid":"u1","x":"a b\"","y":""}.
		hash = "1cf18f0e068b7fef99f71d401fe9c3919087c80db2e4c508ef78aa4aa3d53b09"
	)
	hashed := func(hash string) string {
		return forge(`{"alg":"HS256"}`, claim(`b125909d7cc84df66bea76c19a061a43f3bd9fe0d6215f20e83ac5d4f69a9ee7`, hash))
	}
	get := func(token, query, body string) telephony.Signed {
		r := posted(token, body)
		r.Method, r.URL = http.MethodGet, ownURL+"?"+query
		return r
	}
	for form, token := range map[string]string{
		"query": hashed(hash), "empty": hashed(emptyHash), "nothing": forge(`{"alg":"HS256"}`, claim(`payload_hash`, `x`)),
	} {
		want := telephony.Proof{Form: form, Once: tokenID}
		if proof, err := configured(secret).Check(get(token, query, ""), now); err != nil || proof != want {
			t.Errorf("%s: %+v, %v", form, proof, err)
		}
		if proof, err := configured(secret).Check(get(token, query, "x"), now); !errors.Is(err, telephony.ErrForged) {
			t.Errorf("%s with a body: %+v, %v", form, proof, err)
		}
	}
	for i := range query {
		altered := query[:i] + string(rune(query[i]^1)) + query[i+1:]
		if proof, err := configured(secret).Check(get(hashed(hash), altered, ""), now); !errors.Is(err, telephony.ErrForged) {
			t.Errorf("%s: %+v, %v", altered, proof, err)
		}
	}
	for _, altered := range []string{"", query + "&z=1", "from=14155550100&to=14155550199&uuid=u1&x=a%20b%22&y=", "a=%zz", "%zz=a"} {
		if proof, err := configured(secret).Check(get(hashed(hash), altered, ""), now); !errors.Is(err, telephony.ErrForged) {
			t.Errorf("%s: %+v, %v", altered, proof, err)
		}
	}
	put := get(hashed(hash), query, "")
	put.Method = http.MethodPut
	if proof, err := configured(secret).Check(put, now); !errors.Is(err, telephony.ErrForged) {
		t.Errorf("PUT: %+v, %v", proof, err)
	}
	r, err := http.NewRequest(http.MethodGet, ownURL+"?"+query, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	if err := vonage.SignAs(signing(), tokenID, r, nil, now); err != nil {
		t.Fatal(err)
	}
	if got := r.Header.Get("Authorization"); got != "Bearer "+forge(`{"alg":"HS256","typ":"JWT"}`, claim(`b125909d7cc84df66bea76c19a061a43f3bd9fe0d6215f20e83ac5d4f69a9ee7`, hash)) {
		t.Errorf("signed %s", got)
	}
	r.URL.RawQuery = "a=%zz"
	if err := vonage.NewSigner(signing()).Sign(r, nil, now); err == nil {
		t.Error("a query that is none was signed")
	}
}

func TestSecretsMayBeReplaced(t *testing.T) {
	for i, secrets := range [][]string{{secret, "new"}, {"new", secret}, {"", "new", secret}} {
		if proof, err := configured(secrets...).Check(posted(ownToken, ownBody), now); err != nil || proof.Key != i {
			t.Errorf("%d: %+v, %v", i, proof, err)
		}
	}
	if proof, err := configured("new").Check(posted(ownToken, ownBody), now); !errors.Is(err, telephony.ErrForged) {
		t.Errorf("after the rotation: %+v, %v", proof, err)
	}
}

func TestWithoutASecretNothingPasses(t *testing.T) {
	signed := ownToken[:strings.LastIndexByte(ownToken, '.')+1]
	byNobody := signed + vonage.SignatureOf(strings.TrimSuffix(signed, "."), "")
	for _, secrets := range [][]string{nil, {}, {""}, {"", ""}} {
		for _, token := range []string{ownToken, signed, byNobody} {
			if proof, err := configured(secrets...).Check(posted(token, ownBody), now); !errors.Is(err, telephony.ErrForged) {
				t.Errorf("secrets %q: %+v, %v", secrets, proof, err)
			}
		}
	}
}

func TestRequestsWithoutATokenAreUnsigned(t *testing.T) {
	for _, header := range []string{"", "Bearer", "Bearer ", "Basic " + ownToken, ownToken, "Bearer" + ownToken} {
		r := posted(ownToken, ownBody)
		r.Header.Set("Authorization", header)
		if proof, err := configured(secret).Check(r, now); !errors.Is(err, telephony.ErrUnsigned) {
			t.Errorf("%.20q: %+v, %v", header, proof, err)
		}
	}
	r := posted(ownToken, ownBody)
	r.Header = nil
	if proof, err := configured(secret).Check(r, now); !errors.Is(err, telephony.ErrUnsigned) {
		t.Errorf("no header: %+v, %v", proof, err)
	}
	r.Header = http.Header{"Authorization": {"bearer " + ownToken}}
	if _, err := configured(secret).Check(r, now); err != nil {
		t.Errorf("lower case: %v", err)
	}
}

func TestSocketsProveNothing(t *testing.T) {
	header := http.Header{}
	if err := vonage.NewSigner(signing()).SignSocket("wss://b.example.com/m", header, now); err != nil || len(header) != 0 {
		t.Errorf("signed %v, %v", header, err)
	}
	if proof, err := configured(secret).CheckSocket(telephony.Signed{Method: http.MethodGet}, now); err != nil || proof != (telephony.Proof{}) {
		t.Errorf("%+v, %v", proof, err)
	}
}

func TestEveryTokenHasItsOwnID(t *testing.T) {
	seen := map[string]bool{}
	for range 50 {
		r, err := http.NewRequest(http.MethodPost, ownURL, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		if err = vonage.NewSigner(signing()).Sign(r, []byte(ownBody), now); err != nil {
			t.Fatal(err)
		}
		proof, err := configured(secret).Check(telephony.Signed{Method: r.Method, URL: ownURL, Header: r.Header, Body: []byte(ownBody)}, now)
		if err != nil || len(proof.Once) != 36 || proof.Once[14] != '4' || seen[proof.Once] {
			t.Errorf("%+v, %v", proof, err)
		}
		seen[proof.Once] = true
	}
}

// FuzzGuard checks that nothing without the secret passes.
func FuzzGuard(f *testing.F) {
	f.Add("POST", ownURL, "Bearer "+ownToken, ownBody)
	f.Add("GET", ownURL+"?a=b&c", "Bearer "+ownToken, "")
	f.Add("GET", "#", "bearer a.b.c", "")
	f.Add("POST", "", "Bearer eyJhbGciOiJIUzI1NiJ9.e30.", "{}")
	f.Fuzz(func(t *testing.T, method, url, authorization, body string) {
		guard := vonage.NewGuard(vonage.GuardConfig{Secrets: []string{"a secret that nobody knows", ""}})
		proof, err := guard.Check(telephony.Signed{
			Method: method, URL: url, Header: http.Header{"Authorization": {authorization}}, Body: []byte(body),
		}, now)
		if !errors.Is(err, telephony.ErrForged) && !errors.Is(err, telephony.ErrUnsigned) || proof != (telephony.Proof{}) {
			t.Errorf("%+v, %v", proof, err)
		}
	})
}
