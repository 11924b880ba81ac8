package twilio

import (
	"encoding/xml"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"

	"github.com/talkpath/talkpath/telephony"
)

// What a webhook's request or a stream lacks.
var (
	ErrNoCallSid = errors.New("CallSid is missing")
	ErrStreamURL = errors.New("stream URL must be ws:// or wss:// with a host, without user, query or fragment")
	ErrParameter = errors.New("custom parameter can't be sent")
)

// webhook is Twilio's HTTP side.
type webhook struct{}

// ReadCall implements telephony.Webhook for the form that Twilio posts to a
// number's Voice URL, or sends as a query where the number is set to GET.
func (webhook) ReadCall(r *http.Request) (telephony.Incoming, error) {
	if err := r.ParseForm(); err != nil {
		return telephony.Incoming{}, fmt.Errorf("read call: %w", err)
	}
	call := telephony.Incoming{
		CallID:    r.Form.Get("CallSid"),
		AccountID: r.Form.Get("AccountSid"),
		From:      r.Form.Get("From"),
		To:        r.Form.Get("To"),
	}
	if call.CallID == "" {
		return telephony.Incoming{}, fmt.Errorf("read call: %w", ErrNoCallSid)
	}
	return call, nil
}

// Answer implements telephony.Webhook with the TwiML of a two-way stream. The
// call ends when the stream does, since no verb follows. Parameters are the
// only way for values to reach the stream's start, the ticket among them:
// Twilio drops a query.
func (webhook) Answer(s telephony.Stream) (telephony.Document, error) {
	if err := checkURL(s.URL); err != nil {
		return telephony.Document{}, fmt.Errorf("answer: %w", err)
	}
	if len(s.Params) > telephony.MaxParams {
		return telephony.Document{}, fmt.Errorf("answer: %w: %d of them, at most %d",
			ErrParameter, len(s.Params), telephony.MaxParams)
	}
	twiml := response{
		XMLName: xml.Name{Local: rootElement},
		Connect: &connect{Stream: &stream{URL: s.URL}},
	}
	for _, key := range slices.Sorted(maps.Keys(s.Params)) {
		value := s.Params[key]
		if key == "" || !telephony.IsXMLText(key) || !telephony.IsXMLText(value) {
			return telephony.Document{}, fmt.Errorf("answer: %w: %.64q", ErrParameter, key)
		}
		twiml.Connect.Stream.Parameters = append(twiml.Connect.Stream.Parameters, parameter{key, value})
	}
	body, err := xml.Marshal(twiml)
	if err != nil {
		return telephony.Document{}, fmt.Errorf("answer: %w", err)
	}
	return telephony.Document{ContentType: "text/xml", Body: append([]byte(xml.Header), body...)}, nil
}

// checkURL returns ErrStreamURL where Twilio couldn't open raw. The simulator
// takes ws:// too, so it is not refused here.
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
