package telnyx

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
)

// peer plays Telnyx's part.
type peer struct{ order order }

// Announce implements telephony.Peer with the form that Telnyx posts to a
// TeXML application.
func (peer) Announce(answerURL string, call telephony.PeerCall) (*http.Request, error) {
	form := callForm(call)
	form.Set("CallStatus", "ringing")
	return telephony.AnnounceForm(answerURL, form)
}

// ReadAnswer implements telephony.Peer. What Telnyx would refuse, and what it
// takes without ever letting the caller hear us, is a *telephony.Violation; it
// documents no numbers for these. A codec that Telnyx has and the simulator
// has not gives telephony.ErrBadFormat. It takes ws:// to a loopback host,
// where the real one takes wss:// only.
func (peer) ReadAnswer(doc telephony.Document) (telephony.Stream, error) {
	texml, err := parseTeXML(doc)
	if err != nil {
		return telephony.Stream{}, err
	}
	return streamIn(texml)
}

// streamIn returns the stream that a document opens.
func streamIn(texml response) (telephony.Stream, error) {
	connect, behind, opened := texml.split()
	if !opened {
		return telephony.Stream{}, refusal("the document has no <Connect><Stream>, so the call would end without one")
	}
	s := connect.Stream
	if err := checkStream(s); err != nil {
		return telephony.Stream{}, err
	}
	format, err := spokenFormat(s)
	if err != nil {
		return telephony.Stream{}, err
	}
	to := telephony.Stream{URL: s.URL, Rate: format.Rate, Encoding: format.Encoding, StatusURL: s.Status}
	if to.RecoverURL, err = redirectIn(behind); err != nil {
		return telephony.Stream{}, err
	}
	for _, p := range s.Parameters {
		if to.Params == nil {
			to.Params = make(map[string]string, len(s.Parameters))
		}
		to.Params[p.Name] = p.Value
	}
	return to, nil
}

// redirectIn returns the URL to which the first of verbs that leaves the
// document leads, empty where the call ends instead.
func redirectIn(verbs []verb) (string, error) {
	for _, v := range verbs {
		switch v.XMLName.Local {
		case hangupElement, rejectElement:
			return "", nil
		case redirectElement:
			to := strings.TrimSpace(v.Text)
			if to == "" || checkCallback(to) != nil || !isMethod(v.Method) {
				return "", refusal("<Redirect> needs a URL to call, by POST")
			}
			return to, nil
		}
	}
	return "", nil
}

// isMethod reports whether Telnyx calls by method, where the default is POST.
// A GET, which it has as well, is not played here.
func isMethod(method string) bool { return method == "" || method == post }

// checkStream returns a violation where Telnyx wouldn't open s as a two-way
// stream of raw sound. Names of codecs and modes are case-sensitive.
func checkStream(s *stream) error {
	u, err := url.Parse(s.URL)
	switch {
	case err != nil || u.Hostname() == "" || len(s.URL) > maxURL:
		return refusal("stream URL is malformed or longer than 2000 characters")
	case !telephony.Dialable(u):
		return refusal(fmt.Sprintf("stream URL's scheme %q is not wss", u.Scheme))
	case !slices.Contains([]string{"", "inbound_track", "outbound_track", "both_tracks"}, s.Track):
		return refusal(fmt.Sprintf("track %q", s.Track))
	case s.Mode != modeRTP:
		return refusal(fmt.Sprintf("bidirectionalMode %q is not rtp, so raw sound would never be heard", s.Mode))
	case s.Codec != "" && s.Codec != "default" && !isCodec(s.Codec):
		return refusal(fmt.Sprintf("codec %q", s.Codec))
	case s.SpokenIn != "" && !isCodec(s.SpokenIn):
		return refusal(fmt.Sprintf("bidirectionalCodec %q", s.SpokenIn))
	case !slices.Contains([]string{"", "8000", "16000", "24000"}, s.SpokenAt):
		return refusal(fmt.Sprintf("bidirectionalSamplingRate %q", s.SpokenAt))
	case checkCallback(s.Status) != nil || !isMethod(s.StatusMethod):
		return refusal("statusCallback needs a URL to call, by POST")
	}
	return nil
}

// isCodec reports whether Telnyx has a codec of that name, spelled so.
func isCodec(s string) bool {
	return slices.ContainsFunc(codecs(), func(c codec) bool { return c.name == s })
}

// spokenFormat returns the format in which s wants our sound: PCMU at 8 kHz
// where it doesn't say.
func spokenFormat(s *stream) (media.Format, error) {
	codec := cmp.Or(s.SpokenIn, "PCMU")
	rate, err := strconv.Atoi(cmp.Or(s.SpokenAt, "8000"))
	if err != nil || encoding(codec) == 0 {
		return media.Format{}, fmt.Errorf("%s: read answer: %w", name, lacking(codec, codec+"/"+strconv.Itoa(rate)))
	}
	f, err := choose(encoding(codec), rate)
	if err != nil {
		return media.Format{}, fmt.Errorf("%s: read answer: %w", name, err)
	}
	return f, nil
}

// Open implements telephony.Peer. The format is that of the document; call's
// counts where the document was not read, or asks for none. The peer plays
// legs whose codec Telnyx can translate to what was asked.
func (p peer) Open(s telephony.Stream, call telephony.PeerCall) (telephony.PeerStream, error) {
	if err := call.CheckIDs(); err != nil {
		return nil, fmt.Errorf("%s: open stream: %w", name, err)
	}
	format, err := choose(cmp.Or(s.Encoding, call.Encoding), cmp.Or(s.Rate, call.Rate))
	if err != nil {
		return nil, fmt.Errorf("%s: open stream: %w", name, err)
	}
	return newPeerStream(p.order, telephony.Start{
		StreamID:  call.StreamID,
		CallID:    call.CallID,
		AccountID: call.AccountID,
		From:      call.From,
		To:        call.To,
		Params:    s.Params,
		Format:    format,
	}), nil
}

// refusal is why Telnyx gives a stream up before it opens.
func refusal(rule string) error { return &telephony.Violation{Rule: rule, Fatal: true} }
