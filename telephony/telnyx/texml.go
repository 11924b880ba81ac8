package telnyx

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"mime"

	"github.com/talkpath/talkpath/telephony"
)

// Names of elements.
const (
	rootElement     = "Response"
	connectElement  = "Connect"
	redirectElement = "Redirect"
	hangupElement   = "Hangup"
	rejectElement   = "Reject"
)

// modeRTP is the bidirectionalMode of a stream that takes raw sound. The
// default is whole MP3 files; sound sent to such a stream is never heard.
const modeRTP = "rtp"

// post is the method in which we want to be called, since nothing proves the
// query of a GET.
const post = "POST"

// response is a TeXML document: verbs that are carried out in their order
// (developers.telnyx.com, TeXML verbs Connect, Stream, Redirect and Hangup).
type response struct {
	XMLName xml.Name
	Verbs   []verb `xml:",any"`
}

// verb is a <Connect>, which waits until its stream ends, a <Redirect>, or
// another element of which only the name counts.
type verb struct {
	XMLName xml.Name
	Method  string  `xml:"method,attr,omitempty"`
	Stream  *stream `xml:"Stream"`
	Text    string  `xml:",chardata"`
}

type stream struct {
	URL          string      `xml:"url,attr"`
	Track        string      `xml:"track,attr,omitempty"`
	Codec        string      `xml:"codec,attr,omitempty"` // of the sound to us
	Mode         string      `xml:"bidirectionalMode,attr,omitempty"`
	SpokenIn     string      `xml:"bidirectionalCodec,attr,omitempty"` // of our sound
	SpokenAt     string      `xml:"bidirectionalSamplingRate,attr,omitempty"`
	Status       string      `xml:"statusCallback,attr,omitempty"`
	StatusMethod string      `xml:"statusCallbackMethod,attr,omitempty"`
	Parameters   []parameter `xml:"Parameter"`
}

type parameter struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

// element returns a verb that has nothing but its name.
func element(local string) verb { return verb{XMLName: xml.Name{Local: local}} }

// compose returns the document of verbs.
func compose(verbs ...verb) (telephony.Document, error) {
	body, err := xml.Marshal(response{XMLName: xml.Name{Local: rootElement}, Verbs: verbs})
	if err != nil {
		return telephony.Document{}, err
	}
	return telephony.Document{ContentType: "text/xml", Body: append([]byte(xml.Header), body...)}, nil
}

// parseTeXML reads a document that is one <Response>. What Telnyx couldn't
// read is a *telephony.Violation.
func parseTeXML(doc telephony.Document) (response, error) {
	if kind, _, err := mime.ParseMediaType(doc.ContentType); err != nil || kind != "text/xml" && kind != "application/xml" {
		return response{}, refusal(fmt.Sprintf("content type %q is not text/xml", doc.ContentType))
	}
	var texml response
	dec := xml.NewDecoder(bytes.NewReader(doc.Body))
	if err := dec.Decode(&texml); err != nil {
		return response{}, refusal("document parse failure: " + err.Error())
	}
	if root := texml.XMLName.Local; root != rootElement {
		return response{}, refusal(fmt.Sprintf("root element is <%s>, must be <%s>", root, rootElement))
	}
	if err := telephony.EndXML(dec); err != nil {
		return response{}, refusal("document parse failure: " + err.Error())
	}
	return texml, nil
}

// split returns the verb that opens the stream and those behind it. opened is
// false where the call ends, or leaves the document, before any stream.
func (r response) split() (connect verb, behind []verb, opened bool) {
	for i, v := range r.Verbs {
		switch v.XMLName.Local {
		case connectElement:
			if v.Stream != nil {
				return v, r.Verbs[i+1:], true
			}
		case redirectElement, hangupElement, rejectElement:
			return verb{}, nil, false
		}
	}
	return verb{}, nil, false
}
