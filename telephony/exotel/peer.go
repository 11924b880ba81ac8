package exotel

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/talkpath/talkpath/telephony"
)

// peer plays Exotel's part.
type peer struct {
	jsonPassthru bool // see Config
}

// Announce implements telephony.Peer with the parameters of Exotel's applets
// in a GET; that a dynamic URL is asked with the same is likely, not
// documented.
func (peer) Announce(answerURL string, call telephony.PeerCall) (*http.Request, error) {
	return telephony.GetQuery(answerURL, map[string]string{
		"CallSid":     call.CallID,
		"CallFrom":    call.From,
		"CallTo":      call.To,
		"Direction":   "incoming",
		"From":        call.From,
		"To":          call.To,
		"CurrentTime": time.Now().Format(time.DateTime),
	})
}

// ReadAnswer implements telephony.Peer. The URL that it returns keeps its
// query, since Exotel dials it as it stands; Params, Rate and Listen are read
// from there. A login goes into Login: it travels in a header. That the applet
// is a Stream rather than a Voicebot is told by our own parameter here.
//
// For an applet with a fixed URL there is no document: Open takes a Stream of
// that URL alone. ReadAnswer takes ws:// to a loopback host, where the real one
// takes wss:// only. What Exotel would refuse is a *telephony.Violation.
func (peer) ReadAnswer(doc telephony.Document) (telephony.Stream, error) {
	var told answer
	if err := json.Unmarshal(doc.Body, &told); err != nil || told.URL == "" {
		return telephony.Stream{}, refusal(`dynamic URL did not answer {"url":"wss://..."}`)
	}
	u, err := url.Parse(told.URL)
	switch {
	case err != nil || u.Hostname() == "":
		return telephony.Stream{}, refusal("stream URL is malformed")
	case !telephony.Dialable(u):
		return telephony.Stream{}, refusal(fmt.Sprintf("stream URL's scheme %q is not wss", u.Scheme))
	}
	rate, params, err := readQuery(u)
	if err != nil {
		return telephony.Stream{}, refusal(err.Error())
	}
	return telephony.Stream{
		URL: withoutLogin(told.URL), Params: params, Rate: rate, Login: u.User,
		Listen: listening(params[telephony.ListenParam]),
	}, nil
}

// Open implements telephony.Peer. The rate and the custom parameters are those
// of the URL's query; call.Rate counts where the URL asks for none.
func (peer) Open(s telephony.Stream, call telephony.PeerCall) (telephony.PeerStream, error) {
	if err := call.CheckIDs(); err != nil {
		return nil, fmt.Errorf("%s: open stream: %w", name, err)
	}
	u, err := url.Parse(s.URL)
	if err != nil { // an error that may show a login
		return nil, fmt.Errorf("%s: open stream: %w", name, telephony.ErrStreamURL)
	}
	rate, params, err := readQuery(u)
	if err != nil {
		return nil, fmt.Errorf("%s: open stream: %w", name, err)
	}
	if rate == 0 {
		rate = call.Rate
	}
	if rate == 0 {
		rate = defaultRate
	}
	if rate < 0 || !offers(uint64(rate)) {
		return nil, fmt.Errorf("%s: open stream at %d Hz: %w", name, rate, telephony.ErrBadFormat)
	}
	part := listening(params[telephony.ListenParam])
	if s.Listen != telephony.ListenNone { // a Stream applet with a fixed URL
		part = telephony.ListenCaller
	}
	return newPeerStream(telephony.Start{
		StreamID:  call.StreamID,
		CallID:    call.CallID,
		AccountID: call.AccountID,
		From:      call.From,
		To:        call.To,
		Params:    params,
		Format:    sound(rate),
		Listen:    part,
	}), nil
}

// refusal is why Exotel gives a stream up before it opens.
func refusal(rule string) error { return &telephony.Violation{Rule: rule, Fatal: true} }
