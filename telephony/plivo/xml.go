package plivo

import (
	"encoding/xml"

	"github.com/talkpath/talkpath/telephony"
)

// Names of elements.
const (
	streamElement   = "Stream"
	redirectElement = "Redirect"
	hangupElement   = "Hangup"
)

// verb is a <Stream>, a <Redirect>, or another element of which only the name
// counts (plivo.com/docs/voice/xml/audio-streaming).
type verb struct {
	XMLName              xml.Name
	Bidirectional        string `xml:"bidirectional,attr,omitempty"`
	KeepCallAlive        string `xml:"keepCallAlive,attr,omitempty"`
	ContentType          string `xml:"contentType,attr,omitempty"`
	AudioTrack           string `xml:"audioTrack,attr,omitempty"`
	StatusCallbackURL    string `xml:"statusCallbackUrl,attr,omitempty"`
	StatusCallbackMethod string `xml:"statusCallbackMethod,attr,omitempty"`
	ExtraHeaders         string `xml:"extraHeaders,attr,omitempty"`
	Method               string `xml:"method,attr,omitempty"`
	URL                  string `xml:",chardata"`
}

// redirect returns the verb that makes Plivo ask url for another document.
func redirect(url string) verb {
	return verb{XMLName: xml.Name{Local: redirectElement}, Method: "POST", URL: url}
}

// document returns the document of these verbs.
func document(verbs ...verb) (telephony.Document, error) {
	return telephony.ComposeXML("application/xml", verbs...)
}
