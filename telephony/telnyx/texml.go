package telnyx

import "encoding/xml"

// rootElement is the name of a response's XMLName.
const rootElement = "Response"

// modeRTP is the bidirectionalMode of a stream that takes raw sound. The
// default is whole MP3 files; sound sent to such a stream is never heard.
const modeRTP = "rtp"

// response is the part of a TeXML document that opens a two-way stream and
// hangs up behind it (developers.telnyx.com, TeXML verbs Connect and Stream).
type response struct {
	XMLName xml.Name
	Connect *connect `xml:"Connect"`
	Hangup  *hangup  `xml:"Hangup"`
}

type connect struct {
	Stream *stream `xml:"Stream"`
}

type stream struct {
	URL        string      `xml:"url,attr"`
	Track      string      `xml:"track,attr,omitempty"`
	Codec      string      `xml:"codec,attr,omitempty"` // of the sound to us
	Mode       string      `xml:"bidirectionalMode,attr,omitempty"`
	SpokenIn   string      `xml:"bidirectionalCodec,attr,omitempty"` // of our sound
	SpokenAt   string      `xml:"bidirectionalSamplingRate,attr,omitempty"`
	Parameters []parameter `xml:"Parameter"`
}

type parameter struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type hangup struct{}
