package plivo

import (
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/talkpath/talkpath/telephony"
)

// peer plays Plivo's part.
type peer struct{}

// Announce implements telephony.Peer with the form that Plivo posts to an
// application's answer URL.
func (peer) Announce(answerURL string, call telephony.PeerCall) (*http.Request, error) {
	form := callForm(call, "ringing", "StartApp")
	form.Set("SessionStart", time.Now().UTC().Format(timeLayout+".000000"))
	return telephony.PostForm(answerURL, form)
}

// callForm returns what every form about a call holds.
func callForm(call telephony.PeerCall, status, event string) url.Values {
	return url.Values{
		"CallUUID":     {call.CallID},
		"ALegUUID":     {call.CallID},
		"ParentAuthID": {call.AccountID},
		"From":         {call.From},
		"To":           {call.To},
		"CallStatus":   {status},
		"Direction":    {"inbound"},
		"Event":        {event},
	}
}

// Open implements telephony.Peer. What the answer asks for wins over what
// call does.
func (peer) Open(s telephony.Stream, call telephony.PeerCall) (telephony.PeerStream, error) {
	if err := call.CheckIDs(); err != nil {
		return nil, fmt.Errorf("%s: open stream: %w", name, err)
	}
	headers, err := joined(s.Params, ";", passed)
	if err != nil {
		return nil, fmt.Errorf("%s: open stream: %w", name, err)
	}
	rate, encoding := call.Rate, call.Encoding
	if s.Rate != 0 || s.Encoding != 0 {
		rate, encoding = s.Rate, s.Encoding
	}
	format, err := choose(rate, encoding)
	if err != nil {
		return nil, fmt.Errorf("%s: open stream in %v at %d Hz: %w", name, encoding, rate, err)
	}
	return newPeerStream(telephony.Start{
		StreamID:  call.StreamID,
		CallID:    call.CallID,
		AccountID: call.AccountID,
		Params:    s.Params,
		Format:    format,
		Listen:    s.Listen,
	}, headers, time.Now()), nil
}
