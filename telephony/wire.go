package telephony

// Message is one message on a media socket.
type Message struct {
	Binary bool
	Data   []byte
}

// Wire translates between the messages of one stream and events, on our side
// of the socket. It keeps the stream's id and format, does no I/O, starts no
// goroutine and is owned by one call's lock.
type Wire interface {
	// Decode returns what msg means. The event may alias msg.Data or the
	// wire's own buffer: it is good until the next Decode. A message that
	// breaks the protocol gives a *WireError and is to be skipped; the
	// stream goes on. Decoding Audio allocates nothing.
	Decode(msg Message) (Event, error)
	// Encode appends the message for ev (Audio, Mark or Clear, and Digit
	// where the carrier takes keys on its socket) to dst and returns it as
	// Message.Data. Before Started it returns ErrNotStarted.
	// Encoding Audio allocates only where dst has no room.
	Encode(dst []byte, ev Event) (Message, error)
}

// Conn is a media socket that carries messages, ours or the carrier's end.
type Conn interface {
	// Read waits for the next message. Its Data is good until the next
	// Read. One goroutine reads. After the other side's close it returns a
	// *CloseError; after Close, net.ErrClosed or a *CloseError.
	Read() (Message, error)
	// Write sends msg and keeps nothing of it. Any goroutine may write.
	Write(msg Message) error
	// Close says goodbye with an RFC 6455 section 7.4 code, closes the
	// socket and unblocks Read. It may be called more than once and from
	// any goroutine.
	Close(code int, reason string) error
}

// Receiver is a Conn that can hand its messages on, at less cost than one
// goroutine that reads.
type Receiver interface {
	// Receive hands each message to handle, one at a time, until the socket
	// ends, and returns what Read would have. handle must not wait: its
	// goroutine may be shared. Data is good until handle returns. It is
	// called once, in place of Read.
	Receive(handle func(Message)) error
}

// Close codes of RFC 6455 section 7.4.1 that the program uses.
const (
	CloseNormal     = 1000
	CloseGoingAway  = 1001
	CloseProtocol   = 1002
	CloseNoStatus   = 1005
	CloseAbnormal   = 1006
	ClosePolicy     = 1008
	CloseTooBig     = 1009
	CloseInternal   = 1011
	CloseTryAgain   = 1013
	MaxMessageBytes = 256 << 10 // a larger message in closes the socket with CloseTooBig
)
