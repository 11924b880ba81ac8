package exotel

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/talkpath/talkpath/telephony"
)

// ErrStreamURL reports a stream URL that Exotel couldn't dial.
var ErrStreamURL = errors.New("stream URL must be ws:// or wss:// with a host, without query or fragment")

// maxForm is the part of a multipart request that is kept in memory.
const maxForm = 64 << 10

// webhook is Exotel's HTTP side: an applet's dynamic URL.
type webhook struct{}

// answer is the document that a dynamic URL gives.
type answer struct {
	URL string `json:"url"`
}

// ReadCall implements telephony.Webhook. Which parameters a dynamic URL is
// asked with is not documented, so every one may be missing, and the query of
// a GET that is not well encoded is read as far as it goes.
func (webhook) ReadCall(r *http.Request) (telephony.Incoming, error) {
	form := r.URL.Query()
	if r.Method == http.MethodPost {
		// ParseMultipartForm alone would hide that a plain form can't be read.
		err := r.ParseForm()
		if err == nil {
			err = r.ParseMultipartForm(maxForm)
		}
		if err != nil && !errors.Is(err, http.ErrNotMultipart) {
			return telephony.Incoming{}, fmt.Errorf("read call: %w", err)
		}
		form = r.Form
	}
	return telephony.Incoming{
		CallID:    first(form, "CallSid"),
		AccountID: first(form, "AccountSid"),
		From:      first(form, "CallFrom", "From"),
		To:        first(form, "CallTo", "To"),
	}, nil
}

func first(form url.Values, keys ...string) string {
	for _, key := range keys {
		if v := form.Get(key); v != "" {
			return v
		}
	}
	return ""
}

// Answer implements telephony.Webhook. The rate and the custom parameters
// travel in the URL's query.
func (webhook) Answer(s telephony.Stream) (telephony.Document, error) {
	u, err := url.Parse(s.URL)
	if err != nil {
		return telephony.Document{}, fmt.Errorf("answer: %w: %w", ErrStreamURL, err)
	}
	if (u.Scheme != "ws" && u.Scheme != "wss") || u.Host == "" || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" {
		return telephony.Document{}, fmt.Errorf("answer: %w", ErrStreamURL)
	}
	query, err := composeQuery(s)
	if err != nil {
		return telephony.Document{}, fmt.Errorf("answer: %w", err)
	}
	var body bytes.Buffer
	enc := json.NewEncoder(&body)
	enc.SetEscapeHTML(false) // leaves & as it is
	if err := enc.Encode(answer{URL: s.URL + "?" + query}); err != nil {
		return telephony.Document{}, fmt.Errorf("answer: %w", err)
	}
	return telephony.Document{ContentType: "application/json", Body: body.Bytes()}, nil
}
