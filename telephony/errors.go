package telephony

import (
	"errors"
	"fmt"
)

// What breaks a carrier's protocol, inside a WireError.
var (
	ErrNotText      = errors.New("binary message on a text protocol")
	ErrMalformed    = errors.New("not a JSON object of the expected shape")
	ErrNotStarted   = errors.New("stream has not started")
	ErrStartedTwice = errors.New("stream started twice")
	ErrWrongStream  = errors.New("id of another stream")
	ErrBadPayload   = errors.New("payload is not base64 of whole samples")
	ErrBadLength    = errors.New("message of sound doesn't hold exactly one frame")
	ErrBadFormat    = errors.New("media format is not one the carrier offers")
	ErrBadDigit     = errors.New("not a telephone key")
	ErrUnsendable   = errors.New("the carrier's protocol has no way to send that")
)

// ErrCallOver is what Webhook.ReadCall returns for a request that tells of a
// call's end rather than of a call, where a carrier sends both to one URL, and
// what PeerRecoverer.ReadRecover returns for a document that ends a call.
var ErrCallOver = errors.New("call is over: there is nothing to answer")

// Why a Webhook can't read a request, or a Stream can't stand in a document.
var (
	ErrNoCallID    = errors.New("request doesn't name its call")
	ErrStreamURL   = errors.New("stream URL must be ws:// or wss:// with a host, without user, query or fragment")
	ErrCallbackURL = errors.New("URL for the carrier to call must be http:// or https:// with a host")
	ErrParameter   = errors.New("custom parameter can't be sent")
	ErrNoNext      = errors.New("a one-way stream needs a Next: the URL of the document that the call goes on with")
)

// NoCallID is ErrNoCallID with the field that is missing.
func NoCallID(field string) error { return fmt.Errorf("%w: %s is missing", ErrNoCallID, field) }

// ErrNoIDs reports a call for a Peer to play that lacks ids.
var ErrNoIDs = errors.New("peer's call needs a CallID and a StreamID")

// ErrBacklog is what Conn.Write returns for a message that it dropped, whole,
// because the other side reads too slowly. The socket stays good.
var ErrBacklog = errors.New("other side reads too slowly: message dropped")

// WireError reports a message that breaks the carrier's protocol. The call
// goes on; the server counts it and logs the first one of each call.
type WireError struct {
	Carrier string
	Event   string // as sent, cut to 64 bytes; empty when unreadable
	Err     error
}

func (e *WireError) Error() string {
	return fmt.Sprintf("%s: event %q: %v", e.Carrier, e.Event, e.Err)
}

// Unwrap returns what was broken.
func (e *WireError) Unwrap() error { return e.Err }

// CloseError reports how the other side closed the socket: an RFC 6455 code,
// CloseAbnormal where it vanished without a word, CloseTooBig where we refused
// its message for its size.
type CloseError struct {
	Code   int
	Reason string
}

func (e *CloseError) Error() string {
	return fmt.Sprintf("socket closed: %d %s", e.Code, e.Reason)
}

// Violation is how a carrier reacts to a message of ours that breaks its
// rules; a Peer's stream returns it from Decode.
type Violation struct {
	Code  string // the carrier's number for it, such as "31951"; may be empty
	Rule  string // what was broken, in words
	Fatal bool   // whether the carrier closes the stream over it
}

func (v *Violation) Error() string {
	if v.Code == "" {
		return v.Rule
	}
	return v.Code + ": " + v.Rule
}
