package twilio

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"mime"

	"github.com/talkpath/talkpath/telephony"
)

// Names in a TwiML document (twilio.com/docs/voice/twiml).
const (
	rootElement = "Response"

	verbConnect  = "Connect"  // waits for its stream to end
	verbStart    = "Start"    // goes on at once
	verbRedirect = "Redirect" // asks a URL how the call goes on
	verbHangup   = "Hangup"
	verbReject   = "Reject"

	trackInbound = "inbound_track"
	trackBoth    = "both_tracks"
)

// maxTwiML is the size of the largest document that the peer reads, the limit
// that users have measured at Twilio.
const maxTwiML = 64 << 10

// response is a TwiML document: verbs that are done one after the other.
type response struct {
	XMLName xml.Name
	Verbs   []verb `xml:",any"`
}

// verb is any verb, with what those that are known here have.
type verb struct {
	XMLName xml.Name
	Method  string  `xml:"method,attr,omitempty"`
	Stream  *stream `xml:"Stream"`
	Text    string  `xml:",chardata"`
}

type stream struct {
	URL            string      `xml:"url,attr"`
	Track          string      `xml:"track,attr,omitempty"`
	StatusCallback string      `xml:"statusCallback,attr,omitempty"`
	StatusMethod   string      `xml:"statusCallbackMethod,attr,omitempty"`
	Parameters     []parameter `xml:"Parameter"`
}

type parameter struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

// named returns a verb without anything in it.
func named(name string) verb { return verb{XMLName: xml.Name{Local: name}} }

// redirect returns the verb that asks to how the call goes on.
func redirect(to string) verb {
	v := named(verbRedirect)
	v.Method, v.Text = "POST", to
	return v
}

// document returns the TwiML of verbs.
func document(verbs ...verb) (telephony.Document, error) {
	body, err := xml.Marshal(response{XMLName: xml.Name{Local: rootElement}, Verbs: verbs})
	if err != nil {
		return telephony.Document{}, err
	}
	return telephony.Document{ContentType: "text/xml", Body: append([]byte(xml.Header), body...)}, nil
}

// parseTwiML reads a document that is one <Response>. What Twilio would refuse
// is a violation.
func parseTwiML(doc telephony.Document) (response, error) {
	if kind, _, err := mime.ParseMediaType(doc.ContentType); err != nil || kind != "text/xml" && kind != "application/xml" {
		return response{}, refusal("12300", fmt.Sprintf("content type %.64q is not text/xml", doc.ContentType))
	}
	if len(doc.Body) > maxTwiML {
		return response{}, refusal("", fmt.Sprintf("document of %d bytes is larger than %d", len(doc.Body), maxTwiML))
	}
	var twiml response
	dec := xml.NewDecoder(bytes.NewReader(doc.Body))
	if err := dec.Decode(&twiml); err != nil {
		return response{}, refusal("12100", "document parse failure: "+err.Error())
	}
	if root := twiml.XMLName.Local; root != rootElement {
		return response{}, refusal("12102", fmt.Sprintf("root element is <%s>, must be <%s>", root, rootElement))
	}
	if err := telephony.EndXML(dec); err != nil {
		return response{}, refusal("12100", "document parse failure: "+err.Error())
	}
	return twiml, nil
}

// refusal is an error of Twilio's that ends the call before it streams.
func refusal(code, rule string) error {
	return &telephony.Violation{Code: code, Rule: rule, Fatal: true}
}
