package plivo

import (
	"fmt"
	"net/http"

	"github.com/talkpath/talkpath/telephony"
)

// AskRecover implements telephony.Peer with the form that Plivo posts
// to the <Redirect> behind a stream with keepCallAlive, however that ended. A
// stream without a RecoverURL ends its call: that gives
// telephony.ErrUnsendable.
func (peer) AskRecover(_ string, s telephony.Stream, call telephony.PeerCall, _ telephony.StreamEnd) (*http.Request, error) {
	if s.RecoverURL == "" {
		return nil, fmt.Errorf("%s: nothing follows the stream: %w", name, telephony.ErrUnsendable)
	}
	return telephony.PostForm(s.RecoverURL, callForm(call, "in-progress", "Redirect"))
}

// ReadRecover implements telephony.Peer. A document of no verb, or
// one that hangs up first, ends the call.
func (p peer) ReadRecover(doc telephony.Document) (s telephony.Stream, again bool, err error) {
	verbs, err := parseXML(doc)
	if err != nil {
		return telephony.Stream{}, false, err
	}
	for _, v := range verbs {
		switch v.XMLName.Local {
		case streamElement:
			s, err = p.ReadAnswer(doc)
			return s, false, err
		case hangupElement:
			return telephony.Stream{}, false, fmt.Errorf("%s: %w", name, telephony.ErrCallOver)
		case redirectElement:
			return telephony.Stream{}, false, refusal("", "a second <Redirect> is not followed here")
		}
	}
	return telephony.Stream{}, false, fmt.Errorf("%s: end of XML: %w", name, telephony.ErrCallOver)
}
