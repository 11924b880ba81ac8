package sim

import (
	"time"

	"github.com/talkpath/talkpath/codec"
	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
)

// replacedGrace is how long a server may take to find out that another socket
// has replaced one.
const replacedGrace = 500 * time.Millisecond

// stream is one media stream of a call: a socket, and the carrier's end of
// what goes over it. A call has another one after its socket broke.
type stream struct {
	leg      leg
	streamID string
	conn     telephony.Conn
	lost     chan struct{} // closed when the reader has ended

	// Guarded by the call's mu; the beat alone changes down and replaced.
	line     *line
	fatal    error     // the violation over which the carrier closes
	gone     error     // why the reader ended; read it after lost
	down     bool      // whether the socket is gone
	replaced time.Time // when another socket took its place; zero while none has

	// Owned by the beat.
	voice   codec.Codec   // encodes what the caller says
	other   codec.Codec   // encodes what the caller hears; nil where that isn't copied
	begun   time.Duration // media time of the call at which the socket opened
	base    int           // samples of the caller's ahead of the stream's first
	heard   int           // samples at the ear that can't be the stream's
	packets int           // how many packet times of the stream are over
	end     string        // how it ended, for the report
}

// newStream prepares a stream whose socket is not open yet.
func newStream(cfg Config, agreed leg) (*stream, error) {
	start := agreed.stream.Start()
	s := &stream{leg: agreed, streamID: start.StreamID, lost: make(chan struct{})}
	hear, err := cfg.Codecs.New(start.Format)
	if err != nil {
		return nil, err
	}
	s.line = newLine(cfg, agreed.stream, hear)
	if s.voice, err = cfg.Codecs.New(start.Format); err != nil {
		return nil, err
	}
	if start.Listen == telephony.ListenBoth {
		s.other, err = cfg.Codecs.New(start.Format)
	}
	return s, err
}

// oneWay says whether the stream copies the call's sound and takes none.
func (s *stream) oneWay() bool { return s.line.stream.Start().Listen != telephony.ListenNone }

// inherit makes l go on with the counters of the stream before it. What old
// had queued is lost.
func (l *line) inherit(old *line) {
	l.faults, l.media, l.gaps = old.faults, old.media, old.gaps
	l.gaps.newAnswer()
}

// silence drops all that the carrier holds of a stream whose socket is gone.
func (l *line) silence() {
	l.queue.clear()
	l.queue.marks = nil
	l.due, l.clears = nil, 0
	l.gaps.newAnswer()
}

// startStream lets the call's stream begin: the carrier's greeting and start
// go out, and what comes is read.
func (c *call) startStream() error {
	err := greet(c.cfg.Carrier.Quirks, c.line.stream, c.put)
	s := c.stream
	c.streams = append(c.streams, s)
	if err != nil {
		close(s.lost) // there is no reader
		return err
	}
	c.readers.Go(func() { c.read(s) })
	return nil
}

// change lets next carry the call from now on.
func (c *call) change(next *stream) error {
	next.begun, next.heard = c.now(), len(c.ear)
	next.base = min(media.PCMSamples(next.begun, next.line.format.Rate), len(c.said))
	c.mu.Lock()
	next.line.inherit(c.line)
	if !c.down {
		c.replaced, c.end = time.Now(), endReplaced
	}
	c.stream = next
	c.mu.Unlock()
	c.drops = append(c.drops, len(c.ear))
	c.out.n = 0
	return c.startStream()
}

// stray takes a message that came on a socket which another one has replaced,
// under mu. Nothing of it is heard; what still came in is forgiven for a while.
func (c *call) stray(s *stream, msg telephony.Message) {
	if time.Since(s.replaced) < replacedGrace {
		return
	}
	what := "message"
	if ev, err := s.line.stream.Decode(msg); err == nil && ev.Kind == telephony.Audio {
		what = "sound"
	}
	c.line.faults.add(what + " on a socket that was replaced")
}

// hangUp closes every socket with code and waits until nothing of them is
// left.
func (c *call) hangUp(code int) {
	if o := c.opening; o != nil {
		o.stop()
		if got := <-o.done; got.conn != nil {
			_ = got.conn.Close(telephony.CloseNormal, "")
		}
	}
	for _, s := range c.streams {
		_ = s.conn.Close(code, "")
	}
	c.readers.Wait()
}
