package telnyx

import (
	"encoding/xml"
	"errors"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
)

// maxURL is the longest URL that Telnyx takes (error 10003).
const maxURL = 2000

// What a webhook's request or a stream lacks.
var (
	ErrNoCallSid   = errors.New("CallSid is missing")
	ErrCallControl = errors.New("request is Call Control's: assign the number to a TeXML application, which takes a document as answer")
	ErrStreamURL   = errors.New("stream URL must be ws:// or wss:// with a host, at most 2000 characters, without user, query or fragment")
	ErrParameter   = errors.New("custom parameter can't be sent")
)

// webhook is Telnyx's HTTP side: that of a TeXML application.
type webhook struct{}

// ReadCall implements telephony.Webhook for the form that Telnyx posts to a
// TeXML application's URL, or sends as a query where that is set to GET.
func (webhook) ReadCall(r *http.Request) (telephony.Incoming, error) {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err == nil && kind == "application/json" {
		return telephony.Incoming{}, fmt.Errorf("read call: %w", ErrCallControl)
	}
	if err := r.ParseForm(); err != nil {
		return telephony.Incoming{}, fmt.Errorf("read call: %w", err)
	}
	call := telephony.Incoming{
		CallID:    r.Form.Get("CallSid"),
		AccountID: r.Form.Get("AccountSid"),
		From:      r.Form.Get("From"),
		To:        r.Form.Get("To"),
	}
	if call.CallID == "" {
		call.CallID = r.Form.Get("CallSidLegacy")
	}
	if call.CallID == "" {
		return telephony.Incoming{}, fmt.Errorf("read call: %w", ErrNoCallSid)
	}
	return call, nil
}

// Answer implements telephony.Webhook with the TeXML of a two-way stream in
// rtp mode, behind which the call ends. It asks for one codec in both
// directions, PCMU where s names neither encoding nor rate. The ticket travels
// as a custom parameter and in the URL's path.
func (webhook) Answer(s telephony.Stream) (telephony.Document, error) {
	format, err := choose(s.Encoding, s.Rate)
	if err != nil {
		return telephony.Document{}, fmt.Errorf("answer: %w", err)
	}
	to := s.URL + "?" + formatKey + "=" + format.String()
	if err = checkURL(s.URL, to); err != nil {
		return telephony.Document{}, fmt.Errorf("answer: %w", err)
	}
	parameters, err := parametersOf(s.Params)
	if err != nil {
		return telephony.Document{}, fmt.Errorf("answer: %w", err)
	}
	body, err := xml.Marshal(response{
		XMLName: xml.Name{Local: rootElement},
		Connect: &connect{Stream: streamOf(to, format, parameters)},
		Hangup:  &hangup{},
	})
	if err != nil {
		return telephony.Document{}, fmt.Errorf("answer: %w", err)
	}
	return telephony.Document{ContentType: "text/xml", Body: append([]byte(xml.Header), body...)}, nil
}

// streamOf returns a stream in format in both directions.
func streamOf(to string, format media.Format, parameters []parameter) *stream {
	return &stream{
		URL:        to,
		Codec:      format.Encoding.String(),
		Mode:       modeRTP,
		SpokenIn:   format.Encoding.String(),
		SpokenAt:   strconv.Itoa(format.Rate),
		Parameters: parameters,
	}
}

// parametersOf returns params in the order of their names.
func parametersOf(params map[string]string) ([]parameter, error) {
	if len(params) > telephony.MaxParams {
		return nil, fmt.Errorf("%w: %d of them, at most %d", ErrParameter, len(params), telephony.MaxParams)
	}
	var all []parameter
	for _, key := range slices.Sorted(maps.Keys(params)) {
		if key == "" || !telephony.IsXMLText(key) || !telephony.IsXMLText(params[key]) {
			return nil, fmt.Errorf("%w: %.64q", ErrParameter, key)
		}
		all = append(all, parameter{key, params[key]})
	}
	return all, nil
}

// checkURL returns ErrStreamURL where Telnyx couldn't open raw, which becomes
// whole with our query. The simulator takes ws:// too, so it is not refused.
func checkURL(raw, whole string) error {
	u, err := url.Parse(raw)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrStreamURL, err)
	}
	if (u.Scheme != "ws" && u.Scheme != "wss") || u.Host == "" || u.User != nil ||
		u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || len(whole) > maxURL || !telephony.IsXMLText(raw) {
		return ErrStreamURL
	}
	return nil
}
