package wsconn

// Stats are a connection's counters since it was opened. Bytes are those of
// messages, without frame heads and control frames.
type Stats struct {
	MessagesIn, BytesIn   uint64
	MessagesOut, BytesOut uint64 // accepted by Write
	Dropped               uint64 // messages that Write refused with telephony.ErrBacklog
	Stalls                uint64 // how often the socket took no more bytes and messages had to wait
	Backlog               int    // bytes that wait now
}

// Stats returns the counters. Any goroutine may ask.
func (c *Conn) Stats() Stats {
	s := c.out.snapshot()
	s.MessagesIn, s.BytesIn = c.messagesIn.Load(), c.bytesIn.Load()
	return s
}
