package vonage

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"

	"github.com/talkpath/talkpath/telephony"
)

// What a webhook's request or a stream lacks.
var (
	ErrNoUUID    = errors.New("uuid is missing")
	ErrStreamURL = errors.New("stream URL must be ws:// or wss:// with a host, without user, query or fragment")
)

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
		err = ErrNoUUID
	}
	if err != nil {
		return telephony.Incoming{}, fmt.Errorf("read call: %w", err)
	}
	return call, nil
}

// readPosted reads a call from JSON.
func readPosted(r io.Reader) (telephony.Incoming, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return telephony.Incoming{}, err
	}
	var reader telephony.JSONReader
	body, err := reader.Read(telephony.Message{Data: data})
	if err != nil {
		return telephony.Incoming{}, err
	}
	return telephony.Incoming{CallID: body.Text("uuid"), From: body.Text("from"), To: body.Text("to")}, nil
}

// Answer implements telephony.Webhook with an NCCO of one connect action. The
// call ends when the stream does, since no action follows. Parameters travel
// as the endpoint's headers, 512 bytes of JSON in all.
func (webhook) Answer(s telephony.Stream) (telephony.Document, error) {
	if err := checkURL(s.URL); err != nil {
		return telephony.Document{}, fmt.Errorf("answer: %w", err)
	}
	format, err := choose(s.Encoding, s.Rate)
	if err != nil {
		return telephony.Document{}, fmt.Errorf("answer: %w", err)
	}
	headers, err := composeHeaders(s.Params)
	if err != nil {
		return telephony.Document{}, fmt.Errorf("answer: %w", err)
	}
	var body bytes.Buffer
	enc := json.NewEncoder(&body)
	enc.SetEscapeHTML(false) // escapes would count towards the headers' size
	err = enc.Encode([]action{{Action: connectAction, Endpoint: []endpoint{{
		Type: websocketPoint, URI: s.URL, ContentType: contentType(format.Rate), Headers: headers,
	}}}})
	if err != nil {
		return telephony.Document{}, fmt.Errorf("answer: %w", err)
	}
	return telephony.Document{ContentType: "application/json", Body: bytes.TrimSpace(body.Bytes())}, nil
}

// checkURL returns ErrStreamURL where raw is no address of a socket. The
// simulator takes ws:// too, so it is not refused here.
func checkURL(raw string) error {
	u, err := url.Parse(raw)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrStreamURL, err)
	}
	if (u.Scheme != "ws" && u.Scheme != "wss") || u.Host == "" || u.User != nil ||
		u.RawQuery != "" || u.ForceQuery || u.Fragment != "" {
		return ErrStreamURL
	}
	return nil
}
