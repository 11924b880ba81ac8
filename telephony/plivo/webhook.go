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
	ErrCallbackURL = errors.New("callback URL must be http:// or https:// with a host and without a user")
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

// Answer implements telephony.Webhook with the XML of a stream. Parameters may
// have letters and digits only.
//
// On a two-way stream nothing else of the document is carried out until the
// stream has ended, which keepCallAlive is for: then Plivo asks s.RecoverURL,
// or the call ends where that is empty. A one-way stream runs beside the call,
// which goes on with s.Next; that it is one stands in its parameters as
// telephony.ListenParam, since its start doesn't tell.
func (webhook) Answer(s telephony.Stream) (telephony.Document, error) {
	verbs, err := streamVerbs(s)
	if err != nil {
		return telephony.Document{}, fmt.Errorf("answer: %w", err)
	}
	doc, err := document(verbs)
	if err != nil {
		return telephony.Document{}, fmt.Errorf("answer: %w", err)
	}
	return doc, nil
}

// streamVerbs returns the verbs that open s.
func streamVerbs(s telephony.Stream) ([]verb, error) {
	if err := checkURL(s.URL); err != nil {
		return nil, err
	}
	format, err := choose(s.Rate, s.Encoding)
	if err != nil {
		return nil, fmt.Errorf("%d Hz: %w", s.Rate, err)
	}
	stream := verb{
		XMLName:       xml.Name{Local: streamElement},
		Bidirectional: "true",
		KeepCallAlive: "true",
		ContentType:   contentType(format.Encoding) + ";rate=" + strconv.Itoa(format.Rate),
		URL:           s.URL,
	}
	next := s.RecoverURL
	if s.Listen != telephony.ListenNone {
		stream.Bidirectional, stream.KeepCallAlive, stream.AudioTrack = "false", "", trackOf(s.Listen)
		if next = s.Next; next == "" {
			return nil, telephony.ErrNoNext
		}
	}
	if stream.ExtraHeaders, err = joined(withListening(s.Params, s.Listen), ",", ""); err != nil {
		return nil, err
	}
	for _, callback := range []string{s.StatusURL, next} {
		if err := checkCallback(callback); err != nil {
			return nil, err
		}
	}
	if s.StatusURL != "" {
		stream.StatusCallbackURL, stream.StatusCallbackMethod = s.StatusURL, "POST"
	}
	if next == "" {
		return []verb{stream}, nil
	}
	return []verb{stream, redirect(next)}, nil
}

// checkCallback returns ErrCallbackURL where Plivo couldn't ask raw. None is
// fine.
func checkCallback(raw string) error {
	if raw == "" {
		return nil
	}
	u, err := url.Parse(raw)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrCallbackURL, err)
	}
	if (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" || u.User != nil || !telephony.IsXMLText(raw) {
		return ErrCallbackURL
	}
	return nil
}

// checkURL returns ErrStreamURL where Plivo couldn't open raw. The simulator
// takes ws:// too, so it is not refused here.
func checkURL(raw string) error {
	u, err := url.Parse(raw)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrStreamURL, err)
	}
	if (u.Scheme != "ws" && u.Scheme != "wss") || u.Host == "" || u.User != nil ||
		u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || len(raw) > maxURL || !telephony.IsXMLText(raw) {
		return ErrStreamURL
	}
	return nil
}
