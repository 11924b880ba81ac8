package telephony_test

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
)

func pattern() *telephony.SoundPattern {
	return telephony.NewSoundPattern(telephony.SoundNames{
		Seq: []string{"seq", "Seq"}, Time: []string{"at"}, Payload: []string{"payload"}, Others: []string{"chunk"},
	})
}

var mulaw = media.Format{Encoding: media.PCMU, Rate: 8000}

func message(format string, args ...any) telephony.Message {
	return telephony.Message{Data: fmt.Appendf(nil, format, args...)}
}

// learned returns a pattern that has learned from a message of this shape with
// the numbers 7, 6 and 100.
func learned(t *testing.T, shape string) (*telephony.SoundPattern, *telephony.JSONReader) {
	t.Helper()
	p, r := pattern(), &telephony.JSONReader{}
	first := message(shape, 7, 6, 100, "AAAA")
	p.Learn(r, first, media.Frame{Format: mulaw, Seq: 7, At: 100 * time.Millisecond, Payload: []byte{0, 0, 0}}, 0)
	return p, r
}

func TestAMessageLikeTheOneBeforeFitsWithItsOwnNumbersAndSound(t *testing.T) {
	for _, shape := range []string{
		`{"event":"media","seq":"%d","id":"x","media":{"track":"in","chunk":"%d","at":"%d","payload":"%s"}}`,
		`{"event":"media","seq":%d,"id":"x","media":{"chunk":%d,"at":%d,"payload":"%s"}}`,
		"{ \"event\" : \"media\",\n \"seq\" : %d , \"chunk\":%d, \"at\" :\"%d\", \"payload\" : \"%s\" }\n",
	} {
		p, r := learned(t, shape)
		f, fits := p.Frame(r, message(shape, 123456, 99, 20480, "AQIDBA=="), mulaw, 0)
		if !fits || f.Seq != 123456 || f.At != 20480*time.Millisecond || !bytes.Equal(f.Payload, []byte{1, 2, 3, 4}) {
			t.Errorf("%s: fits is %v, got %+v", shape, fits, f)
		}
	}
}

func TestWhatDiffersAnywhereElseIsLeftToTheParser(t *testing.T) {
	const shape = `{"event":"media","seq":"%d","id":"x","media":{"chunk":"%d","at":"%d","payload":"%s"}}`
	p, r := learned(t, shape)
	good := string(message(shape, 8, 7, 120, "AAAA").Data)
	if _, fits := p.Frame(r, telephony.Message{Data: []byte(good)}, mulaw, 0); !fits {
		t.Fatal("the next message does not fit")
	}
	for name, bad := range map[string]string{
		"other stream":    `{"event":"media","seq":"8","id":"y","media":{"chunk":"7","at":"120","payload":"AAAA"}}`,
		"other event":     `{"event":"mediA","seq":"8","id":"x","media":{"chunk":"7","at":"120","payload":"AAAA"}}`,
		"more behind":     good + " ",
		"cut off":         good[:len(good)-1],
		"no digits":       `{"event":"media","seq":"","id":"x","media":{"chunk":"7","at":"120","payload":"AAAA"}}`,
		"too many digits": `{"event":"media","seq":"1234567890123456789","id":"x","media":{"chunk":"7","at":"1","payload":"AAAA"}}`,
		"time too long":   `{"event":"media","seq":"8","id":"x","media":{"chunk":"7","at":"99999999999999","payload":"AAAA"}}`,
		"bad base64":      `{"event":"media","seq":"8","id":"x","media":{"chunk":"7","at":"120","payload":"A*AA"}}`,
		"escaped base64":  `{"event":"media","seq":"8","id":"x","media":{"chunk":"7","at":"120","payload":"AA\/A"}}`,
		"no sound":        `{"event":"media","seq":"8","id":"x","media":{"chunk":"7","at":"120","payload":""}}`,
		"empty":           "",
	} {
		if _, fits := p.Frame(r, telephony.Message{Data: []byte(bad)}, mulaw, 0); fits {
			t.Errorf("%s fits", name)
		}
	}
	if _, fits := p.Frame(r, telephony.Message{Binary: true, Data: []byte(good)}, mulaw, 0); fits {
		t.Error("a binary message fits")
	}
}

func TestAMessageWhoseNamesMisleadIsNotLearnedFrom(t *testing.T) {
	for name, shape := range map[string]string{
		"name twice":      `{"at":"5","seq":"%d","media":{"chunk":"%d","at":"%d","payload":"%s"}}`,
		"escape":          `{"x":"\"","seq":"%d","media":{"chunk":"%d","at":"%d","payload":"%s"}}`,
		"another's value": `{"seq":"%d","chunk":"%d","other":"%d","at":"55","payload":"%s"}`,
	} {
		p, r := learned(t, shape)
		if _, fits := p.Frame(r, message(shape, 7, 6, 100, "AAAA"), mulaw, 0); fits {
			t.Errorf("%s: was learned from", name)
		}
	}
}

// Whatever is done to a message, a pattern never reads it as something else
// than the parser would.
func TestAPatternNeverChangesWhatIsRead(t *testing.T) {
	const shape = `{"seq":"%d","media":{"chunk":"%d","at":"%d","payload":"%s"}}`
	rapid.Check(t, func(r *rapid.T) {
		p, json := learned(t, shape)
		data := message(shape, rapid.Uint32().Draw(r, "seq"), 1, rapid.Uint32().Draw(r, "at"), "AAECAw==").Data
		for range rapid.IntRange(0, 3).Draw(r, "changes") {
			at := rapid.IntRange(0, len(data)-1).Draw(r, "place")
			data[at] = rapid.Byte().Draw(r, "byte")
		}
		got, fits := p.Frame(json, telephony.Message{Data: data}, mulaw, 0)
		if !fits {
			return
		}
		payload := bytes.Clone(got.Payload)
		var full telephony.JSONReader
		body, err := full.Read(telephony.Message{Data: data})
		if err != nil {
			r.Fatalf("%q fits and is no JSON: %v", data, err)
		}
		seq, _ := body.Number("seq")
		packet, _ := body.Object("media")
		at, _ := packet.Millis("at")
		text, _ := packet.String("payload")
		want, err := full.Payload(text, mulaw)
		if err != nil || seq != got.Seq || at != got.At || !bytes.Equal(want, payload) {
			r.Fatalf("%q is read as %+v", data, got)
		}
	})
}
