package api

import (
	"net/url"

	"github.com/talkpath/talkpath/telephony"
)

// Board takes calls. Its methods may run together.
type Board interface {
	// Ready returns nil where another call can be taken, or why not.
	Ready() error
	// Reserve takes a place for a call until release is called. A stream that
	// joins a call takes none: the call has its own.
	Reserve() (release func(), err error)
	// Serve carries a call over conn until it ends, or its stream is lost. It
	// reports whether the call began at all: a socket may break before its
	// stream starts.
	Serve(call Call, conn telephony.Conn) (began bool)
	// Resumes reports whether call id, whose stream was lost as told, goes on
	// when another stream joins it. One that the carrier is done with doesn't.
	Resumes(id string, lost telephony.Lost) bool
	// Report takes what a carrier tells of a call, in any order and any number
	// of times.
	Report(carrier string, told telephony.Status)
}

// Call is a call whose socket may open, or has opened.
type Call struct {
	ID       string // ours
	Carrier  telephony.Carrier
	Agent    string // who answers it
	Ticket   string // empty for a stream that opened by its key
	CallID   string // the carrier's, where its webhook told
	From, To string // as the webhook told
	Query    url.Values
	// Joins says whether the socket joins the call ID, which is under way.
	Joins bool
	// Recoverable says whether the carrier asks us when the stream is lost.
	Recoverable bool

	wish   wish // how its streams are asked for
	opened bool // whether any of them was
}
