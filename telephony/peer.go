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
}

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
	// the carrier takes keys. A message
	// that the carrier would not take gives a *Violation; one that it plays
	// all the same, but badly, gives the event as well.
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
