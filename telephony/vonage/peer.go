package vonage

import (
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"

	"github.com/talkpath/talkpath/telephony"
)

// errNotText reports headers whose values are no text.
var errNotText = errors.New("headers are not an object of text")

// peer plays Vonage's part.
type peer struct{}

// Announce implements telephony.Peer with the query that Vonage adds to an
// application's answer URL. Numbers go out as the call has them; the real ones
// are E.164 without the plus sign.
func (peer) Announce(answerURL string, call telephony.PeerCall) (*http.Request, error) {
	return telephony.AnnounceQuery(answerURL, map[string]string{
		"to":                call.To,
		"from":              call.From,
		"uuid":              call.CallID,
		"conversation_uuid": "CON-" + call.CallID,
	})
}

// ReadAnswer implements telephony.Peer. It follows the first action that
// connects to a socket. What Vonage would refuse is a *telephony.Violation. It
// takes ws:// to a loopback host, where the real one takes wss:// only, and
// headers of text, where the real one takes any JSON.
func (peer) ReadAnswer(doc telephony.Document) (telephony.Stream, error) {
	if kind, _, err := mime.ParseMediaType(doc.ContentType); err != nil || kind != "application/json" {
		return telephony.Stream{}, refusal(fmt.Sprintf("content type %q is not application/json", doc.ContentType))
	}
	var ncco []action
	if err := json.Unmarshal(doc.Body, &ncco); err != nil {
		return telephony.Stream{}, refusal("NCCO is not a JSON array of actions: " + err.Error())
	}
	for _, a := range ncco {
		switch {
		case a.Action == "":
			return telephony.Stream{}, refusal("NCCO has an action without a name")
		case a.Action != connectAction:
			continue
		case len(a.Endpoint) != 1:
			return telephony.Stream{}, refusal(fmt.Sprintf("connect has %d endpoints, must have one", len(a.Endpoint)))
		case a.Endpoint[0].Type == websocketPoint:
			return readEndpoint(a.Endpoint[0])
		}
	}
	return telephony.Stream{}, refusal("the NCCO connects to no websocket, so the call would end without one")
}

func readEndpoint(e endpoint) (telephony.Stream, error) {
	u, err := url.Parse(e.URI)
	switch {
	case err != nil || u.Hostname() == "":
		return telephony.Stream{}, refusal("uri is malformed")
	case !telephony.Dialable(u):
		return telephony.Stream{}, refusal(fmt.Sprintf("uri's scheme %q is not wss", u.Scheme))
	}
	rate, err := rateOf(e.ContentType)
	if err != nil {
		return telephony.Stream{}, refusal(fmt.Sprintf("content-type %.64q is none that a websocket can have", e.ContentType))
	}
	params, err := readHeaders(e.Headers)
	if err != nil {
		return telephony.Stream{}, refusal(err.Error())
	}
	return telephony.Stream{URL: e.URI, Params: params, Rate: rate}, nil
}

// readHeaders returns an endpoint's headers.
func readHeaders(object json.RawMessage) (params map[string]string, err error) {
	if len(object) > maxHeaders {
		return nil, fmt.Errorf("%w: %d bytes of JSON, at most %d", ErrHeaders, len(object), maxHeaders)
	}
	if len(object) > 0 && json.Unmarshal(object, &params) != nil {
		return nil, errNotText
	}
	_, err = composeHeaders(params)
	return params, err
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

// refusal is why Vonage gives a call up before it streams.
func refusal(rule string) error { return &telephony.Violation{Rule: rule, Fatal: true} }
