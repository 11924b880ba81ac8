package telephony

import (
	"bytes"
	"encoding/base64"
	"io"
	"unicode/utf8"

	"github.com/valyala/fastjson"

	"github.com/talkpath/talkpath/media"
)

// Bounds of one JSON message. Carriers' deepest message nests four objects,
// and their longest, a start with 99 parameters, has about 120 values.
const (
	maxJSONDepth  = 16
	maxJSONValues = 1024
	roomyMessage  = 32 << 10 // buffers grown by a longer message are not kept
)

// JSONReader reads the JSON messages of one stream for carriers that speak
// JSON text (RFC 8259). It keeps its buffers from message to message, so
// that reading a frame of sound allocates nothing. It is owned by one
// goroutine or lock.
type JSONReader struct {
	parser  fastjson.Parser
	payload []byte
	roomy   bool
}

// Read returns the object that msg holds, good until the next Read. The error
// is ErrNotText or ErrMalformed.
func (r *JSONReader) Read(msg Message) (JSONObject, error) {
	if msg.Binary {
		return JSONObject{}, ErrNotText
	}
	if r.roomy {
		*r = JSONReader{}
	}
	r.roomy = len(msg.Data) > roomyMessage
	if !utf8.Valid(msg.Data) || !withinJSONBounds(msg.Data) {
		return JSONObject{}, ErrMalformed
	}
	v, err := r.parser.ParseBytes(msg.Data)
	if err != nil || v.Type() != fastjson.TypeObject {
		return JSONObject{}, ErrMalformed
	}
	return JSONObject{v.GetObject()}, nil
}

// ReadJSON returns the object that a request's body holds. The error is
// ErrMalformed, or why the body can't be read.
func ReadJSON(body io.Reader) (JSONObject, error) {
	data, err := io.ReadAll(body)
	if err != nil {
		return JSONObject{}, err
	}
	var reader JSONReader
	return reader.Read(Message{Data: data})
}

// Payload returns the sound in f that text holds as base64 (RFC 4648 section
// 4), in a buffer that is good until the next Read or Payload. The error is
// ErrBadPayload, also where there is no sound, a part of a sample or, in Opus, no
// packet.
func (r *JSONReader) Payload(text []byte, f media.Format) ([]byte, error) {
	if need := base64.StdEncoding.DecodedLen(len(text)); cap(r.payload) < need {
		r.payload = make([]byte, need)
	}
	n, err := base64.StdEncoding.Decode(r.payload[:cap(r.payload)], text)
	if err != nil || f.Count(r.payload[:n]) == 0 {
		return nil, ErrBadPayload
	}
	return r.payload[:n], nil
}

// withinJSONBounds reports whether data nests and holds no more than any
// carrier's message does. It looks at what stands outside of strings only, so
// that it costs little on a frame of sound.
func withinJSONBounds(data []byte) bool {
	depth, values := 0, 1
	for i := 0; i < len(data); i++ {
		switch data[i] {
		case '"':
			n := closingQuote(data[i+1:])
			if n < 0 {
				return false
			}
			i += n + 1
		case '{', '[':
			depth++
			values++
		case '}', ']':
			depth--
		case ',':
			values++
		}
		if depth > maxJSONDepth || values > maxJSONValues {
			return false
		}
	}
	return true
}

// closingQuote returns the index of the quote that ends the string which data
// begins inside of, or -1.
func closingQuote(data []byte) int {
	for from := 0; ; {
		n := bytes.IndexByte(data[from:], '"')
		if n < 0 {
			return -1
		}
		escapes := 0
		for escapes < n && data[from+n-1-escapes] == '\\' {
			escapes++
		}
		if escapes%2 == 0 {
			return from + n
		}
		from += n + 1
	}
}
