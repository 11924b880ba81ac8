package plivo

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
)

// maxXML is the size of the largest document that Plivo reads: 100 KB.
const maxXML = 100 << 10

// What ends a call before it streams: Plivo's hang-up codes and the word in
// its logs.
const (
	codeBadXML      = "8011"
	codeBadRedirect = "8014"
	codeEndOfXML    = "4010"
	badFormatCode   = "invalid_content_type"
)

// ReadAnswer implements telephony.Peer. What Plivo would refuse, and what
// would leave the call without a stream, is a *telephony.Violation. It takes
// ws:// to a loopback host, where the real one takes wss:// only.
func (peer) ReadAnswer(doc telephony.Document) (telephony.Stream, error) {
	verbs, err := parseXML(doc)
	if err != nil {
		return telephony.Stream{}, err
	}
	for i, v := range verbs {
		if v.XMLName.Local == streamElement {
			return readStream(v, verbs[i+1:])
		}
	}
	return telephony.Stream{}, refusal(codeEndOfXML, "the document has no <Stream>, so the call would end without one")
}

// parseXML returns the verbs of a document.
func parseXML(doc telephony.Document) ([]verb, error) {
	return telephony.ReadXML[verb](doc, telephony.XMLRules{
		Most: maxXML, BadType: codeBadXML, BadSize: codeBadXML, BadXML: codeBadXML, BadRoot: codeBadXML,
	})
}

// readStream returns where a <Stream> leads to and what becomes of the call
// besides, by the verbs that follow.
func readStream(v verb, following []verb) (telephony.Stream, error) {
	to := telephony.Stream{URL: strings.TrimSpace(v.URL), StatusURL: v.StatusCallbackURL}
	if v.KeepCallAlive != "true" && len(following) == 0 {
		return to, refusal(codeEndOfXML, "nothing follows <Stream> and it has not keepCallAlive, so the call would end")
	}
	if err := checkAsked(v); err != nil {
		return to, err
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
	next, err := readNext(following)
	if err != nil {
		return to, err
	}
	switch {
	case v.Bidirectional != "true":
		to.Listen, to.Next = readTrack(v.AudioTrack), next
	case v.KeepCallAlive == "true":
		to.RecoverURL = next
	}
	return to, nil
}

// checkAsked returns a violation where a <Stream>'s attributes don't fit
// together, or ask for what this peer doesn't play.
func checkAsked(v verb) error {
	switch {
	case v.Bidirectional != "true" && v.KeepCallAlive == "true":
		return refusal("", "stream is not bidirectional, so the agent couldn't be heard, and keepCallAlive has no effect")
	case v.Bidirectional != "true" && v.AudioTrack == "outbound":
		return refusal("", "a copy without the caller is not played here")
	case v.Bidirectional != "true":
		if v.AudioTrack != "" && v.AudioTrack != "inbound" && v.AudioTrack != "both" {
			return refusal("", fmt.Sprintf("audioTrack %.64q is none that Plivo has", v.AudioTrack))
		}
	case v.AudioTrack != "" && v.AudioTrack != "inbound":
		return refusal("", fmt.Sprintf("audioTrack %.64q is not allowed on a bidirectional stream", v.AudioTrack))
	}
	if err := checkCallback(v.StatusCallbackURL); err != nil {
		return refusal("", "statusCallbackUrl: "+err.Error())
	}
	if m := v.StatusCallbackMethod; m != "" && m != "POST" {
		return refusal("", fmt.Sprintf("statusCallbackMethod %.64q is not played here, only POST", m))
	}
	return nil
}

// readNext returns the URL of the first <Redirect>, empty where the verbs end
// the call before it or have none.
func readNext(verbs []verb) (string, error) {
	for _, v := range verbs {
		switch v.XMLName.Local {
		case hangupElement:
			return "", nil
		case redirectElement:
			to := strings.TrimSpace(v.URL)
			if err := checkCallback(to); err != nil || to == "" {
				return "", refusal(codeBadRedirect, "<Redirect> holds no URL that can be asked")
			}
			if v.Method != "" && v.Method != "POST" {
				return "", refusal("", fmt.Sprintf("<Redirect> with method %.64q is not played here, only POST", v.Method))
			}
			return to, nil
		}
	}
	return "", nil
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

// refusal is why a call ends before it streams.
func refusal(code, rule string) error {
	return &telephony.Violation{Code: code, Rule: rule, Fatal: true}
}
