package twilio

import (
	"fmt"
	"net/http"
	"net/url"

	"github.com/talkpath/talkpath/telephony"
)

// peer plays Twilio's part.
type peer struct{}

// Announce implements telephony.Peer with the form that Twilio posts to a
// number's Voice URL.
func (peer) Announce(answerURL string, call telephony.PeerCall) (*http.Request, error) {
	form := callForm(call)
	form.Set("CallStatus", "ringing")
	return post(answerURL, form)
}

// callForm returns what every form of Twilio's tells of a call.
func callForm(call telephony.PeerCall) url.Values {
	return url.Values{
		"CallSid":    {call.CallID},
		"AccountSid": {call.AccountID},
		"From":       {call.From},
		"To":         {call.To},
		"Direction":  {"inbound"},
		"ApiVersion": {"2010-04-01"},
	}
}

// post returns the request with which Twilio posts form.
func post(to string, form url.Values) (*http.Request, error) {
	return telephony.Post(to, formType+"; charset=UTF-8", []byte(form.Encode()))
}

// Open implements telephony.Peer.
func (peer) Open(s telephony.Stream, call telephony.PeerCall) (telephony.PeerStream, error) {
	if err := call.CheckIDs(); err != nil {
		return nil, fmt.Errorf("%s: open stream: %w", name, err)
	}
	if call.Rate != 0 && call.Rate != sound().Rate {
		return nil, fmt.Errorf("%s: open stream at %d Hz: %w", name, call.Rate, telephony.ErrBadFormat)
	}
	return newPeerStream(telephony.Start{
		StreamID:  call.StreamID,
		CallID:    call.CallID,
		AccountID: call.AccountID,
		Params:    s.Params,
		Format:    sound(),
		Listen:    s.Listen,
	}), nil
}
