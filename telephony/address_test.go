package telephony_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/talkpath/talkpath/telephony"
)

func TestNoErrorShowsTheURLThatIsWrong(t *testing.T) {
	for _, raw := range []string{"https://u:secret@b.example.com/%zz", "secret", "ftp://b.example.com/secret", "https:///secret", "https://b.example.com/secret\xff"} {
		_, err := telephony.ParseCallback(raw)
		for name, err := range map[string]error{"callback": err, "stream": telephony.CheckStreamURL(raw)} {
			if err == nil || strings.Contains(err.Error(), "secret") {
				t.Errorf("%q as %s: %v", raw, name, err)
			}
		}
	}
	const broken = "https://u:secret@b.example.com/%zz"
	_, posted := telephony.PostForm(broken, url.Values{})
	_, asked := telephony.GetQuery(broken, nil)
	for _, err := range []error{posted, asked} {
		if !errors.Is(err, telephony.ErrCallbackURL) || strings.Contains(err.Error(), "secret") {
			t.Errorf("request: %v", err)
		}
	}
}

func TestCallbacksThatCarriersCanCall(t *testing.T) {
	for _, raw := range []string{"http://127.0.0.1:8080/r", "https://b.example.com/r?a=1#f", "https://u:p@b.example.com/"} {
		if u, err := telephony.ParseCallback(raw); err != nil || u.String() != raw {
			t.Errorf("%s: %v, %v", raw, u, err)
		}
	}
}

func TestAPostKeepsItsBodyAndType(t *testing.T) {
	r, err := telephony.PostForm("https://b.example.com/r?x=1", url.Values{"a": {"1 2"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.ParseForm(); err != nil || r.Method != http.MethodPost || r.PostForm.Get("a") != "1 2" || r.URL.RawQuery != "x=1" {
		t.Errorf("%s %s %v, %v", r.Method, r.URL, r.PostForm, err)
	}
}
