package telephony

import (
	"time"

	"github.com/talkpath/talkpath/media"
)

// jsonTrack is one side of a call's sound on a stream: how its messages are
// written, and how far it has come. A two-way stream has the caller's only.
type jsonTrack struct {
	pattern *SoundPattern
	next    time.Duration // media time after its last frame
}

// TrackName returns what carriers call one side's sound in its messages.
func TrackName(callee bool) string {
	if callee {
		return "outbound"
	}
	return "inbound"
}

// track returns the caller's track, or the callee's.
func (w *JSONWire) track(callee bool) *jsonTrack {
	if callee {
		return &w.tracks[1]
	}
	return &w.tracks[0]
}

// fit returns the event of a message of sound that is written like one before
// it, on either track.
func (w *JSONWire) fit(msg Message) (ev Event, fits bool) {
	for i := range w.tracks {
		t := &w.tracks[i]
		if t.pattern == nil {
			break
		}
		frame, ok := t.pattern.Frame(&w.json, msg, w.format, w.epoch+t.next)
		if ok {
			return w.heard(frame, i == 1), true
		}
	}
	return Event{}, false
}

// heard returns the event of a frame whose time is a timestamp.
func (w *JSONWire) heard(frame media.Frame, callee bool) Event {
	t := w.track(callee)
	frame.At = max(frame.At-w.epoch, 0)
	t.next = frame.At + frame.Duration()
	return Event{Kind: Audio, Frame: frame, Callee: callee}
}
