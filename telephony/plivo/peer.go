package plivo

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
)

// maxXML is the size of the largest document that Plivo reads: 100 KB.
const maxXML = 100 << 10

// What ends a call before it streams: Plivo's hang-up codes and the word in
// its logs.
const (
	codeBadXML    = "8011"
	codeEndOfXML  = "4010"
	badFormatCode = "invalid_content_type"
)

// peer plays Plivo's part.
type peer struct{}

// Announce implements telephony.Peer with the form that Plivo posts to an
// application's answer URL.
func (peer) Announce(answerURL string, call telephony.PeerCall) (*http.Request, error) {
	return telephony.AnnounceForm(answerURL, url.Values{
		"CallUUID":     {call.CallID},
		"ALegUUID":     {call.CallID},
		"ParentAuthID": {call.AccountID},
		"From":         {call.From},
		"To":           {call.To},
		"CallStatus":   {"ringing"},
		"Direction":    {"inbound"},
		"Event":        {"StartApp"},
		"SessionStart": {time.Now().UTC().Format("2006-01-02 15:04:05.000000")},
	})
}

// ReadAnswer implements telephony.Peer. What Plivo would refuse, and what
// would leave the call without a two-way stream, is a *telephony.Violation. It
// takes ws:// to a loopback host, where the real one takes wss:// only.
func (peer) ReadAnswer(doc telephony.Document) (telephony.Stream, error) {
	if kind, _, err := mime.ParseMediaType(doc.ContentType); err != nil || kind != "text/xml" && kind != "application/xml" {
		return telephony.Stream{}, refusal(codeBadXML, fmt.Sprintf("content type %q is not application/xml", doc.ContentType))
	}
	answer, err := parseXML(doc.Body)
	if err != nil {
		return telephony.Stream{}, err
	}
	for i, v := range answer.Verbs {
		if v.XMLName.Local != streamElement {
			continue
		}
		if v.KeepCallAlive != "true" && i == len(answer.Verbs)-1 {
			return telephony.Stream{}, refusal(codeEndOfXML, "nothing follows <Stream> and it has not keepCallAlive, so the call would end")
		}
		return readStream(v)
	}
	return telephony.Stream{}, refusal(codeEndOfXML, "the document has no <Stream>, so the call would end without one")
}

// parseXML reads a document that is one <Response>.
func parseXML(body []byte) (response, error) {
	if len(body) > maxXML {
		return response{}, refusal(codeBadXML, fmt.Sprintf("document of %d bytes is larger than %d", len(body), maxXML))
	}
	var answer response
	dec := xml.NewDecoder(bytes.NewReader(body))
	if err := dec.Decode(&answer); err != nil {
		return response{}, refusal(codeBadXML, "document can't be read: "+err.Error())
	}
	if root := answer.XMLName.Local; root != rootElement {
		return response{}, refusal(codeBadXML, fmt.Sprintf("root element is <%s>, must be <%s>", root, rootElement))
	}
	if err := telephony.EndXML(dec); err != nil {
		return response{}, refusal(codeBadXML, "document can't be read: "+err.Error())
	}
	return answer, nil
}

// readStream returns where a <Stream> leads to.
func readStream(v verb) (telephony.Stream, error) {
	to := telephony.Stream{URL: strings.TrimSpace(v.URL)}
	switch {
	case v.Bidirectional != "true":
		return to, refusal("", "stream is not bidirectional, so the agent couldn't be heard")
	case v.AudioTrack != "" && v.AudioTrack != "inbound":
		return to, refusal("", fmt.Sprintf("audioTrack %q is not allowed on a bidirectional stream", v.AudioTrack))
	}
	if err := checkDialable(to.URL); err != nil {
		return to, err
	}
	format, err := readContentType(v.ContentType)
	if err != nil {
		return to, refusal(badFormatCode, fmt.Sprintf("contentType %q is none that Plivo streams", v.ContentType))
	}
	to.Rate, to.Encoding = format.Rate, format.Encoding
	if to.Params, err = readAttribute(v.ExtraHeaders); err != nil {
		return to, refusal("", err.Error())
	}
	return to, nil
}

// readContentType returns the format of a <Stream>. Without the attribute it
// is what the reference of the XML says.
func readContentType(text string) (media.Format, error) {
	if text == "" {
		return choose(8000, media.L16)
	}
	kind, rate, _ := strings.Cut(text, ";rate=")
	n, err := strconv.ParseUint(rate, 10, 32)
	if err != nil {
		return media.Format{}, telephony.ErrBadFormat
	}
	return formatOf(kind, n)
}

// checkDialable returns a violation where Plivo wouldn't dial raw.
func checkDialable(raw string) error {
	u, err := url.Parse(raw)
	switch {
	case err != nil || u.Hostname() == "":
		return refusal("", "stream URL is malformed")
	case !telephony.Dialable(u):
		return refusal("", fmt.Sprintf("stream URL's scheme %q is not wss", u.Scheme))
	case len(raw) > maxURL:
		return refusal("", fmt.Sprintf("stream URL has more than %d characters", maxURL))
	}
	return nil
}

// Open implements telephony.Peer. What the answer asks for wins over what
// call does.
func (peer) Open(s telephony.Stream, call telephony.PeerCall) (telephony.PeerStream, error) {
	if err := call.CheckIDs(); err != nil {
		return nil, fmt.Errorf("%s: open stream: %w", name, err)
	}
	headers, err := joined(s.Params, ";", passed)
	if err != nil {
		return nil, fmt.Errorf("%s: open stream: %w", name, err)
	}
	rate, encoding := call.Rate, call.Encoding
	if s.Rate != 0 || s.Encoding != 0 {
		rate, encoding = s.Rate, s.Encoding
	}
	format, err := choose(rate, encoding)
	if err != nil {
		return nil, fmt.Errorf("%s: open stream in %v at %d Hz: %w", name, encoding, rate, err)
	}
	return newPeerStream(telephony.Start{
		StreamID:  call.StreamID,
		CallID:    call.CallID,
		AccountID: call.AccountID,
		Params:    s.Params,
		Format:    format,
	}, headers, time.Now()), nil
}

// refusal is why a call ends before it streams.
func refusal(code, rule string) error {
	return &telephony.Violation{Code: code, Rule: rule, Fatal: true}
}
