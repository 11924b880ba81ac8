package vonage

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"

	"github.com/talkpath/talkpath/telephony"
)

// ErrOneWay reports a copy that is asked of a carrier that makes none.
var ErrOneWay = errors.New("no stream of Vonage's is one-way: a socket is a leg that all hear")

// webhook is Vonage's HTTP side.
type webhook struct{}

// ReadCall implements telephony.Webhook for the query with which Vonage asks
// an application's answer URL, or the JSON that it posts where the URL is set
// to POST; a form is read as well. Numbers come without a plus sign, and no
// account is told.
func (webhook) ReadCall(r *http.Request) (call telephony.Incoming, err error) {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if r.Method == http.MethodPost && kind != "application/x-www-form-urlencoded" {
		call, err = readPosted(r.Body)
	} else if err = r.ParseForm(); err == nil {
		call = telephony.Incoming{CallID: r.Form.Get("uuid"), From: r.Form.Get("from"), To: r.Form.Get("to")}
	}
	if err == nil && call.CallID == "" {
		err = telephony.NoCallID("uuid")
	}
	if err != nil {
		return telephony.Incoming{}, fmt.Errorf("read call: %w", err)
	}
	return call, nil
}

// readPosted reads a call from JSON.
func readPosted(r io.Reader) (telephony.Incoming, error) {
	body, err := telephony.ReadJSON(r)
	if err != nil {
		return telephony.Incoming{}, err
	}
	return telephony.Incoming{CallID: body.Text("uuid"), From: body.Text("from"), To: body.Text("to")}, nil
}

// Answer implements telephony.Webhook with an NCCO of one connect action. The
// call ends when the stream does, since no action follows, unless s.RecoverURL
// is asked how it goes on. The stream's events besides go to the application's
// event URL, which is set at Vonage, so that s.StatusURL is left out.
// Parameters travel as the endpoint's headers, 512 bytes of JSON in all.
func (webhook) Answer(s telephony.Stream) (telephony.Document, error) {
	connect, err := connectTo(s)
	if err != nil {
		return telephony.Document{}, fmt.Errorf("answer: %w", err)
	}
	doc, err := document([]action{connect})
	if err != nil {
		return telephony.Document{}, fmt.Errorf("answer: %w", err)
	}
	return doc, nil
}

// connectTo returns the action that opens s.
func connectTo(s telephony.Stream) (action, error) {
	if s.Listen != telephony.ListenNone {
		return action{}, ErrOneWay
	}
	if err := telephony.CheckStreamURL(s.URL); err != nil {
		return action{}, err
	}
	format, err := choose(s.Encoding, s.Rate)
	if err != nil {
		return action{}, err
	}
	headers, err := composeHeaders(s.Params)
	if err != nil {
		return action{}, err
	}
	connect := action{Action: connectAction, Endpoint: []endpoint{{
		Type: websocketPoint, URI: s.URL, ContentType: contentType(format.Rate), Headers: headers,
	}}}
	if s.RecoverURL == "" {
		return connect, nil
	}
	if err := checkCallback(s.RecoverURL); err != nil {
		return action{}, err
	}
	connect.EventType, connect.EventMethod = synchronous, http.MethodPost
	connect.EventURL = []string{s.RecoverURL}
	return connect, nil
}

// checkCallback returns telephony.ErrCallbackURL where Vonage couldn't ask raw.
func checkCallback(raw string) error {
	u, err := telephony.ParseCallback(raw)
	if err == nil && u.User != nil {
		err = fmt.Errorf("%w, and no login", telephony.ErrCallbackURL)
	}
	return err
}
