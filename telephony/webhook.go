package telephony

import (
	"maps"
	"net/http"
	"net/url"

	"github.com/talkpath/talkpath/media"
)

// Webhook speaks a carrier's HTTP side: the request with which it asks what
// to do with a call, our answer, and the requests that report on it.
type Webhook interface {
	// ReadCall reads the carrier's request. It reads at most the body that
	// r allows (the server limits it) and returns an error that says what is
	// missing.
	ReadCall(r *http.Request) (Incoming, error)
	// Answer returns the document that makes the carrier open a media
	// stream to s.
	Answer(s Stream) (Document, error)
	// ReadStatus reads a request that tells what became of a call or of its
	// stream, in any order and any number of times. An event that the carrier
	// is not known to send gives a Status without State.
	ReadStatus(r *http.Request) (Status, error)
}

// Incoming is a call that a carrier announces.
type Incoming struct {
	CallID    string // the carrier's; may be empty (Exotel's dynamic URL promises none)
	AccountID string
	From, To  string // as sent
}

// Stream says where a carrier shall open its media socket, and with what.
type Stream struct {
	URL    string            // ws:// or wss://; handed to Answer without a query, returned by a Peer as the carrier dials it
	Params map[string]string // custom parameters that come back in Start.Params
	Rate   int               // samples per second where the carrier lets us choose, else zero
	// Encoding is asked of a carrier that has several at one rate; zero takes
	// the first of its formats at that rate.
	Encoding media.Encoding
	// RecoverURL is where the carrier asks how the call goes on when the
	// stream has ended, and StatusURL where it reports the stream's events;
	// empty for neither. A carrier that takes neither from a document leaves
	// them out.
	RecoverURL, StatusURL string
	// Login is what the carrier shall log in with at the socket; nil for
	// nothing, and for carriers that can't.
	Login *url.Userinfo
	// Listen asks for a copy of the call's sound instead of a conversation:
	// nothing can be sent. Next is the URL whose document the call goes on
	// with meanwhile, for carriers that need one.
	Listen Listening
	Next   string
}

// Continuation returns the URL whose document the call goes on with: RecoverURL
// behind a two-way stream, which may be empty, and Next beside a one-way stream,
// where the error is ErrNoNext if it is.
func (s Stream) Continuation() (string, error) {
	switch {
	case s.Listen == ListenNone:
		return s.RecoverURL, nil
	case s.Next == "":
		return "", ErrNoNext
	}
	return s.Next, nil
}

// MarkedParams returns Params, on a one-way stream with ListenParam beside them,
// for carriers whose start doesn't tell that it is one.
func (s Stream) MarkedParams() map[string]string {
	if s.Listen == ListenNone {
		return s.Params
	}
	marked := make(map[string]string, len(s.Params)+1)
	maps.Copy(marked, s.Params)
	marked[ListenParam] = s.Listen.String()
	return marked
}

// Listening says which part of a call's sound a one-way stream copies.
type Listening uint8

// The parts.
const (
	ListenNone   Listening = iota // the stream is two-way
	ListenCaller                  // what the caller says
	ListenBoth                    // what the caller says and what the caller hears
)

// Document is the answer to a carrier's request.
type Document struct {
	Status      int // of HTTP; zero means 200
	ContentType string
	Body        []byte
}

// String returns the value of ListenParam, empty for a two-way stream.
func (l Listening) String() string {
	switch l {
	case ListenCaller:
		return "caller"
	case ListenBoth:
		return "both"
	default:
		return ""
	}
}

// ReadListening returns the Listening that a ListenParam asks for, ListenNone
// where it asks for none that there is.
func ReadListening(text string) Listening {
	for _, l := range []Listening{ListenCaller, ListenBoth} {
		if text == l.String() {
			return l
		}
	}
	return ListenNone
}
