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

// ReadAnswer implements telephony.Peer. It follows the first action that
// connects to a socket. What Vonage would refuse is a *telephony.Violation. It
// takes ws:// to a loopback host, where the real one takes wss:// only, and
// headers of text, where the real one takes any JSON.
func (peer) ReadAnswer(doc telephony.Document) (telephony.Stream, error) {
	ncco, err := parseNCCO(doc)
	if err != nil {
		return telephony.Stream{}, err
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
			return readConnect(a)
		}
	}
	return telephony.Stream{}, refusal("the NCCO connects to no websocket, so the call would end without one")
}

// parseNCCO reads a document that is an array of actions.
func parseNCCO(doc telephony.Document) ([]action, error) {
	if kind, _, err := mime.ParseMediaType(doc.ContentType); err != nil || kind != "application/json" {
		return nil, refusal(fmt.Sprintf("content type %q is not application/json", doc.ContentType))
	}
	var ncco []action
	if err := json.Unmarshal(doc.Body, &ncco); err != nil {
		return nil, refusal("NCCO is not a JSON array of actions: " + err.Error())
	}
	return ncco, nil
}

// readConnect returns where a connect action leads to, and whom it asks when
// that has ended.
func readConnect(a action) (telephony.Stream, error) {
	to, err := readEndpoint(a.Endpoint[0])
	if err != nil {
		return telephony.Stream{}, err
	}
	switch {
	case a.EventType != "" && a.EventType != synchronous:
		return telephony.Stream{}, refusal(fmt.Sprintf("eventType %.64q is none but synchronous", a.EventType))
	case len(a.EventURL) > 1:
		return telephony.Stream{}, refusal(fmt.Sprintf("eventUrl has %d URLs, must have one", len(a.EventURL)))
	case len(a.EventURL) == 0:
		return to, nil
	case a.EventMethod != "" && a.EventMethod != http.MethodPost:
		return telephony.Stream{}, refusal(fmt.Sprintf("eventMethod %.64q is not played here, only POST", a.EventMethod))
	}
	if err := checkCallback(a.EventURL[0]); err != nil {
		return telephony.Stream{}, refusal("eventUrl: " + err.Error())
	}
	if a.EventType == synchronous {
		to.RecoverURL = a.EventURL[0]
	}
	return to, nil
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
		return nil, fmt.Errorf("%w: %d bytes of JSON, at most %d", telephony.ErrParameter, len(object), maxHeaders)
	}
	if len(object) > 0 && json.Unmarshal(object, &params) != nil {
		return nil, errNotText
	}
	_, err = composeHeaders(params)
	return params, err
}

// refusal is why Vonage gives a call up before it streams.
func refusal(rule string) error { return &telephony.Violation{Rule: rule, Fatal: true} }
