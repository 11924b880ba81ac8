package telephony

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"mime"
	"unicode/utf8"
)

// xmlRoot is the root element of a document of verbs, at every carrier that
// has such documents.
const xmlRoot = "Response"

// errSecondRoot reports an XML document that goes on behind its end.
var errSecondRoot = errors.New("more than one root element")

// XMLRules are how a carrier refuses a document of verbs: the largest that it
// reads, in bytes, zero for no limit, and its codes for another content type, a
// larger document, what is no XML and another root than <Response>.
type XMLRules struct {
	Most                              int
	BadType, BadSize, BadXML, BadRoot string
}

// xmlVerbs is a document of verbs, which are carried out in their order.
type xmlVerbs[V any] struct {
	XMLName xml.Name
	Verbs   []V `xml:",any"`
}

// ComposeXML returns the document of verbs, XML with the root <Response>.
func ComposeXML[V any](contentType string, verbs ...V) (Document, error) {
	body, err := xml.Marshal(xmlVerbs[V]{XMLName: xml.Name{Local: xmlRoot}, Verbs: verbs})
	if err != nil {
		return Document{}, fmt.Errorf("write XML: %w", err)
	}
	return Document{ContentType: contentType, Body: append([]byte(xml.Header), body...)}, nil
}

// ReadXML returns the verbs of a document, as a carrier with these rules reads
// it. What the carrier would refuse is a *Violation.
func ReadXML[V any](doc Document, rules XMLRules) ([]V, error) {
	refuse := func(code, rule string) ([]V, error) {
		return nil, &Violation{Code: code, Rule: rule, Fatal: true}
	}
	if kind, _, err := mime.ParseMediaType(doc.ContentType); err != nil || kind != "text/xml" && kind != "application/xml" {
		return refuse(rules.BadType, fmt.Sprintf("content type %.64q is neither text/xml nor application/xml", doc.ContentType))
	}
	if rules.Most > 0 && len(doc.Body) > rules.Most {
		return refuse(rules.BadSize, fmt.Sprintf("document of %d bytes is larger than %d", len(doc.Body), rules.Most))
	}
	var read xmlVerbs[V]
	dec := xml.NewDecoder(bytes.NewReader(doc.Body))
	if err := dec.Decode(&read); err != nil {
		return refuse(rules.BadXML, "document can't be read: "+err.Error())
	}
	if root := read.XMLName.Local; root != xmlRoot {
		return refuse(rules.BadRoot, fmt.Sprintf("root element is <%.64s>, must be <%s>", root, xmlRoot))
	}
	if err := endXML(dec); err != nil {
		return refuse(rules.BadXML, "document can't be read: "+err.Error())
	}
	return read.Verbs, nil
}

// endXML reads what follows the element that dec has read, and returns an
// error where it is another element or no XML.
func endXML(dec *xml.Decoder) error {
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if _, second := token.(xml.StartElement); second {
			return errSecondRoot
		}
	}
}

// IsXMLText reports whether XML 1.0 (section 2.2) has every character of s.
func IsXMLText(s string) bool {
	for _, r := range s {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF {
			return false
		}
	}
	return utf8.ValidString(s)
}
