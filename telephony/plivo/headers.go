package plivo

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/talkpath/talkpath/telephony"
)

// maxHeaders is how long the attribute extraHeaders may be, in bytes.
const maxHeaders = 512

// passed are the characters that were seen to pass besides the letters and
// digits that are documented. The peer takes them; we send none.
const passed = "_-"

// joined returns params as key=value in the order of their keys, or
// telephony.ErrParameter where they have another character than letters, digits and
// what is allowed besides.
func joined(params map[string]string, between, allowed string) (string, error) {
	pairs := make([]string, 0, len(params))
	for _, key := range slices.Sorted(maps.Keys(params)) {
		if !isPlain(key, allowed) || !isPlain(params[key], allowed) {
			return "", fmt.Errorf("%w: %.64q is not of letters and digits", telephony.ErrParameter, key)
		}
		pairs = append(pairs, key+"="+params[key])
	}
	list := strings.Join(pairs, between)
	if len(list) > maxHeaders {
		return "", fmt.Errorf("%w: extra headers of %d bytes, at most %d", telephony.ErrParameter, len(list), maxHeaders)
	}
	return list, nil
}

// isPlain reports whether s has letters, digits and what else is allowed only,
// and at least one of them.
func isPlain(s, allowed string) bool {
	for i := range len(s) {
		c := s[i]
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') && strings.IndexByte(allowed, c) < 0 {
			return false
		}
	}
	return s != ""
}

// readAttribute returns the parameters of the attribute extraHeaders, as Plivo
// reads it.
func readAttribute(list string) (map[string]string, error) {
	if list == "" {
		return nil, nil
	}
	if len(list) > maxHeaders {
		return nil, fmt.Errorf("%w: extra headers of %d bytes, at most %d", telephony.ErrParameter, len(list), maxHeaders)
	}
	params := map[string]string{}
	for pair := range strings.SplitSeq(list, ",") {
		key, value, found := strings.Cut(pair, "=")
		if !found || !isPlain(key, passed) || !isPlain(value, passed) {
			return nil, fmt.Errorf("%w: %.64q is not of letters and digits", telephony.ErrParameter, pair)
		}
		params[key] = value
	}
	return params, nil
}

// extraHeaders returns the custom parameters of a start, in any of the shapes
// that Plivo's pages and code show: an object, a string that holds one, or a
// string of key=value with ";" or "," between. It is nil where there are none.
func extraHeaders(body telephony.JSONObject) map[string]string {
	if params := body.Params("extra_headers", "extraHeaders"); params != nil {
		return params
	}
	text := strings.TrimSpace(body.Text("extra_headers", "extraHeaders"))
	if strings.HasPrefix(text, "{") {
		var inner telephony.JSONReader
		object, err := inner.Read(telephony.Message{Data: []byte(`{"of":` + text + `}`)})
		if err != nil {
			return nil
		}
		return object.Params("of")
	}
	return readList(text)
}

// readList reads a list of key=value. What is no pair is left out.
func readList(text string) map[string]string {
	between := ","
	if strings.Contains(text, ";") {
		between = ";"
	}
	var params map[string]string
	for pair := range strings.SplitSeq(text, between) {
		key, value, found := strings.Cut(pair, "=")
		if key = strings.TrimSpace(key); !found || key == "" {
			continue
		}
		if len(params) == telephony.MaxParams {
			break
		}
		if params == nil {
			params = map[string]string{}
		}
		params[key] = strings.TrimSpace(value)
	}
	return params
}
