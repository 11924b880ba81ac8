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

// What a form lacks to be an announcement of a call.
var (
	ErrCallUUID    = errors.New("CallUUID is longer than one of Plivo's")
	ErrNoDirection = errors.New("the form has no Direction")
)

// maxURL is the length of the longest stream URL, in characters.
const maxURL = 2048

// maxCallUUID is the length of a call's id.
const maxCallUUID = len("00000000-0000-0000-0000-000000000000")

// webhook is Plivo's HTTP side.
type webhook struct{}

// ReadCall implements telephony.Webhook for the form that Plivo posts to an
// application's answer URL, or sends as a query where the method is GET. Where
// an application has no hangup URL, Plivo tells the end of a call at its
// answer URL: that gives telephony.ErrCallOver.
//
// Plivo's signature has nothing between a form's names and values, so that a
// captured form can be cut in other places. Cut so that the call's id is
// longer, it is longer than any; cut so that it is shorter, the order of names
// leaves no Direction, which Plivo always sends.
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
		return telephony.Incoming{}, fmt.Errorf("read call: %w", telephony.NoCallID("CallUUID"))
	case isOver(r.Form):
		return telephony.Incoming{}, fmt.Errorf("read call: %w", telephony.ErrCallOver)
	case len(call.CallID) > maxCallUUID:
		return telephony.Incoming{}, fmt.Errorf("read call: %w", ErrCallUUID)
	case r.Form.Get("Direction") == "":
		return telephony.Incoming{}, fmt.Errorf("read call: %w", ErrNoDirection)
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
	return document(verbs...)
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
	if s.Listen != telephony.ListenNone {
		stream.Bidirectional, stream.KeepCallAlive, stream.AudioTrack = "false", "", trackOf(s.Listen)
	}
	next, err := s.Continuation()
	if err != nil {
		return nil, err
	}
	if stream.ExtraHeaders, err = joined(s.MarkedParams(), ",", ""); err != nil {
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

// checkCallback returns telephony.ErrCallbackURL where Plivo couldn't ask raw.
// None is fine.
func checkCallback(raw string) error {
	if raw == "" {
		return nil
	}
	u, err := telephony.ParseCallback(raw)
	if err == nil && u.User != nil {
		err = fmt.Errorf("%w, and no login", telephony.ErrCallbackURL)
	}
	return err
}

// checkURL returns telephony.ErrStreamURL where Plivo couldn't open raw.
func checkURL(raw string) error {
	if len(raw) > maxURL {
		return fmt.Errorf("%w, and have at most %d characters", telephony.ErrStreamURL, maxURL)
	}
	return telephony.CheckStreamURL(raw)
}
