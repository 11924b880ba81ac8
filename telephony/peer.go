package telephony

import (
	"net/http"

	"github.com/talkpath/talkpath/media"
)

// Peer plays a carrier's part, as strictly as the carrier does: it announces
// calls to a server's webhook, reads the answer, and speaks the carrier's end
// of the media socket. It does no I/O; the simulator does.
type Peer interface {
	// Announce returns the request that the carrier sends to answerURL when
	// a call comes in.
	Announce(answerURL string, call PeerCall) (*http.Request, error)
	// ReadAnswer returns where the document tells the carrier to stream to,
	// or an error in the carrier's words.
	ReadAnswer(doc Document) (Stream, error)
	// Open starts the carrier's end of one stream to s.
	Open(s Stream, call PeerCall) (PeerStream, error)
	PeerReporter
	PeerRecoverer
}

// PeerReporter is the part of a Peer that reports what becomes of a call.
type PeerReporter interface {
	// Report returns the request with which the carrier reports told to
	// statusURL; of told, State, Ending, StreamID, Fault, Duration and At
	// count. Where StreamID is set, the event is of that stream: that it
	// failed where Fault is set, that it stopped where State is StateEnded,
	// else, and with StateAnswered, that it started. What the carrier never
	// reports gives ErrUnsendable.
	Report(statusURL string, call PeerCall, told Status) (*http.Request, error)
}

// PeerRecoverer is the part of a Peer that asks how a call goes on when its
// stream has ended.
type PeerRecoverer interface {
	// AskRecover returns the request that the carrier makes when the stream
	// that s opened has ended from the server's side, or broke. For a carrier
	// whose flow names the URL, rather than the document, recoverURL is that.
	// Where the carrier asks nothing, and the call ends with its stream, the
	// error is ErrUnsendable.
	AskRecover(recoverURL string, s Stream, call PeerCall, why StreamEnd) (*http.Request, error)
	// ReadRecover returns where the carrier streams to next. again says that
	// it announces the call anew to learn that. ErrCallOver tells that the
	// call ends here.
	ReadRecover(doc Document) (s Stream, again bool, err error)
}

// StreamEnd is how a stream ended, as the carrier saw it.
type StreamEnd uint8

// The ends.
const (
	StreamClosed StreamEnd = iota // the server closed it in good order
	StreamBroken                  // the socket broke
	StreamFailed                  // it could not be opened
)

// PeerStream is the carrier's end of one media stream, the mirror of a Wire.
// It is owned by one goroutine or lock.
type PeerStream interface {
	// Encode appends what the carrier sends for ev to dst and returns it as
	// Message.Data: Connected, Started, Audio (one packet of the carrier's
	// size, in the stream's format, Frame.At its media time), Digit,
	// MarkPlayed, Stopped. An event that this carrier never sends gives
	// ErrUnsendable.
	Encode(dst []byte, ev Event) (Message, error)
	// Decode reads one message of ours: Audio, Mark or Clear, and Digit where
	// the carrier takes keys. A message that the carrier would not take gives
	// a *Violation; one that it plays all the same, but badly, gives the event
	// as well.
	// A one-way stream takes nothing: every message is a violation.
	Decode(msg Message) (Event, error)
	// Start returns what Encode sends for Started: ids, parameters and the
	// format in both directions.
	Start() Start
}

// PeerCall is the call that a Peer plays.
type PeerCall struct {
	CallID, AccountID, StreamID string
	From, To                    string
	Rate                        int // samples per second asked for; zero takes the answer's or the carrier's default
	// Encoding is asked for beside Rate where the carrier has several; zero
	// takes the answer's or the first of its formats at that rate.
	Encoding media.Encoding
}

// CheckIDs returns ErrNoIDs where the call has no CallID or no StreamID.
func (c PeerCall) CheckIDs() error {
	if c.StreamID == "" || c.CallID == "" {
		return ErrNoIDs
	}
	return nil
}
