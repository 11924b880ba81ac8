package sim

import (
	"encoding/json"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"unicode"

	"github.com/talkpath/talkpath/telephony"
)

// maxDetail is how much is shown of what a server says, in bytes.
const maxDetail = 200

// RefusedError reports a server that answered a webhook's request with
// something other than 2xx.
type RefusedError struct {
	Status int
	// Detail is what a problem document (RFC 9457) says about it, on one line
	// and cut; empty where the server sent none.
	Detail string
}

func (e *RefusedError) Error() string {
	text := "webhook answered " + strings.TrimSpace(strconv.Itoa(e.Status)+" "+http.StatusText(e.Status))
	if e.Detail != "" {
		text += ": " + e.Detail
	}
	return text
}

// refusal returns the error for a server's answer.
func refusal(doc telephony.Document) *RefusedError {
	refused := &RefusedError{Status: doc.Status}
	var problem struct {
		Detail string `json:"detail"`
	}
	kind, _, err := mime.ParseMediaType(doc.ContentType)
	if err != nil || kind != "application/problem+json" || json.Unmarshal(doc.Body, &problem) != nil {
		return refused
	}
	refused.Detail = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, problem.Detail)
	if len(refused.Detail) > maxDetail {
		refused.Detail = strings.ToValidUTF8(refused.Detail[:maxDetail], "") + "..."
	}
	return refused
}
