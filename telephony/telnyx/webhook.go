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
	ErrCallback    = errors.New("URL for Telnyx to call must be http:// or https:// with a host, at most 2000 characters, without user or fragment")
	ErrOneWay      = errors.New("one-way streams are not asked of Telnyx")
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

// Answer implements telephony.Webhook with the TeXML of a two-way stream in
// rtp mode. It asks for one codec in both directions, PCMU where s names
// neither encoding nor rate. The ticket travels as a custom parameter and in
// the URL's path. Behind the stream the call ends, or asks s.RecoverURL.
func (webhook) Answer(s telephony.Stream) (telephony.Document, error) {
	if s.Listen != telephony.ListenNone {
		return telephony.Document{}, fmt.Errorf("answer: %w", ErrOneWay)
	}
	format, err := choose(s.Encoding, s.Rate)
	if err != nil {
		return telephony.Document{}, fmt.Errorf("answer: %w", err)
	}
	to := s.URL + "?" + formatKey + "=" + format.String()
	if err = checkURL(s.URL, to); err != nil {
		return telephony.Document{}, fmt.Errorf("answer: %w", err)
	}
	for _, callback := range []string{s.RecoverURL, s.StatusURL} {
		if err = checkCallback(callback); err != nil {
			return telephony.Document{}, fmt.Errorf("answer: %w", err)
		}
	}
	parameters, err := parametersOf(s.Params)
	if err != nil {
		return telephony.Document{}, fmt.Errorf("answer: %w", err)
	}
	connect := element(connectElement)
	connect.Stream = streamOf(to, format, parameters)
	if s.StatusURL != "" {
		connect.Stream.Status, connect.Stream.StatusMethod = s.StatusURL, post
	}
	last := element(hangupElement)
	if s.RecoverURL != "" {
		last = element(redirectElement)
		last.Method, last.Text = post, s.RecoverURL
	}
	doc, err := compose(connect, last)
	if err != nil {
		return telephony.Document{}, fmt.Errorf("answer: %w", err)
	}
	return doc, nil
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
