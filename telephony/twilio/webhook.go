package twilio

import (
	"fmt"
	"net/http"

	"github.com/talkpath/talkpath/telephony"
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
		return telephony.Incoming{}, fmt.Errorf("read call: %w", telephony.NoCallID("CallSid"))
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
