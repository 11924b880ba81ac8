package telephony

import "github.com/valyala/fastjson"

// Lists reports whether a field is an array that holds the string text.
func (o JSONObject) Lists(text string, names ...string) bool {
	v := o.find(names)
	if v == nil || v.Type() != fastjson.TypeArray {
		return false
	}
	for _, item := range v.GetArray() {
		if item.Type() == fastjson.TypeString && string(item.GetStringBytes()) == text {
			return true
		}
	}
	return false
}
