package telnyx

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"

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
	return telephony.PostForm(answerURL, form)
}

// ReadAnswer implements telephony.Peer. What Telnyx would refuse, and what it
// takes without ever letting the caller hear us, is a *telephony.Violation; it
// documents no numbers for these. A codec that Telnyx has and the simulator
// has not gives telephony.ErrBadFormat. It takes ws:// to a loopback host,
// where the real one takes wss:// only.
func (peer) ReadAnswer(doc telephony.Document) (telephony.Stream, error) {
	s, err := readDocument(doc)
	if errors.Is(err, telephony.ErrCallOver) {
		return s, refusal("the document has no <Connect><Stream>, so the call would end without one")
	}
	return s, err
}

// readDocument returns the stream that a document opens, or ErrCallOver where
// the call ends instead.
func readDocument(doc telephony.Document) (telephony.Stream, error) {
	opened, err := telephony.ReadTwiML(doc, telephony.XMLRules{})
	if err != nil {
		return telephony.Stream{}, err
	}
	if err = checkOpening(opened); err != nil {
		return telephony.Stream{}, err
	}
	read := spokenFormat
	if opened.Copies {
		read = heardFormat
	}
	format, err := read(opened.TwiMLStream)
	if err != nil {
		return telephony.Stream{}, fmt.Errorf("%s: read answer: %w", name, err)
	}
	to := opened.Target()
	to.Rate, to.Encoding = format.Rate, format.Encoding
	return to, nil
}

// checkOpening returns a violation where Telnyx wouldn't open a stream, or
// would do other than the peer with what follows it.
func checkOpening(o telephony.TwiMLOpening) error {
	if err := checkStream(o.TwiMLStream); err != nil {
		return err
	}
	switch {
	case o.Redirect != nil && (checkCallback(o.Redirect.Text) != nil || !isMethod(o.Redirect.Method)):
		return refusal("<Redirect> needs a URL to call, by POST")
	case o.Copies && (o.Track == telephony.TwiMLOutbound || o.Redirect == nil):
		return refusal("<Start><Stream> needs a track that is played here, and a <Redirect> behind it")
	case !o.Copies && o.Mode != modeRTP:
		return refusal(fmt.Sprintf("bidirectionalMode %q is not rtp, so raw sound would never be heard", o.Mode))
	}
	return nil
}

// heardFormat returns the format in which a one-way stream copies the call: the
// first of its codec's, PCMU where it doesn't say, as the simulated leg speaks
// whatever is asked.
func heardFormat(s telephony.TwiMLStream) (media.Format, error) {
	codec := s.Codec
	if codec == "" || codec == "default" {
		codec = "PCMU"
	}
	if encoding(codec) == 0 {
		return media.Format{}, lacking(codec, codec)
	}
	return choose(encoding(codec), 0)
}

// isMethod reports whether Telnyx calls by method, where the default is POST.
// A GET, which it has as well, is not played here.
func isMethod(method string) bool { return method == "" || method == post }

// checkStream returns a violation where Telnyx wouldn't open s. Names of codecs
// and modes are case-sensitive.
func checkStream(s telephony.TwiMLStream) error {
	u, err := url.Parse(s.URL)
	switch {
	case err != nil || u.Hostname() == "" || len(s.URL) > maxURL:
		return refusal("stream URL is malformed or longer than 2000 characters")
	case !telephony.Dialable(u):
		return refusal(fmt.Sprintf("stream URL's scheme %q is not wss", u.Scheme))
	case !slices.Contains([]string{"", telephony.TwiMLInbound, telephony.TwiMLOutbound, telephony.TwiMLBoth}, s.Track):
		return refusal(fmt.Sprintf("track %q", s.Track))
	case !slices.Contains([]string{"", "mp3", modeRTP}, s.Mode):
		return refusal(fmt.Sprintf("bidirectionalMode %q", s.Mode))
	case s.Codec != "" && s.Codec != "default" && !isCodec(s.Codec):
		return refusal(fmt.Sprintf("codec %q", s.Codec))
	case s.SpokenIn != "" && !isCodec(s.SpokenIn):
		return refusal(fmt.Sprintf("bidirectionalCodec %q", s.SpokenIn))
	case !slices.Contains([]string{"", "8000", "16000", "24000"}, s.SpokenAt):
		return refusal(fmt.Sprintf("bidirectionalSamplingRate %q", s.SpokenAt))
	case s.StatusCallback != "" && checkCallback(s.StatusCallback) != nil || !isMethod(s.StatusMethod):
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
func spokenFormat(s telephony.TwiMLStream) (media.Format, error) {
	codec := cmp.Or(s.SpokenIn, "PCMU")
	rate, err := strconv.Atoi(cmp.Or(s.SpokenAt, "8000"))
	if err != nil || encoding(codec) == 0 {
		return media.Format{}, lacking(codec, codec+"/"+strconv.Itoa(rate))
	}
	return choose(encoding(codec), trueRate(encoding(codec), rate))
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
		Listen:    s.Listen,
	}), nil
}

// refusal is why Telnyx gives a stream up before it opens.
func refusal(rule string) error { return &telephony.Violation{Rule: rule, Fatal: true} }
