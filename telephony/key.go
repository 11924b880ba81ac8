package telephony

import "bytes"

// Key returns the telephone key that text names: 0-9, *, # or A-D, which may
// be in lower case. The error is ErrBadDigit.
func Key(text []byte) (byte, error) {
	if len(text) != 1 {
		return 0, ErrBadDigit
	}
	key := bytes.ToUpper(text)[0]
	if bytes.IndexByte([]byte("0123456789*#ABCD"), key) < 0 {
		return 0, ErrBadDigit
	}
	return key, nil
}
