package telnyx

import (
	"fmt"
	"net/http"

	"github.com/talkpath/talkpath/telephony"
)

// AskRecover implements telephony.Peer: the document's next verb is
// carried out however the stream ended. Telnyx's pages promise that for a
// stream that stops; that a broken one counts as stopped is assumed. A
// document without a <Redirect> ends the call: there is nothing to ask.
func (peer) AskRecover(_ string, s telephony.Stream, call telephony.PeerCall, _ telephony.StreamEnd) (*http.Request, error) {
	if s.RecoverURL == "" {
		return nil, fmt.Errorf("%s: no verb follows the stream: %w", name, telephony.ErrUnsendable)
	}
	return telephony.PostForm(s.RecoverURL, callForm(call))
}

// ReadRecover implements telephony.Peer. A document that opens no
// stream ends the call, whether it hangs up or has nothing left to do.
func (peer) ReadRecover(doc telephony.Document) (s telephony.Stream, again bool, err error) {
	s, err = readDocument(doc)
	return s, false, err
}
