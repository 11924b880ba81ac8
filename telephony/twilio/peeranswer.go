package twilio

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/talkpath/talkpath/telephony"
)

// twiML returns Twilio's error numbers for a document, and the size of the
// largest that it reads, which is the limit that users have measured.
func twiML() telephony.XMLRules {
	return telephony.XMLRules{Most: 64 << 10, BadType: "12300", BadXML: "12100", BadRoot: "12102"}
}

// ReadAnswer implements telephony.Peer. What Twilio would refuse is a
// *telephony.Violation with Twilio's error number. It takes ws:// to a loopback
// host, where the real one takes wss:// only.
func (peer) ReadAnswer(doc telephony.Document) (telephony.Stream, error) {
	s, err := readDocument(doc)
	if errors.Is(err, telephony.ErrCallOver) {
		return s, refusal("", "the document opens no stream, so the call would end without one")
	}
	return s, err
}

// readDocument returns the stream that a document opens, or ErrCallOver where
// the call ends instead.
func readDocument(doc telephony.Document) (telephony.Stream, error) {
	opened, err := telephony.ReadTwiML(doc, twiML())
	if err != nil {
		return telephony.Stream{}, err
	}
	if err = checkOpening(opened); err != nil {
		return telephony.Stream{}, err
	}
	return opened.Target(), nil
}

// checkOpening returns a violation where Twilio wouldn't open a stream, or
// would do other than the peer with what follows it.
func checkOpening(o telephony.TwiMLOpening) error {
	if err := checkTrack(o); err != nil {
		return err
	}
	if err := checkDialable(o.URL); err != nil {
		return err
	}
	if o.StatusCallback != "" {
		if err := checkCallback(o.StatusCallback, o.StatusMethod); err != nil {
			return err
		}
	}
	if o.Redirect != nil {
		return checkCallback(o.Redirect.Text, o.Redirect.Method)
	}
	if o.Copies && !o.GoesOn {
		return refusal("", "nothing holds the call after <Start><Stream>, so it would end at once")
	}
	return nil
}

// checkTrack returns a violation where the stream can't have its track.
func checkTrack(o telephony.TwiMLOpening) error {
	switch o.Track {
	case "", telephony.TwiMLInbound:
		return nil
	case telephony.TwiMLBoth:
		if o.Copies {
			return nil
		}
	case telephony.TwiMLOutbound:
		if o.Copies {
			return refusal("", "track outbound_track alone is not played here")
		}
	}
	return refusal("31941", fmt.Sprintf("track %.64q is not allowed for the verb", o.Track))
}

// checkDialable returns a violation where Twilio wouldn't dial raw.
func checkDialable(raw string) error {
	u, err := url.Parse(raw)
	switch {
	case err != nil || u.Hostname() == "":
		return refusal("31923", "stream URL is malformed")
	case !telephony.Dialable(u):
		return refusal("31922", fmt.Sprintf("stream URL's scheme %.64q is not wss", u.Scheme))
	case u.RawQuery != "" || u.ForceQuery:
		return refusal("31920", "stream URL has a query string; use <Parameter>")
	}
	return nil
}

// checkCallback returns a violation where Twilio couldn't send a request to
// raw, or would send another than the peer does.
func checkCallback(raw, method string) error {
	switch {
	case checkCallable(raw) != nil:
		return refusal("11100", "a redirect's or status callback's URL is not http:// or https:// with a host")
	case method != "" && !strings.EqualFold(method, http.MethodPost):
		return refusal("", fmt.Sprintf("method %.64q is not played here, only POST", method))
	}
	return nil
}

// refusal is an error of Twilio's that ends the call before it streams.
func refusal(code, rule string) error {
	return &telephony.Violation{Code: code, Rule: rule, Fatal: true}
}
