package twilio

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/talkpath/talkpath/telephony"
)

// What a form lacks to be an announcement of a call.
var (
	ErrCallSid  = errors.New("CallSid is longer than one of Twilio's")
	ErrNoStatus = errors.New("CallStatus is missing")
)

// maxCallSid is the length of a call's id: CA and 32 hexadecimal digits.
const maxCallSid = 34

// webhook is Twilio's HTTP side.
type webhook struct{}

// ReadCall implements telephony.Webhook for the form that Twilio posts to a
// number's Voice URL, or sends as a query where the number is set to GET.
//
// Twilio's signature has nothing between names and values, so that a captured
// form can be cut in other places. Cut so that the call's id is longer, it is
// longer than any; cut so that it is shorter, the order of names leaves no
// CallStatus, which Twilio always sends.
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
	switch {
	case call.CallID == "":
		return telephony.Incoming{}, fmt.Errorf("read call: %w", telephony.NoCallID("CallSid"))
	case len(call.CallID) > maxCallSid:
		return telephony.Incoming{}, fmt.Errorf("read call: %w", ErrCallSid)
	case r.Form.Get("CallStatus") == "":
		return telephony.Incoming{}, fmt.Errorf("read call: %w", ErrNoStatus)
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
	if err := telephony.CheckStreamURL(s.URL); err != nil {
		return telephony.Document{}, fmt.Errorf("answer: %w", err)
	}
	verbs, err := telephony.OpenTwiML(s, telephony.TwiMLStream{URL: s.URL, StatusCallback: s.StatusURL}, checkCallable)
	if err != nil {
		return telephony.Document{}, fmt.Errorf("answer: %w", err)
	}
	return telephony.ComposeTwiML(verbs...)
}

// checkCallable returns telephony.ErrCallbackURL where Twilio couldn't send a
// request to raw. A fragment may hold its settings for that URL.
func checkCallable(raw string) error {
	_, err := telephony.ParseCallback(raw)
	return err
}
