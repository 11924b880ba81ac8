package vonage

import (
	"mime"
	"strconv"

	"github.com/talkpath/talkpath/telephony"
)

// mediaType is the only kind of sound on Vonage's sockets.
const mediaType = "audio/l16"

// contentType returns how Vonage writes a stream's format.
func contentType(rate int) string { return mediaType + ";rate=" + strconv.Itoa(rate) }

// rateOf returns the samples per second in a content type, in any spelling
// that RFC 2045 section 5.1 allows. The error is ErrBadFormat.
func rateOf(text string) (int, error) {
	kind, params, err := mime.ParseMediaType(text)
	if err != nil || kind != mediaType {
		return 0, telephony.ErrBadFormat
	}
	rate, err := strconv.ParseUint(params["rate"], 10, 64)
	if err != nil || !offers(rate) {
		return 0, telephony.ErrBadFormat
	}
	return int(rate), nil
}
