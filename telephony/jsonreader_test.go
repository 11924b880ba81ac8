package telephony_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
)

func TestReadRefusesWhatIsNoBoundedJSONObject(t *testing.T) {
	tests := []struct {
		name string
		msg  telephony.Message
		want error
	}{
		{"binary", telephony.Message{Binary: true, Data: []byte(`{}`)}, telephony.ErrNotText},
		{"nothing", telephony.Message{}, telephony.ErrMalformed},
		{"array", text(`[{}]`), telephony.ErrMalformed},
		{"string", text(`"{}"`), telephony.ErrMalformed},
		{"cut off", text(`{"event":"media"`), telephony.ErrMalformed},
		{"open string", text(`{"event":"media\"`), telephony.ErrMalformed},
		{"something behind it", text(`{} {}`), telephony.ErrMalformed},
		{"not UTF-8", text("{\"event\":\"\xff\"}"), telephony.ErrMalformed},
		{"too deep", text(strings.Repeat(`{"a":`, 17) + "1" + strings.Repeat("}", 17)), telephony.ErrMalformed},
		{"too many values", text(`{"a":[` + strings.Repeat("1,", 1100) + `1]}`), telephony.ErrMalformed},
		{"deep enough", text(strings.Repeat(`{"a":`, 16) + "1" + strings.Repeat("}", 16)), nil},
		{"signs inside a string", text(`{"a":"` + strings.Repeat(`[{,\"`, 5000) + `"}`), nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var reader telephony.JSONReader
			if _, err := reader.Read(test.msg); !errors.Is(err, test.want) {
				t.Errorf("error %v, want %v", err, test.want)
			}
		})
	}
}

func TestNumbersMayBeWrittenAsStrings(t *testing.T) {
	tests := []struct {
		json  string
		want  uint64
		found bool
	}{
		{`7`, 7, true},
		{`"7"`, 7, true},
		{`"007"`, 7, true},
		{`100.0`, 100, true},
		{`"100.9"`, 100, true},
		{`18446744073709551615`, math.MaxUint64, true},
		{`-1`, 0, false},
		{`"-1"`, 0, false},
		{`""`, 0, false},
		{`"NaN"`, 0, false},
		{`nan`, 0, false},
		{`1e300`, 0, false},
		{`null`, 0, false},
		{`true`, 0, false},
		{`[]`, 0, false},
	}
	for _, test := range tests {
		var reader telephony.JSONReader
		object, err := reader.Read(text(`{"n":` + test.json + `}`))
		if err != nil {
			t.Errorf("%s: %v", test.json, err)
			continue
		}
		if got, found := object.Number("other", "n"); got != test.want || found != test.found {
			t.Errorf("%s is %d, %v; want %d, %v", test.json, got, found, test.want, test.found)
		}
	}
}

func TestMillisThatNoDurationHoldsAreNotFound(t *testing.T) {
	var reader telephony.JSONReader
	object, err := reader.Read(text(`{"near":"120","far":"9223372036855"}`))
	if err != nil {
		t.Fatal(err)
	}
	if d, ok := object.Millis("near"); d != 120*time.Millisecond || !ok {
		t.Errorf("near is %v, %v", d, ok)
	}
	if d, ok := object.Millis("far"); ok {
		t.Errorf("far is %v", d)
	}
}

func TestParamsKeepPlainValuesUpToTheirNumber(t *testing.T) {
	var many strings.Builder
	for i := range telephony.MaxParams + 1 {
		fmt.Fprintf(&many, `"k%d":"v",`, i)
	}
	var reader telephony.JSONReader
	object, err := reader.Read(text(`{"p":{"s":"a\u0026b","n":5,"b":true,"o":{},"z":null},"many":{` +
		strings.TrimSuffix(many.String(), ",") + `}}`))
	if err != nil {
		t.Fatal(err)
	}
	got := object.Params("p")
	if len(got) != 3 || got["s"] != "a&b" || got["n"] != "5" || got["b"] != "true" {
		t.Errorf("params %v", got)
	}
	if n := len(object.Params("many")); n != telephony.MaxParams {
		t.Errorf("%d params kept, want %d", n, telephony.MaxParams)
	}
}

func TestPayloadIsWholeSamples(t *testing.T) {
	l16 := media.Format{Encoding: media.L16, Rate: 8000}
	for _, bad := range []string{"", "AA==", "A", "!!!!", "AAAAAAA", "____"} {
		var reader telephony.JSONReader
		if got, err := reader.Payload([]byte(bad), l16); !errors.Is(err, telephony.ErrBadPayload) {
			t.Errorf("%q gives %x, %v", bad, got, err)
		}
	}
	var reader telephony.JSONReader
	if got, err := reader.Payload([]byte("AQIDBA=="), l16); err != nil || !bytes.Equal(got, []byte{1, 2, 3, 4}) {
		t.Errorf("payload %x, %v", got, err)
	}
}

func TestAppendedStringsAreJSON(t *testing.T) {
	for _, s := range []string{"", "plain", `quote " and \ back`, "line\nend\x00\x1f\x7f", "ünïcödé 🎧", "bad \xff utf-8", "</script>"} {
		var got string
		if err := json.Unmarshal(telephony.AppendJSONString(nil, s), &got); err != nil {
			t.Errorf("%q: %v", s, err)
		}
		if want := strings.ToValidUTF8(s, "\uFFFD"); got != want {
			t.Errorf("%q came back as %q", s, got)
		}
	}
}

func TestNamesAreCutAtACharactersEnd(t *testing.T) {
	if got := telephony.Shorten([]byte(strings.Repeat("ä", 40))); got != strings.Repeat("ä", 32) {
		t.Errorf("cut to %q", got)
	}
	if got := telephony.Shorten([]byte("x" + strings.Repeat("ä", 40))); got != "x"+strings.Repeat("ä", 31) {
		t.Errorf("cut to %q", got)
	}
}

func TestKeysOfATelephone(t *testing.T) {
	for text, want := range map[string]byte{"0": '0', "9": '9', "*": '*', "#": '#', "A": 'A', "d": 'D'} {
		if got, err := telephony.Key([]byte(text)); got != want || err != nil {
			t.Errorf("%q is %q, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "E", "12", " ", "٣"} {
		if _, err := telephony.Key([]byte(text)); !errors.Is(err, telephony.ErrBadDigit) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// A message made to nest its parser's errors stays cheap: the limit of depth
// comes before the parser.
func TestGarbageIsRefusedWithoutManyAllocations(t *testing.T) {
	garbage := text(strings.Repeat("[", 300) + strings.Repeat("t", telephony.MaxMessageBytes-300))
	var reader telephony.JSONReader
	if n := testing.AllocsPerRun(10, func() {
		if _, err := reader.Read(garbage); err == nil {
			t.Error("garbage was read")
		}
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func text(s string) telephony.Message { return telephony.Message{Data: []byte(s)} }

func TestBuffersOfALongMessageAreNotKept(t *testing.T) {
	var reader telephony.JSONReader
	read := func(sound int) []byte {
		t.Helper()
		encoded := string(telephony.AppendJSONBase64(nil, make([]byte, sound)))
		object, err := reader.Read(text(`{"payload":` + encoded + `}`))
		if err != nil {
			t.Fatal(err)
		}
		field, _ := object.String("payload")
		payload, err := reader.Payload(field, media.Format{Encoding: media.PCMU, Rate: 8000})
		if err != nil || len(payload) != sound {
			t.Fatalf("%d bytes of %d, %v", len(payload), sound, err)
		}
		return payload
	}
	read(100_000)
	if kept := cap(read(160)); kept > 1000 {
		t.Errorf("a buffer of %d bytes is kept for 160", kept)
	}
}
