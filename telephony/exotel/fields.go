package exotel

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/talkpath/talkpath/telephony"
)

const (
	// maxForm is the part of a multipart request that is kept in memory.
	maxForm = 64 << 10
	// maxFields is the most that one request is read for. Exotel's largest has
	// about 40.
	maxFields = 256
	// maxNesting is how deep the JSON of a request may nest.
	maxNesting = 8
)

// errNotJSON reports a body that is not what its content type says.
var errNotJSON = errors.New("the body is no JSON object")

// fields are what a request of Exotel's tells, in whichever form: a query, a
// form, multipart or JSON. What is inside of something has the name that forms
// give it, "stream[status]" or "legs[0][status]". Names are in lower case,
// since Exotel's sources spell some in both.
type fields map[string]string

// get returns the first of the fields that tells anything, cut as a Status has
// it.
func (f fields) get(names ...string) string {
	for _, name := range names {
		if text := f[name]; text != "" {
			return telephony.Shorten(text)
		}
	}
	return ""
}

// readFields reads a request's body and query; what both have is taken from
// the body. A query that is not well encoded is read as far as it goes.
func readFields(r *http.Request) (fields, error) {
	f := fields{}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err == nil && kind == "application/json" && r.Body != nil {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		if err := f.addJSON("", string(body)); err != nil {
			return nil, err
		}
	} else if r.Method == http.MethodPost {
		form, err := readForm(r)
		if err != nil {
			return nil, err
		}
		f.addForm(form)
	}
	f.addForm(r.URL.Query())
	// Passthru may send the stream's fields as one of JSON. Where it can't be
	// read it stays what it is.
	if text := f[streamField]; text != "" {
		if f.addJSON(streamField, text) == nil {
			delete(f, streamField)
		}
	}
	return f, nil
}

// readForm reads a POST's form, of either content type, with the query.
func readForm(r *http.Request) (url.Values, error) {
	// ParseMultipartForm alone would hide that a plain form can't be read.
	err := r.ParseForm()
	if err == nil {
		err = r.ParseMultipartForm(maxForm)
	}
	if err != nil && !errors.Is(err, http.ErrNotMultipart) {
		return nil, err
	}
	return r.Form, nil
}

func (f fields) addForm(form url.Values) {
	for _, name := range slices.Sorted(maps.Keys(form)) {
		f.set(name, form.Get(name))
	}
}

// addJSON adds the fields of a JSON object inside of the field prefix.
func (f fields) addJSON(prefix, text string) error {
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	var object map[string]any
	if err := dec.Decode(&object); err != nil {
		return errNotJSON
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: it goes on behind its end", errNotJSON)
	}
	f.addValue(prefix, object, maxNesting)
	return nil
}

func (f fields) addValue(name string, value any, depth int) {
	if depth == 0 {
		return
	}
	switch v := value.(type) {
	case string:
		f.set(name, v)
	case json.Number:
		f.set(name, v.String())
	case bool:
		f.set(name, strconv.FormatBool(v))
	case []any:
		for i, item := range v {
			f.addValue(inside(name, strconv.Itoa(i)), item, depth-1)
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			f.addValue(inside(name, key), v[key], depth-1)
		}
	}
}

// inside returns the name of a field inside of another, or at the top.
func inside(name, key string) string {
	if name == "" {
		return key
	}
	return name + "[" + key + "]"
}

// set adds a field that isn't there yet.
func (f fields) set(name, value string) {
	name = strings.ToLower(name)
	if _, found := f[name]; !found && len(f) < maxFields {
		f[name] = value
	}
}
