package twilio

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/talkpath/talkpath/telephony"
)

// maxTwiML is the size of the largest document that the peer reads, the limit
// that users have measured at Twilio.
const maxTwiML = 64 << 10

// ErrNoIDs reports a call for the peer to play that lacks ids.
var ErrNoIDs = errors.New("peer's call needs a CallID and a StreamID")

// peer plays Twilio's part.
type peer struct{}

// Announce implements telephony.Peer with the form that Twilio posts to a
// number's Voice URL.
func (peer) Announce(answerURL string, call telephony.PeerCall) (*http.Request, error) {
	form := url.Values{
		"CallSid":    {call.CallID},
		"AccountSid": {call.AccountID},
		"From":       {call.From},
		"To":         {call.To},
		"CallStatus": {"ringing"},
		"Direction":  {"inbound"},
		"ApiVersion": {"2010-04-01"},
	}
	r, err := http.NewRequest(http.MethodPost, answerURL, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, fmt.Errorf("announce call: %w", err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")
	return r, nil
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
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return twiml, nil
		}
		if err != nil {
			return response{}, refusal("12100", "document parse failure: "+err.Error())
		}
		if _, second := token.(xml.StartElement); second {
			return response{}, refusal("12100", "document parse failure: more than one root element")
		}
	}
}

// checkDialable returns a violation where Twilio wouldn't dial raw.
func checkDialable(raw string) error {
	u, err := url.Parse(raw)
	switch {
	case err != nil || u.Hostname() == "":
		return refusal("31923", "stream URL is malformed")
	case u.Scheme != "wss" && (u.Scheme != "ws" || !isLoopback(u.Hostname())):
		return refusal("31922", fmt.Sprintf("stream URL's scheme %q is not wss", u.Scheme))
	case u.RawQuery != "" || u.ForceQuery:
		return refusal("31920", "stream URL has a query string; use <Parameter>")
	}
	return nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Open implements telephony.Peer.
func (peer) Open(s telephony.Stream, call telephony.PeerCall) (telephony.PeerStream, error) {
	if call.StreamID == "" || call.CallID == "" {
		return nil, fmt.Errorf("%s: open stream: %w", name, ErrNoIDs)
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
