package telephony

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// AnnounceForm returns the request of a Peer whose carrier posts its calls to
// answerURL as a form.
func AnnounceForm(answerURL string, form url.Values) (*http.Request, error) {
	r, err := http.NewRequest(http.MethodPost, answerURL, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, fmt.Errorf("announce call: %w", err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r, nil
}

// AnnounceQuery returns the request of a Peer whose carrier asks answerURL
// with its calls in the query, beside what stands there already.
func AnnounceQuery(answerURL string, fields map[string]string) (*http.Request, error) {
	u, err := url.Parse(answerURL)
	if err != nil {
		return nil, fmt.Errorf("announce call: %w", err)
	}
	query := u.Query()
	for key, value := range fields {
		query.Set(key, value)
	}
	u.RawQuery = query.Encode()
	r, err := http.NewRequest(http.MethodGet, u.String(), http.NoBody)
	if err != nil {
		return nil, fmt.Errorf("announce call: %w", err)
	}
	return r, nil
}
