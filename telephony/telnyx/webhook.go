package telnyx

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/talkpath/talkpath/telephony"
)

// maxURL is the longest URL that Telnyx takes (error 10003).
const maxURL = 2000

// post is the method in which we want to be called, since nothing proves the
// query of a GET.
const post = http.MethodPost

// modeRTP is the bidirectionalMode of a stream that takes raw sound. The
// default is whole MP3 files; sound sent to such a stream is never heard.
const modeRTP = "rtp"

// ErrCallControl reports a webhook of the API that isn't TeXML's.
var ErrCallControl = errors.New("request is Call Control's: assign the number to a TeXML application, which takes a document as answer")

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
	noun, err := streamTo(s)
	if err != nil {
		return telephony.Document{}, fmt.Errorf("answer: %w", err)
	}
	verbs, err := telephony.OpenTwiML(s, noun, checkCallback)
	if err != nil {
		return telephony.Document{}, fmt.Errorf("answer: %w", err)
	}
	if len(verbs) == 1 { // nothing follows the stream
		verbs = append(verbs, telephony.TwiMLHangup())
	}
	return telephony.ComposeTwiML(verbs...)
}

// streamTo returns the noun that leads to s. A copy has no sound of ours.
func streamTo(s telephony.Stream) (telephony.TwiMLStream, error) {
	format, err := choose(s.Encoding, s.Rate)
	if err != nil {
		return telephony.TwiMLStream{}, err
	}
	to := s.URL + "?" + formatKey + "=" + format.String()
	if err = checkURL(s.URL, to); err != nil {
		return telephony.TwiMLStream{}, err
	}
	noun := telephony.TwiMLStream{URL: to, Codec: format.Encoding.String()}
	if s.Listen == telephony.ListenNone {
		noun.Mode, noun.SpokenIn, noun.SpokenAt = modeRTP, noun.Codec, strconv.Itoa(format.Rate)
	}
	if s.StatusURL != "" {
		noun.StatusCallback, noun.StatusMethod = s.StatusURL, post
	}
	return noun, nil
}

// checkURL returns telephony.ErrStreamURL where Telnyx couldn't open raw, which
// becomes whole with our query.
func checkURL(raw, whole string) error {
	if len(whole) > maxURL {
		return fmt.Errorf("%w, and have at most %d characters", telephony.ErrStreamURL, maxURL)
	}
	return telephony.CheckStreamURL(raw)
}

// checkCallback returns telephony.ErrCallbackURL where Telnyx couldn't call raw.
func checkCallback(raw string) error {
	u, err := telephony.ParseCallback(raw)
	if err == nil && (u.User != nil || u.Fragment != "" || len(raw) > maxURL || strings.ContainsAny(raw, " \t\r\n")) {
		err = fmt.Errorf("%w, without login, fragment and spaces, and at most %d characters long", telephony.ErrCallbackURL, maxURL)
	}
	return err
}
