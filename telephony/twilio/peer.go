package twilio

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"mime"
	"net/http"
	"net/url"

	"github.com/talkpath/talkpath/telephony"
)

// maxTwiML is the size of the largest document that the peer reads, the limit
// that users have measured at Twilio.
const maxTwiML = 64 << 10

// peer plays Twilio's part.
type peer struct{}

// Announce implements telephony.Peer with the form that Twilio posts to a
// number's Voice URL.
func (peer) Announce(answerURL string, call telephony.PeerCall) (*http.Request, error) {
	r, err := telephony.AnnounceForm(answerURL, url.Values{
		"CallSid":    {call.CallID},
		"AccountSid": {call.AccountID},
		"From":       {call.From},
		"To":         {call.To},
		"CallStatus": {"ringing"},
		"Direction":  {"inbound"},
		"ApiVersion": {"2010-04-01"},
	})
	if err == nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")
	}
	return r, err
}

// ReadAnswer implements telephony.Peer. What Twilio would refuse is a
// *telephony.Violation with Twilio's error number. It takes ws:// to a
// loopback host, where the real one takes wss:// only.
func (peer) ReadAnswer(doc telephony.Document) (telephony.Stream, error) {
	if kind, _, err := mime.ParseMediaType(doc.ContentType); err != nil || kind != "text/xml" && kind != "application/xml" {
		return telephony.Stream{}, refusal("12300", fmt.Sprintf("content type %q is not text/xml", doc.ContentType))
	}
	twiml, err := parseTwiML(doc.Body)
	if err != nil {
		return telephony.Stream{}, err
	}
	if twiml.Connect == nil || twiml.Connect.Stream == nil {
		return telephony.Stream{}, refusal("", "the document has no <Connect><Stream>, so the call would end without one")
	}
	s := twiml.Connect.Stream
	if s.Track != "" && s.Track != "inbound_track" {
		return telephony.Stream{}, refusal("31941", fmt.Sprintf("track %q is not allowed inside <Connect>", s.Track))
	}
	if err := checkDialable(s.URL); err != nil {
		return telephony.Stream{}, err
	}
	to := telephony.Stream{URL: s.URL}
	for _, p := range s.Parameters {
		if to.Params == nil {
			to.Params = make(map[string]string, len(s.Parameters))
		}
		to.Params[p.Name] = p.Value
	}
	return to, nil
}

// parseTwiML reads a document that is one <Response>.
func parseTwiML(body []byte) (response, error) {
	if len(body) > maxTwiML {
		return response{}, refusal("", fmt.Sprintf("document of %d bytes is larger than %d", len(body), maxTwiML))
	}
	var twiml response
	dec := xml.NewDecoder(bytes.NewReader(body))
	if err := dec.Decode(&twiml); err != nil {
		return response{}, refusal("12100", "document parse failure: "+err.Error())
	}
	if root := twiml.XMLName.Local; root != rootElement {
		return response{}, refusal("12102", fmt.Sprintf("root element is <%s>, must be <%s>", root, rootElement))
	}
	if err := telephony.EndXML(dec); err != nil {
		return response{}, refusal("12100", "document parse failure: "+err.Error())
	}
	return twiml, nil
}

// checkDialable returns a violation where Twilio wouldn't dial raw.
func checkDialable(raw string) error {
	u, err := url.Parse(raw)
	switch {
	case err != nil || u.Hostname() == "":
		return refusal("31923", "stream URL is malformed")
	case !telephony.Dialable(u):
		return refusal("31922", fmt.Sprintf("stream URL's scheme %q is not wss", u.Scheme))
	case u.RawQuery != "" || u.ForceQuery:
		return refusal("31920", "stream URL has a query string; use <Parameter>")
	}
	return nil
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
	}), nil
}

// refusal is an error of Twilio's that ends the call before it streams.
func refusal(code, rule string) error {
	return &telephony.Violation{Code: code, Rule: rule, Fatal: true}
}
