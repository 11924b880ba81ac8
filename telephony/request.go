package telephony

import (
	"bytes"
	"net/http"
	"net/url"
)

// Post returns the request of a Peer whose carrier posts body to to. The error
// is ErrCallbackURL, without the URL, which may hold a secret.
func Post(to, contentType string, body []byte) (*http.Request, error) {
	r, err := http.NewRequest(http.MethodPost, to, bytes.NewReader(body))
	if err != nil {
		return nil, ErrCallbackURL
	}
	r.Header.Set("Content-Type", contentType)
	return r, nil
}

// PostForm is Post of a form.
func PostForm(to string, form url.Values) (*http.Request, error) {
	return Post(to, "application/x-www-form-urlencoded", []byte(form.Encode()))
}

// GetQuery returns the request of a Peer whose carrier asks to with fields in
// the query, beside what stands there already. The error is that of Post.
func GetQuery(to string, fields map[string]string) (*http.Request, error) {
	u, err := url.Parse(to)
	if err != nil {
		return nil, ErrCallbackURL
	}
	query := u.Query()
	for key, value := range fields {
		query.Set(key, value)
	}
	u.RawQuery = query.Encode()
	r, err := http.NewRequest(http.MethodGet, u.String(), http.NoBody)
	if err != nil {
		return nil, ErrCallbackURL
	}
	return r, nil
}
