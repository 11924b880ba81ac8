package telnyx

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

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
	ErrCallback    = errors.New("URL for Telnyx to call must be http:// or https:// with a host, at most 2000 characters, without user or fragment")
)

// webhook is Telnyx's HTTP side: that of a TeXML application.
type webhook struct{}

// ReadCall implements telephony.Webhook for the form that Telnyx posts to a
// TeXML application's URL, or sends as a query where that is set to GET.
func (webhook) ReadCall(r *http.Request) (telephony.Incoming, error) {
	if isJSON(r) {
		return telephony.Incoming{}, fmt.Errorf("read call: %w", ErrCallControl)
	}
	if err := parseTeXMLForm(r); err != nil {
		return telephony.Incoming{}, fmt.Errorf("read call: %w", err)
	}
	return telephony.Incoming{
		CallID:    callSid(r.Form),
		AccountID: r.Form.Get("AccountSid"),
		From:      r.Form.Get("From"),
		To:        r.Form.Get("To"),
	}, nil
}

// Answer implements telephony.Webhook with the TeXML of a stream. A two-way one
// is in rtp mode, with one codec in both directions, PCMU where s names neither
// encoding nor rate; behind it the call ends, or asks s.RecoverURL. A one-way
// stream goes on beside the call, which s.Next says how to continue. The ticket
// travels as a custom parameter and in the URL's path.
func (webhook) Answer(s telephony.Stream) (telephony.Document, error) {
	verbs, err := verbsOf(s)
	if err != nil {
		return telephony.Document{}, fmt.Errorf("answer: %w", err)
	}
	doc, err := compose(verbs...)
	if err != nil {
		return telephony.Document{}, fmt.Errorf("answer: %w", err)
	}
	return doc, nil
}

// verbsOf returns the verbs that open a stream to s, and what follows them.
func verbsOf(s telephony.Stream) ([]verb, error) {
	format, err := choose(s.Encoding, s.Rate)
	if err != nil {
		return nil, err
	}
	to := s.URL + "?" + formatKey + "=" + format.String()
	if err = checkURL(s.URL, to); err != nil {
		return nil, err
	}
	opening, next := element(connectElement), s.RecoverURL
	noun := &stream{
		URL:      to,
		Codec:    format.Encoding.String(),
		Mode:     modeRTP,
		SpokenIn: format.Encoding.String(),
		SpokenAt: strconv.Itoa(format.Rate),
	}
	params := s.Params
	if s.Listen != telephony.ListenNone {
		if s.Next == "" {
			return nil, telephony.ErrNoNext
		}
		opening, next = element(startElement), s.Next
		noun = &stream{URL: to, Track: trackOf(s.Listen), Codec: format.Encoding.String()}
		params = maps.Clone(params)
		if params == nil {
			params = make(map[string]string, 1)
		}
		params[telephony.ListenParam] = s.Listen.String()
	}
	if noun.Parameters, err = parametersOf(params); err != nil {
		return nil, err
	}
	for _, callback := range []string{next, s.StatusURL} {
		if err = checkCallback(callback); err != nil {
			return nil, err
		}
	}
	if s.StatusURL != "" {
		noun.Status, noun.StatusMethod = s.StatusURL, post
	}
	opening.Stream = noun
	last := element(hangupElement)
	if next != "" {
		last = element(redirectElement)
		last.Method, last.Text = post, next
	}
	return []verb{opening, last}, nil
}

// trackOf returns the track of what a one-way stream copies.
func trackOf(listen telephony.Listening) string {
	if listen == telephony.ListenBoth {
		return bothTracks
	}
	return callerTrack
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

// checkCallback returns ErrCallback where Telnyx couldn't call raw; an empty
// URL is not asked for.
func checkCallback(raw string) error {
	if raw == "" {
		return nil
	}
	u, err := url.Parse(raw)
	if err != nil {
		return ErrCallback // whose error would repeat the URL, which may hold a secret
	}
	if (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" || u.User != nil ||
		u.Fragment != "" || len(raw) > maxURL || strings.ContainsAny(raw, " \t\r\n") || !telephony.IsXMLText(raw) {
		return ErrCallback
	}
	return nil
}
