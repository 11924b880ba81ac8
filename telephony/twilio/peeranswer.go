package twilio

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/talkpath/talkpath/telephony"
)

// ReadAnswer implements telephony.Peer. It does the document's verbs in their
// order as far as they matter to streams: <Connect> and <Start> with a
// <Stream>, <Redirect>, <Hangup> and <Reject>. Others are passed over, those
// that Twilio doesn't know too, about which it only warns (12200). What Twilio
// would refuse is a *telephony.Violation with Twilio's error number. It takes
// ws:// to a loopback host, where the real one takes wss:// only.
//
// The verbs behind a <Connect> count once its stream has ended: a <Redirect>
// there is RecoverURL. Where a copy of the sound is followed by a <Connect>,
// the peer plays the conversation only.
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
	twiml, err := parseTwiML(doc)
	if err != nil {
		return telephony.Stream{}, err
	}
	for i, v := range twiml.Verbs {
		rest := twiml.Verbs[i+1:]
		switch {
		case v.XMLName.Local == verbConnect && v.Stream != nil:
			return readConnect(*v.Stream, rest)
		case v.XMLName.Local == verbStart && v.Stream != nil && !connects(rest):
			return readCopy(*v.Stream, rest)
		case v.XMLName.Local == verbRedirect:
			return telephony.Stream{}, refusal("", "the document redirects before it opens a stream, which is not played here")
		case ends(v):
			return telephony.Stream{}, telephony.ErrCallOver
		}
	}
	return telephony.Stream{}, telephony.ErrCallOver
}

// readConnect reads a two-way stream and where the call goes on when it has
// ended.
func readConnect(noun stream, rest []verb) (telephony.Stream, error) {
	if noun.Track != "" && noun.Track != trackInbound {
		return telephony.Stream{}, refusal("31941", fmt.Sprintf("track %.64q is not allowed inside <Connect>", noun.Track))
	}
	s, err := readStream(noun)
	if err != nil {
		return telephony.Stream{}, err
	}
	s.RecoverURL, _, err = following(rest)
	return s, err
}

// readCopy reads a one-way stream and what the call does meanwhile.
func readCopy(noun stream, rest []verb) (telephony.Stream, error) {
	part := telephony.ListenCaller
	switch noun.Track {
	case "", trackInbound:
	case trackBoth:
		part = telephony.ListenBoth
	case "outbound_track":
		return telephony.Stream{}, refusal("", "track outbound_track alone is not played here")
	default:
		return telephony.Stream{}, refusal("31941", fmt.Sprintf("there is no track %.64q", noun.Track))
	}
	s, err := readStream(noun)
	if err != nil {
		return telephony.Stream{}, err
	}
	next, goesOn, err := following(rest)
	if err == nil && !goesOn {
		err = refusal("", "nothing holds the call after <Start><Stream>, so it would end at once")
	}
	s.Listen, s.Next = part, next
	return s, err
}

// readStream reads what a stream of either kind has.
func readStream(noun stream) (telephony.Stream, error) {
	if err := checkDialable(noun.URL); err != nil {
		return telephony.Stream{}, err
	}
	s := telephony.Stream{URL: noun.URL, StatusURL: noun.StatusCallback}
	if s.StatusURL != "" {
		if err := checkCallback(s.StatusURL, noun.StatusMethod); err != nil {
			return telephony.Stream{}, err
		}
	}
	for _, p := range noun.Parameters {
		if s.Params == nil {
			s.Params = make(map[string]string, len(noun.Parameters))
		}
		s.Params[p.Name] = p.Value
	}
	return s, nil
}

// following returns the URL that the verbs redirect to, and whether the call
// goes on with them at all. A verb that takes its time before the redirect is
// not played.
func following(rest []verb) (redirect string, goesOn bool, err error) {
	for _, v := range rest {
		switch {
		case v.XMLName.Local == verbRedirect:
			to := strings.TrimSpace(v.Text)
			return to, true, checkCallback(to, v.Method)
		case ends(v):
			return "", goesOn, nil
		}
		goesOn = goesOn || holds(v)
	}
	return "", goesOn, nil
}

// connects reports whether a two-way stream is opened before the call ends.
func connects(rest []verb) bool {
	for _, v := range rest {
		switch {
		case v.XMLName.Local == verbConnect && v.Stream != nil:
			return true
		case v.XMLName.Local == verbRedirect, ends(v):
			return false
		}
	}
	return false
}

// ends reports whether the call ends with v.
func ends(v verb) bool { return v.XMLName.Local == verbHangup || v.XMLName.Local == verbReject }

// holds reports whether the call lasts at least as long as v does.
func holds(v verb) bool {
	switch v.XMLName.Local {
	case verbConnect, "Dial", "Enqueue", "Gather", "Pause", "Pay", "Play", "Prompt", "Record", "Say":
		return true
	default:
		return false
	}
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
	case !callable(raw):
		return refusal("11100", "a redirect's or status callback's URL is not http:// or https:// with a host")
	case method != "" && !strings.EqualFold(method, "POST"):
		return refusal("", fmt.Sprintf("method %.64q is not played here, only POST", method))
	}
	return nil
}
