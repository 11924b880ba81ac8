package telephony

import (
	"encoding/xml"
	"errors"
	"io"
	"unicode/utf8"
)

// errSecondRoot reports an XML document that goes on behind its end.
var errSecondRoot = errors.New("more than one root element")

// EndXML reads what follows the element that dec has read, and returns an
// error where it is another element or no XML.
func EndXML(dec *xml.Decoder) error {
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
