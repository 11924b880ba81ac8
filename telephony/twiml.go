package telephony

import (
	"encoding/xml"
	"fmt"
	"maps"
	"net/http"
	"slices"
)

// Verbs of TwiML (twilio.com/docs/voice/twiml).
const (
	twimlConnect  = "Connect"  // waits for its stream to end
	twimlStart    = "Start"    // goes on at once
	twimlRedirect = "Redirect" // asks a URL how the call goes on
	twimlHangup   = "Hangup"
	twimlReject   = "Reject"
)

// Values of TwiMLStream.Track.
const (
	TwiMLInbound  = "inbound_track"
	TwiMLOutbound = "outbound_track"
	TwiMLBoth     = "both_tracks"
)

// TwiMLVerb is a verb of TwiML, Twilio's XML for calls, which other carriers
// have taken over (Telnyx as TeXML), with what the verbs that open streams and
// lead away from a document have.
type TwiMLVerb struct {
	XMLName xml.Name
	Method  string       `xml:"method,attr,omitempty"`
	Stream  *TwiMLStream `xml:"Stream"`
	Text    string       `xml:",chardata"`
}

// TwiMLStream is a <Stream> inside of a <Connect> or a <Start>, with the
// attributes of every carrier that has it.
type TwiMLStream struct {
	URL            string           `xml:"url,attr"`
	Track          string           `xml:"track,attr,omitempty"`
	Codec          string           `xml:"codec,attr,omitempty"` // of the sound to us; Telnyx only, as the three below
	Mode           string           `xml:"bidirectionalMode,attr,omitempty"`
	SpokenIn       string           `xml:"bidirectionalCodec,attr,omitempty"` // of our sound
	SpokenAt       string           `xml:"bidirectionalSamplingRate,attr,omitempty"`
	StatusCallback string           `xml:"statusCallback,attr,omitempty"`
	StatusMethod   string           `xml:"statusCallbackMethod,attr,omitempty"`
	Parameters     []TwiMLParameter `xml:"Parameter"`
}

// TwiMLParameter is a custom parameter of a stream.
type TwiMLParameter struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

// ComposeTwiML returns the document of verbs.
func ComposeTwiML(verbs ...TwiMLVerb) (Document, error) { return ComposeXML("text/xml", verbs...) }

// TwiMLHangup returns the verb that ends the call.
func TwiMLHangup() TwiMLVerb { return TwiMLVerb{XMLName: xml.Name{Local: twimlHangup}} }

// OpenTwiML returns the verb that opens noun, which leads to s, with the track
// and the parameters of s, and behind it the redirect to where the call goes
// on, by POST, if it does. callable returns why a URL can't be called.
func OpenTwiML(s Stream, noun TwiMLStream, callable func(raw string) error) ([]TwiMLVerb, error) {
	next, err := s.Continuation()
	if err != nil {
		return nil, err
	}
	for _, callback := range []string{next, s.StatusURL} {
		if callback == "" {
			continue
		}
		if err = callable(callback); err != nil {
			return nil, err
		}
	}
	if noun.Parameters, err = twimlParameters(s.MarkedParams()); err != nil {
		return nil, err
	}
	verb := twimlConnect
	switch s.Listen {
	case ListenCaller:
		verb, noun.Track = twimlStart, TwiMLInbound
	case ListenBoth:
		verb, noun.Track = twimlStart, TwiMLBoth
	default:
	}
	verbs := []TwiMLVerb{{XMLName: xml.Name{Local: verb}, Stream: &noun}}
	if next != "" {
		verbs = append(verbs, TwiMLVerb{XMLName: xml.Name{Local: twimlRedirect}, Method: http.MethodPost, Text: next})
	}
	return verbs, nil
}

// twimlParameters returns custom parameters in the order of their names.
func twimlParameters(params map[string]string) ([]TwiMLParameter, error) {
	if len(params) > MaxParams {
		return nil, fmt.Errorf("%w: %d of them, at most %d", ErrParameter, len(params), MaxParams)
	}
	var list []TwiMLParameter
	for _, key := range slices.Sorted(maps.Keys(params)) {
		value := params[key]
		if key == "" || !IsXMLText(key) || !IsXMLText(value) {
			return nil, fmt.Errorf("%w: %.64q", ErrParameter, key)
		}
		list = append(list, TwiMLParameter{key, value})
	}
	return list, nil
}
