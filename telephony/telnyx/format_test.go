package telnyx_test

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/telnyx"
)

const declaredFormat = `"media_format":{"encoding":"PCMU","sample_rate":8000,"channels":1}`

func TestTheFormatIsWhatStartDeclares(t *testing.T) {
	for _, test := range []struct{ query, declared, want string }{
		{"", `"encoding":"PCMU","sample_rate":8000,"channels":1`, "PCMU/8000"},
		{"", `"encoding":"PCMA","sample_rate":8000`, "PCMA/8000"},
		{"", `"encoding":"pcma","sample_rate":"8000","channels":"1"`, "PCMA/8000"},
		{"", `"encoding":"L16","sample_rate":16000`, "L16/16000"},
		{"", `"encoding":"l16","sample_rate":"24000"`, "L16/24000"},
		{"", `"encoding":"L16","sample_rate":8000`, "L16/8000"},
		{"", `"encoding":"PCMA"`, "PCMA/8000"},
		{"", ``, "PCMU/8000"},
		{"sound=PCMA/8000", ``, "PCMA/8000"},
		{"sound=L16/24000", ``, "L16/24000"},
		{"sound=L16/24000", `"encoding":"L16"`, "L16/24000"},
		{"sound=l16%2F16000", `"sample_rate":16000`, "L16/16000"},
		{"sound=GSM/8000", `"encoding":"PCMA"`, "PCMA/8000"},
		{"", `"encoding":"G722","sample_rate":8000,"channels":1`, "G722/16000"}, // as RTP's clock counts
		{"sound=G722/16000", `"encoding":"G722","sample_rate":16000`, "G722/16000"},
		{"sound=G722/16000", `"encoding":"g722"`, "G722/16000"},
		{"", `"encoding":"OPUS","sample_rate":48000,"channels":2`, "OPUS/16000"}, // as RFC 7587 has it for RTP
		{"sound=OPUS/16000", `"encoding":"OPUS","sample_rate":16000,"channels":1`, "OPUS/16000"},
		{"sound=OPUS/16000", `"encoding":"OPUS","sample_rate":8000`, "OPUS/16000"},
		{"sound=OPUS/16000", ``, "OPUS/16000"},
	} {
		ev, err := newWire(test.query).Decode(declares(test.declared))
		if err != nil || ev.Start.Format.String() != test.want {
			t.Errorf("%q, %s: %+v, %v; want %s", test.query, test.declared, ev.Start, err, test.want)
		}
	}
}

func TestAFormatThatTheBridgeCannotTakeIsRefusedByName(t *testing.T) {
	for _, test := range []struct{ query, declared, text string }{
		{"sound=PCMU/8000", `"encoding":"G722","sample_rate":8000`, "our sound was to be PCMU/8000: ask for encoding=g722 at the answer URL, or limit the connection's codecs to PCMU and PCMA"},
		{"sound=PCMU/8000", `"encoding":"OPUS","sample_rate":48000,"channels":2`, "ask for encoding=opus at the answer URL, or limit"},
		{"sound=OPUS/16000", `"encoding":"PCMU","sample_rate":8000`, "stream is PCMU/8000 and our sound was to be OPUS/16000"},
		{"", `"encoding":"G722","sample_rate":48000`, "G722/48000"},
		{"", `"encoding":"G722","sample_rate":8000,"channels":2`, "G722/8000/2"},
		{"", `"encoding":"OPUS","sample_rate":44100`, "OPUS/44100"},
		{"", `"encoding":"OPUS","sample_rate":48000,"channels":3`, "OPUS/48000/3"},
		{"", `"encoding":"AMR-WB","sample_rate":"16000"`, "Talkpath doesn't speak AMR-WB/16000, so limit the connection's codecs to PCMU and PCMA"},
		{"", `"encoding":"GSM","sample_rate":8000`, "carrier offers: GSM/8000"},
		{"", `"encoding":"PCMU","sample_rate":16000`, "PCMU/16000"},
		{"", `"encoding":"L16","sample_rate":48000`, "L16/48000"},
		{"", `"encoding":"L16"`, "L16/"},
		{"", `"encoding":"L16","sample_rate":16000,"channels":2`, "L16/16000/2"},
		{"", `"encoding":"PCMU","sample_rate":"fast"`, "PCMU/fast"},
		{"", `"encoding":"PCMU","sample_rate":0`, "PCMU/0"},
		{"", `"encoding":"PCMU","sample_rate":-8e99`, "PCMU/-8e99"},
		{"", `"encoding":"PCMU","sample_rate":1e15`, "PCMU/1e15"},
		{"sound=L16/16000", `"encoding":"PCMU","sample_rate":8000`, "stream is PCMU/8000 and our sound was to be L16/16000"},
		{"sound=L16/16000", `"encoding":"L16","sample_rate":8000`, "stream is L16/8000 and our sound was to be L16/16000"},
	} {
		wire := newWire(test.query)
		_, err := wire.Decode(declares(test.declared))
		var wireErr *telephony.WireError
		if !errors.Is(err, telephony.ErrBadFormat) || !errors.As(err, &wireErr) || !strings.Contains(err.Error(), test.text) {
			t.Errorf("%q, %s: %v", test.query, test.declared, err)
		}
		if _, err := wire.Encode(nil, telephony.Event{Kind: telephony.Clear}); !errors.Is(err, telephony.ErrNotStarted) {
			t.Errorf("%s: the stream is taken as started: %v", test.declared, err)
		}
	}
}

func TestL16MayBeInNetworkOrder(t *testing.T) {
	format := media.Format{Encoding: media.L16, Rate: 16000}
	little := telephony.Event{Kind: telephony.Audio, Frame: media.Frame{Format: format, Payload: []byte{1, 2, 3, 4}}}
	for _, test := range []struct {
		cfg      telnyx.Config
		in, sent string
	}{
		{telnyx.Config{}, `"payload":"AQIDBA=="`, `"payload":"AQIDBA=="`},
		{telnyx.Config{BigEndian: true}, `"payload":"AgEEAw=="`, `"payload":"AgEEAw=="`},
	} {
		wire := telnyx.Carrier(test.cfg).NewWire(url.Values{})
		if _, err := wire.Decode(declares(`"encoding":"L16","sample_rate":16000`)); err != nil {
			t.Fatal(err)
		}
		for range 3 { // the first is parsed, the others fit its pattern
			ev, err := wire.Decode(message(`{"event":"media",` + id + `,"media":{"chunk":"1","timestamp":"0",` + test.in + `}}`))
			if err != nil || string(ev.Frame.Payload) != "\x01\x02\x03\x04" {
				t.Errorf("%+v: %x, %v", test.cfg, ev.Frame.Payload, err)
			}
		}
		msg, err := wire.Encode(nil, little)
		if err != nil || !strings.Contains(string(msg.Data), test.sent) || string(little.Frame.Payload) != "\x01\x02\x03\x04" {
			t.Errorf("%+v: %s, %v; the caller's bytes are now %x", test.cfg, msg.Data, err, little.Frame.Payload)
		}
	}
}

// declares returns start with another media_format.
func declares(fields string) telephony.Message {
	return message(strings.Replace(start, declaredFormat, `"media_format":{`+fields+`}`, 1))
}
