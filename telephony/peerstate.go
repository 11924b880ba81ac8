package telephony

import (
	"fmt"

	"github.com/talkpath/talkpath/media"
)

// PeerState is what the carrier's end of every stream keeps: what its start
// tells, and whether the stream runs.
type PeerState struct {
	quirks  Quirks
	start   Start
	running bool
}

// NewPeerState returns the state of a stream that has not started, of the
// carrier with these quirks.
func NewPeerState(q Quirks, start Start) PeerState { return PeerState{quirks: q, start: start} }

// Start implements PeerStream.
func (s *PeerState) Start() Start { return s.start }

// StreamID returns the stream's id.
func (s *PeerState) StreamID() string { return s.start.StreamID }

// Format returns the format of the stream's sound.
func (s *PeerState) Format() media.Format { return s.start.Format }

// Running reports whether the stream has started and has not stopped.
func (s *PeerState) Running() bool { return s.running }

// Send takes note of ev as sent, or returns why the carrier wouldn't send it
// now. Its quirks tell whether it greets, confirms a Clear and says goodbye.
func (s *PeerState) Send(ev Event) error {
	if err := s.check(ev); err != nil {
		return fmt.Errorf("%s: send %v: %w", s.quirks.Name, ev.Kind, err)
	}
	switch ev.Kind {
	case Started:
		s.running = true
	case Stopped:
		s.running = false
	default:
	}
	return nil
}

func (s *PeerState) check(ev Event) error {
	sent := false
	switch ev.Kind {
	case Connected:
		sent = s.quirks.Connected
	case Cleared:
		sent = s.quirks.ConfirmsClear
	case Stopped:
		sent = !s.quirks.EndsWithSocket
	case Started, Audio, Digit, MarkPlayed:
		sent = true
	default:
	}
	switch {
	case !sent, !s.carries(ev):
		return ErrUnsendable
	case ev.Kind == Started && s.running:
		return ErrStartedTwice
	case ev.Kind != Started && ev.Kind != Connected && !s.running:
		return ErrNotStarted
	}
	switch ev.Kind {
	case Audio:
		return CheckSound(ev.Frame, s.start.Format)
	case Digit:
		_, err := Key([]byte{ev.Digit})
		return err
	default:
		return nil
	}
}

// carries reports whether the stream's direction has room for ev: nothing that
// answers to us comes on a one-way stream, and what the caller hears comes on
// one of both parts only.
func (s *PeerState) carries(ev Event) bool {
	switch ev.Kind {
	case Audio:
		return !ev.Callee || s.start.Listen == ListenBoth
	case MarkPlayed, Cleared:
		return s.start.Listen == ListenNone
	default:
		return true
	}
}
