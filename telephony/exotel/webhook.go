package exotel

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/talkpath/talkpath/telephony"
)

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
		CallID:    form.Get("CallSid"),
		AccountID: form.Get("AccountSid"),
		From:      cmp.Or(form.Get("CallFrom"), form.Get("From")),
		To:        cmp.Or(form.Get("CallTo"), form.Get("To")),
	}, nil
}

// Answer implements telephony.Webhook. The rate and the custom parameters
// travel in the URL's query, that of a one-way stream among them, and the
// login before its host. Where Exotel asks how a call goes on, and where it
// reports its calls, stands in the flow: RecoverURL and StatusURL have no place
// here. A Stream applet goes on with its flow, so that Next has none either.
func (webhook) Answer(s telephony.Stream) (telephony.Document, error) {
	if err := telephony.CheckStreamURL(s.URL); err != nil {
		return telephony.Document{}, fmt.Errorf("answer: %w", err)
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
