package plivo

import "encoding/xml"

// Names of elements.
const (
	rootElement   = "Response"
	streamElement = "Stream"
)

// response is a Plivo XML document (plivo.com/docs/voice/xml/audio-streaming):
// verbs that are carried out in their order.
type response struct {
	XMLName xml.Name
	Verbs   []verb `xml:",any"`
}

// verb is a <Stream>, or another element of which only the name counts.
type verb struct {
	XMLName       xml.Name
	Bidirectional string `xml:"bidirectional,attr,omitempty"`
	KeepCallAlive string `xml:"keepCallAlive,attr,omitempty"`
	ContentType   string `xml:"contentType,attr,omitempty"`
	AudioTrack    string `xml:"audioTrack,attr,omitempty"`
	ExtraHeaders  string `xml:"extraHeaders,attr,omitempty"`
	URL           string `xml:",chardata"`
}
