package vonage

import (
	"fmt"
	"net/http"

	"github.com/talkpath/talkpath/telephony"
)

// peer plays Vonage's part.
type peer struct{}

// Announce implements telephony.Peer with the query that Vonage adds to an
// application's answer URL. Numbers go out as the call has them; the real ones
// are E.164 without the plus sign.
func (peer) Announce(answerURL string, call telephony.PeerCall) (*http.Request, error) {
	return telephony.GetQuery(answerURL, map[string]string{
		"to":                call.To,
		"from":              call.From,
		"uuid":              call.CallID,
		"conversation_uuid": "CON-" + call.CallID,
	})
}

// Open implements telephony.Peer. The rate is that of the answer, then that of
// the call. Of the call's ids and numbers nothing reaches the socket.
func (peer) Open(s telephony.Stream, call telephony.PeerCall) (telephony.PeerStream, error) {
	encoding := s.Encoding
	if encoding == 0 {
		encoding = call.Encoding
	}
	format, err := choose(encoding, s.Rate, call.Rate)
	if err != nil {
		return nil, fmt.Errorf("%s: open stream: %w", name, err)
	}
	if _, err := composeHeaders(s.Params); err != nil {
		return nil, fmt.Errorf("%s: open stream: %w", name, err)
	}
	return newPeerStream(startOf(s.Params, format)), nil
}
