package telephony

import "github.com/talkpath/talkpath/media"

// CheckSound returns ErrBadFormat where f isn't in the stream's format, and
// ErrBadPayload where it holds no sound, a part of a sample or, in Opus, no
// packet. Wires and peers ask it before they encode.
func CheckSound(f media.Frame, stream media.Format) error {
	if f.Format != stream {
		return ErrBadFormat
	}
	if stream.Count(f.Payload) == 0 {
		return ErrBadPayload
	}
	return nil
}
