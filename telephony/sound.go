package telephony

import "github.com/talkpath/talkpath/media"

// CheckSound returns ErrBadFormat where f isn't in the stream's format, and
// ErrBadPayload where it holds no sound or a part of a sample. Wires and peers
// ask it before they encode.
func CheckSound(f media.Frame, stream media.Format) error {
	if f.Format != stream {
		return ErrBadFormat
	}
	if n := len(f.Payload); n == 0 || n%max(stream.Encoding.SampleSize(), 1) != 0 {
		return ErrBadPayload
	}
	return nil
}
