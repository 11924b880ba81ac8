package twilio

import "encoding/xml"

// rootElement is the name of a response's XMLName.
const rootElement = "Response"

// response is the part of a TwiML document that opens a two-way stream
// (twilio.com/docs/voice/twiml/stream).
type response struct {
	XMLName xml.Name
	Connect *connect `xml:"Connect"`
}

type connect struct {
	Stream *stream `xml:"Stream"`
}

type stream struct {
	URL        string      `xml:"url,attr"`
	Track      string      `xml:"track,attr,omitempty"`
	Parameters []parameter `xml:"Parameter"`
}

type parameter struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}
