package vonage

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/talkpath/talkpath/telephony"
)

// maxHeaders is the size of the largest JSON object of headers, in bytes.
const maxHeaders = 512

// Names that a socket's first message has beside the headers.
const (
	eventField       = "event"
	contentTypeField = "content-type"
)

// composeHeaders returns the headers' JSON object for params, nil where there
// are none.
func composeHeaders(params map[string]string) (json.RawMessage, error) {
	if len(params) == 0 {
		return nil, nil
	}
	for key, value := range params {
		switch {
		case key == "":
			return nil, fmt.Errorf("%w: one has no name", telephony.ErrParameter)
		case strings.EqualFold(key, eventField) || strings.EqualFold(key, contentTypeField):
			return nil, fmt.Errorf("%w: the name %q is Vonage's own", telephony.ErrParameter, key)
		case !utf8.ValidString(key) || !utf8.ValidString(value):
			return nil, fmt.Errorf("%w: %.64q is not UTF-8", telephony.ErrParameter, key)
		}
	}
	object := append([]byte{'{'}, telephony.AppendJSONFields(nil, params)...)
	object = append(object, '}')
	if len(object) > maxHeaders {
		return nil, fmt.Errorf("%w: %d bytes of JSON, at most %d", telephony.ErrParameter, len(object), maxHeaders)
	}
	return object, nil
}

// streamID returns the name under which a stream is known here, since Vonage
// gives it none: a digest of its headers. The ticket among them makes it one
// of a kind and can't be read from it; streams without any header all have
// the same name.
func streamID(params map[string]string) string {
	sum := sha256.Sum256(telephony.AppendJSONFields(nil, params))
	return "ws-" + hex.EncodeToString(sum[:16])
}
