package telephony

import "net/http"

// Recovery is what a carrier offers for a call whose stream was lost: it asks
// us how the call goes on, since our answer told it to (Stream.RecoverURL), or
// since its flow was drawn so.
type Recovery interface {
	// ReadLost reads the request with which the carrier asks.
	ReadLost(r *http.Request) (Lost, error)
	// Resume returns the document that opens another stream to s.
	Resume(s Stream) (Document, error)
	// Leave returns the document that ends the call, or lets its flow go on
	// without us.
	Leave() (Document, error)
}

// Lost is what a carrier tells when it asks how a call goes on. The ids are as
// sent.
type Lost struct {
	CallID   string // the carrier's; empty where it doesn't tell
	StreamID string // where told
	// Asks says whether the answer counts. Some carriers post other events to
	// the same URL, which are acknowledged only.
	Asks bool
	// Done says that the carrier itself tells that the stream or the call came
	// to its end in good order, so that there is nothing to recover.
	Done bool
	// Ending is why the call ended, where the event tells that it did.
	Ending Ending
	// Fault is what went wrong, in the carrier's words, cut to 64 bytes; may be
	// empty.
	Fault string
}
