package plivo

import (
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/talkpath/talkpath/telephony"
)

// What a webhook's request or a stream lacks.
var (
	ErrNoCallUUID = errors.New("CallUUID is missing")
	ErrStreamURL  = errors.New("stream URL must be ws:// or wss:// with a host, " +
		"without user, query or fragment, and of at most 2048 characters")
)

// maxURL is the length of the longest stream URL, in characters.
const maxURL = 2048

// webhook is Plivo's HTTP side.
type webhook struct{}

// ReadCall implements telephony.Webhook for the form that Plivo posts to an
// application's answer URL, or sends as a query where the method is GET. Where
// an application has no hangup URL, Plivo tells the end of a call at its
// answer URL: that gives telephony.ErrCallOver.
func (webhook) ReadCall(r *http.Request) (telephony.Incoming, error) {
	if err := r.ParseForm(); err != nil {
		return telephony.Incoming{}, fmt.Errorf("read call: %w", err)
	}
	call := telephony.Incoming{
		CallID:    r.Form.Get("CallUUID"),
		AccountID: r.Form.Get("ParentAuthID"),
		From:      r.Form.Get("From"),
		To:        r.Form.Get("To"),
	}
	switch {
	case call.CallID == "":
		return telephony.Incoming{}, fmt.Errorf("read call: %w", ErrNoCallUUID)
	case isOver(r.Form):
		return telephony.Incoming{}, fmt.Errorf("read call: %w", telephony.ErrCallOver)
	}
	return call, nil
}

// isOver reports whether a form tells that its call has ended.
func isOver(form url.Values) bool {
	switch form.Get("CallStatus") {
	case "completed", "busy", "failed", "timeout", "no-answer":
		return true
	}
	return form.Get("Event") == "Hangup"
}

// Answer implements telephony.Webhook with the XML of a two-way stream. The
// call ends when the stream does, since no element follows; without
// keepCallAlive it would end at once. Parameters may have letters and digits
// only.
func (webhook) Answer(s telephony.Stream) (telephony.Document, error) {
	if err := checkURL(s.URL); err != nil {
		return telephony.Document{}, fmt.Errorf("answer: %w", err)
	}
	headers, err := joined(s.Params, ",", "")
	if err != nil {
		return telephony.Document{}, fmt.Errorf("answer: %w", err)
	}
	format, err := choose(s.Rate, s.Encoding)
	if err != nil {
		return telephony.Document{}, fmt.Errorf("answer: %d Hz: %w", s.Rate, err)
	}
	body, err := xml.Marshal(response{
		XMLName: xml.Name{Local: rootElement},
		Verbs: []verb{{
			XMLName:       xml.Name{Local: streamElement},
			Bidirectional: "true",
			KeepCallAlive: "true",
			ContentType:   contentType(format.Encoding) + ";rate=" + strconv.Itoa(format.Rate),
			ExtraHeaders:  headers,
			URL:           s.URL,
		}},
	})
	if err != nil {
		return telephony.Document{}, fmt.Errorf("answer: %w", err)
	}
	return telephony.Document{ContentType: "application/xml", Body: append([]byte(xml.Header), body...)}, nil
}

// checkURL returns ErrStreamURL where Plivo couldn't open raw. The simulator
// takes ws:// too, so it is not refused here.
func checkURL(raw string) error {
	u, err := url.Parse(raw)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrStreamURL, err)
	}
	if (u.Scheme != "ws" && u.Scheme != "wss") || u.Host == "" || u.User != nil ||
		u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || len(raw) > maxURL {
		return ErrStreamURL
	}
	return nil
}
