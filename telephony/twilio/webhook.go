package twilio

import (
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
	ErrCallback  = errors.New("callback URL must be http:// or https:// with a host, in characters that XML has")
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

// Answer implements telephony.Webhook with the TwiML of a stream. Parameters
// are the only way for values to reach the stream's start, the ticket among
// them: Twilio drops a query.
//
// After a two-way stream comes a redirect to RecoverURL; where that is empty,
// no verb follows, and the call ends when the stream does. A one-way stream
// goes on beside the call, which Next says how to continue.
func (webhook) Answer(s telephony.Stream) (telephony.Document, error) {
	verbs, err := compose(s)
	if err != nil {
		return telephony.Document{}, fmt.Errorf("answer: %w", err)
	}
	doc, err := document(verbs...)
	if err != nil {
		return telephony.Document{}, fmt.Errorf("answer: %w", err)
	}
	return doc, nil
}

// compose returns the verbs that open a stream to s.
func compose(s telephony.Stream) ([]verb, error) {
	if err := checkURL(s.URL); err != nil {
		return nil, err
	}
	opening, next := named(verbConnect), s.RecoverURL
	noun := &stream{URL: s.URL, StatusCallback: s.StatusURL}
	params := s.Params
	if s.Listen != telephony.ListenNone {
		if s.Next == "" {
			return nil, telephony.ErrNoNext
		}
		opening, next = named(verbStart), s.Next
		noun.Track = trackInbound
		if s.Listen == telephony.ListenBoth {
			noun.Track = trackBoth
		}
		params = maps.Clone(params)
		if params == nil {
			params = make(map[string]string, 1)
		}
		params[telephony.ListenParam] = s.Listen.String()
	}
	var err error
	if noun.Parameters, err = parameters(params); err != nil {
		return nil, err
	}
	opening.Stream = noun
	verbs := []verb{opening}
	if next != "" {
		verbs = append(verbs, redirect(next))
	}
	for _, callback := range []string{next, s.StatusURL} {
		if callback != "" && !callable(callback) {
			return nil, ErrCallback
		}
	}
	return verbs, nil
}

// parameters returns a stream's custom parameters, sorted by name.
func parameters(params map[string]string) ([]parameter, error) {
	if len(params) > telephony.MaxParams {
		return nil, fmt.Errorf("%w: %d of them, at most %d", ErrParameter, len(params), telephony.MaxParams)
	}
	var list []parameter
	for _, key := range slices.Sorted(maps.Keys(params)) {
		value := params[key]
		if key == "" || !telephony.IsXMLText(key) || !telephony.IsXMLText(value) {
			return nil, fmt.Errorf("%w: %.64q", ErrParameter, key)
		}
		list = append(list, parameter{key, value})
	}
	return list, nil
}

// checkURL returns ErrStreamURL where Twilio couldn't open raw. The simulator
// takes ws:// too, so it is not refused here.
func checkURL(raw string) error {
	u, err := url.Parse(raw) // whose error would show the ticket in the path
	if err != nil || (u.Scheme != "ws" && u.Scheme != "wss") || u.Host == "" || u.User != nil ||
		u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || !telephony.IsXMLText(raw) {
		return ErrStreamURL
	}
	return nil
}

// callable reports whether Twilio can send a request to raw. A fragment may
// hold its settings for that URL.
func callable(raw string) bool {
	u, err := url.Parse(raw)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" && telephony.IsXMLText(raw)
}
