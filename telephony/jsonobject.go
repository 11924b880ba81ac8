package telephony

import (
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/valyala/fastjson"
)

// JSONObject is an object of a carrier's message. The zero JSONObject has no
// fields. Its methods take the spellings of one field's name and use the
// first that the object has. They allocate nothing unless they say so.
type JSONObject struct{ o *fastjson.Object }

// Len returns the number of fields.
func (o JSONObject) Len() int {
	if o.o == nil {
		return 0
	}
	return o.o.Len()
}

// Object returns a field that is an object; otherwise found is false and the
// object has no fields.
func (o JSONObject) Object(names ...string) (field JSONObject, found bool) {
	v := o.find(names)
	if v == nil || v.Type() != fastjson.TypeObject {
		return JSONObject{}, false
	}
	return JSONObject{v.GetObject()}, true
}

// String returns a field that is a string. The bytes are good until the
// reader's next Read.
func (o JSONObject) String(names ...string) (text []byte, found bool) {
	v := o.find(names)
	if v == nil || v.Type() != fastjson.TypeString {
		return nil, false
	}
	return v.GetStringBytes(), true
}

// Text returns a copy of a field that is a string or a number, empty where
// there is none.
func (o JSONObject) Text(names ...string) string {
	return textOf(o.find(names))
}

// Number returns a field that is a whole number of zero or more, whether the
// carrier wrote it as a number or as a string; fractions are cut off.
func (o JSONObject) Number(names ...string) (n uint64, found bool) {
	v := o.find(names)
	if v == nil {
		return 0, false
	}
	switch v.Type() {
	case fastjson.TypeNumber:
		if n, err := v.Uint64(); err == nil {
			return n, true
		}
		f, err := v.Float64()
		return wholePart(f, err)
	case fastjson.TypeString:
		text := v.GetStringBytes()
		if n, err := strconv.ParseUint(string(text), 10, 64); err == nil {
			return n, true
		}
		return wholePart(strconv.ParseFloat(string(text), 64))
	default:
		return 0, false
	}
}

// Millis returns a field that counts milliseconds.
func (o JSONObject) Millis(names ...string) (d time.Duration, found bool) {
	n, ok := o.Number(names...)
	if !ok || n > math.MaxInt64/uint64(time.Millisecond) {
		return 0, false
	}
	return time.Duration(n) * time.Millisecond, true
}

// Params returns a copy of an object of custom parameters, at most MaxParams
// of them; values that are objects, arrays or null are left out. It is nil
// where there are none.
func (o JSONObject) Params(names ...string) map[string]string {
	object, _ := o.Object(names...)
	return object.Fields()
}

// Fields returns a copy of o's own fields, read as Params does, but for those
// that are named.
func (o JSONObject) Fields(except ...string) map[string]string {
	if o.Len() == 0 {
		return nil
	}
	fields := make(map[string]string, min(o.Len(), MaxParams))
	o.o.Visit(func(key []byte, v *fastjson.Value) {
		if len(fields) == MaxParams || slices.Contains(except, string(key)) {
			return
		}
		switch v.Type() {
		case fastjson.TypeString, fastjson.TypeNumber:
			fields[string(key)] = textOf(v)
		case fastjson.TypeTrue, fastjson.TypeFalse:
			fields[string(key)] = v.String()
		default:
		}
	})
	return fields
}

// within returns the object that a field holds, which has no fields where
// there is none, or o itself where no field is named.
func (o JSONObject) within(names []string) JSONObject {
	if len(names) > 0 {
		o, _ = o.Object(names...)
	}
	return o
}

// find returns the first of the named fields, nil where there is none.
func (o JSONObject) find(names []string) *fastjson.Value {
	if o.o == nil {
		return nil
	}
	for _, name := range names {
		if v := o.o.Get(name); v != nil {
			return v
		}
	}
	return nil
}

// textOf returns a copy of a string or number.
func textOf(v *fastjson.Value) string {
	switch {
	case v == nil:
		return ""
	case v.Type() == fastjson.TypeString:
		return string(v.GetStringBytes())
	case v.Type() == fastjson.TypeNumber:
		return v.String()
	}
	return ""
}

// wholePart returns f without its fraction, where it is a number of zero or
// more that a float holds exactly.
func wholePart(f float64, err error) (n uint64, ok bool) {
	if err != nil || !(f >= 0 && f < 1<<53) {
		return 0, false
	}
	return uint64(f), true
}
