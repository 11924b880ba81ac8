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
var ErrStreamURL = errors.New("stream URL must be ws:// or wss:// with a host, without user, query or fragment")

// ErrCallback reports a URL that Exotel couldn't send a request to.
var ErrCallback = errors.New("callback URL can't be read")

// ErrListening reports a copy that Exotel can't make: there are no tracks to
// choose from.
var ErrListening = errors.New("a one-way stream copies the caller only")

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
		var err error
		if form, err = readForm(r); err != nil {
			return telephony.Incoming{}, fmt.Errorf("read call: %w", err)
		}
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
// travel in the URL's query, that of a one-way stream among them, and the
// login before its host. Where Exotel asks how a call goes on, and where it
// reports its calls, stands in the flow: RecoverURL and StatusURL have no place
// here. A Stream applet goes on with its flow, so that Next has none either.
func (webhook) Answer(s telephony.Stream) (telephony.Document, error) {
	u, err := url.Parse(s.URL) // whose error may show a login
	if err != nil || (u.Scheme != "ws" && u.Scheme != "wss") || u.Host == "" || u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" {
		return telephony.Document{}, fmt.Errorf("answer: %w", ErrStreamURL)
	}
	query, err := composeQuery(s)
	if err != nil {
		return telephony.Document{}, fmt.Errorf("answer: %w", err)
	}
	var body bytes.Buffer
	enc := json.NewEncoder(&body)
	enc.SetEscapeHTML(false) // leaves & as it is
	if err := enc.Encode(answer{URL: withLogin(s.URL, s.Login) + "?" + query}); err != nil {
		return telephony.Document{}, fmt.Errorf("answer: %w", err)
	}
	return telephony.Document{ContentType: "application/json", Body: body.Bytes()}, nil
}
