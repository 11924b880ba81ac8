package telephony

import (
	"net/http"

	"github.com/talkpath/talkpath/media"
)

// Webhook speaks a carrier's HTTP side: the request with which it asks what
// to do with a call, and our answer.
type Webhook interface {
	// ReadCall reads the carrier's request. It reads at most the body that
	// r allows (the server limits it) and returns an error that says what is
	// missing.
	ReadCall(r *http.Request) (Incoming, error)
	// Answer returns the document that makes the carrier open a media
	// stream to s.
	Answer(s Stream) (Document, error)
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
}

// Document is the body of an answer to a carrier's request.
type Document struct {
	ContentType string
	Body        []byte
}
