package plivo_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/plivo"
)

const socketURL = "wss://bridge.example.com/plivo/ws"

func upgrade(url, signature string) telephony.Signed {
	return telephony.Signed{Method: http.MethodGet, URL: url, Header: http.Header{
		"X-Plivo-Signature-V3": {signature}, "X-Plivo-Signature-V3-Nonce": {nonce},
	}}
}

func TestEveryFormOfASocketsURLIsTaken(t *testing.T) {
	const plain = "Wg+70EV+TI+7cEYC8f8l5xHBEB7SyDNnwt5q1BMu5V0="
	for signature, form := range map[string]string{
		plain: "http",
		"rZ3fneIazOEJdbeY8RM2FJynYwts4WSjBjlXqCZg+yo=": "https",
		"AMWYv7QqaFqgYdf8DM+KEXo0cuGEVWUPWY5HcnKRutQ=": "wss",
		"u8LN4qGM6VV1zsnHcTquRcNnpfFtx9RY67qv03oeCkI=": "http/websocket",
	} {
		want := telephony.Proof{Form: form, Once: nonce}
		for _, url := range []string{socketURL, "https://bridge.example.com/plivo/ws"} {
			if proof, err := guardOf(token).CheckSocket(upgrade(url, signature), now); err != nil || proof != want {
				t.Errorf("%s: %+v, %v; want %+v", url, proof, err, want)
			}
		}
		for i := range signature {
			if proof, err := guardOf(token).CheckSocket(upgrade(socketURL, flip(signature, i)), now); !errors.Is(err, telephony.ErrForged) {
				t.Errorf("altered at %d: %+v, %v", i, proof, err)
			}
		}
		if proof, err := guardOf(token).CheckSocket(upgrade(socketURL+"/other", signature), now); !errors.Is(err, telephony.ErrForged) {
			t.Errorf("another path: %+v, %v", proof, err)
		}
		if proof, err := guardOf("old", token).CheckSocket(upgrade(socketURL, signature), now); err != nil || proof.Key != 1 {
			t.Errorf("second token: %+v, %v", proof, err)
		}
	}
	if proof, err := guardOf(token).CheckSocket(upgrade(socketURL+"?a=%zz", plain), now); !errors.Is(err, telephony.ErrForged) {
		t.Errorf("a query that is none: %+v, %v", proof, err)
	}
}

func TestSocketsAreSignedInTheLikeliestForm(t *testing.T) {
	header := http.Header{"X-Plivo-Signature-V3-Nonce": {nonce}}
	if err := plivo.NewSigner(token).SignSocket(socketURL, header, now); err != nil {
		t.Fatal(err)
	}
	if got := header.Get("X-Plivo-Signature-V3"); got != "Wg+70EV+TI+7cEYC8f8l5xHBEB7SyDNnwt5q1BMu5V0=" {
		t.Errorf("signed %s", got)
	}
	for _, url := range []string{socketURL, socketURL + "?a=b&c=", "ws://127.0.0.1:8080/media/plivo/t"} {
		header := http.Header{}
		if err := plivo.NewSigner(token).SignSocket(url, header, now); err != nil {
			t.Fatal(err)
		}
		r := telephony.Signed{Method: http.MethodGet, URL: url, Header: header}
		if proof, err := guardOf(token).CheckSocket(r, now); err != nil || proof.Form != "http" || len(proof.Once) != 20 {
			t.Errorf("%s: %+v, %v", url, proof, err)
		}
		r.URL += "x"
		if proof, err := guardOf(token).CheckSocket(r, now); !errors.Is(err, telephony.ErrForged) {
			t.Errorf("%s: %+v, %v", r.URL, proof, err)
		}
	}
}

// FuzzGuard checks that nothing without the token passes.
func FuzzGuard(f *testing.F) {
	for _, v := range vectors() {
		f.Add(v.method, v.url, v.form, v.signature, v.nonce)
	}
	f.Add("GET", socketURL, "", "a,,b", nonce)
	f.Add("GET", "#", "%", ",", "\x00")
	f.Fuzz(func(t *testing.T, method, url, form, signature, nonce string) {
		r := telephony.Signed{Method: method, URL: url, Body: []byte(form), Header: http.Header{
			"X-Plivo-Signature-V3": {signature}, "X-Plivo-Signature-Ma-V3": {signature}, "X-Plivo-Signature-V3-Nonce": {nonce},
		}}
		guard := guardOf("a token that nobody knows", "")
		for name, check := range map[string]func() (telephony.Proof, error){
			"webhook": func() (telephony.Proof, error) { return guard.Check(r, now) },
			"socket":  func() (telephony.Proof, error) { return guard.CheckSocket(r, now) },
		} {
			proof, err := check()
			if !errors.Is(err, telephony.ErrForged) && !errors.Is(err, telephony.ErrUnsigned) || proof != (telephony.Proof{}) {
				t.Errorf("%s: %+v, %v", name, proof, err)
			}
		}
	})
}
