package plivo

import (
	"encoding/xml"
	"fmt"

	"github.com/talkpath/talkpath/telephony"
)

// Names of elements.
const (
	rootElement     = "Response"
	streamElement   = "Stream"
	redirectElement = "Redirect"
	hangupElement   = "Hangup"
)

// response is a Plivo XML document (plivo.com/docs/voice/xml/audio-streaming):
// verbs that are carried out in their order.
type response struct {
	XMLName xml.Name
	Verbs   []verb `xml:",any"`
}

// verb is a <Stream>, a <Redirect>, or another element of which only the name
// counts.
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
func document(verbs []verb) (telephony.Document, error) {
	body, err := xml.Marshal(response{XMLName: xml.Name{Local: rootElement}, Verbs: verbs})
	if err != nil {
		return telephony.Document{}, fmt.Errorf("write XML: %w", err)
	}
	return telephony.Document{ContentType: "application/xml", Body: append([]byte(xml.Header), body...)}, nil
}
