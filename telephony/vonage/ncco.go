package vonage

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/talkpath/talkpath/telephony"
)

// Words of an NCCO.
const (
	connectAction  = "connect"
	websocketPoint = "websocket"
	synchronous    = "synchronous"
)

// action is the part of an NCCO's action that connects a call to a socket
// (developer.vonage.com/en/voice/voice-api/ncco-reference). A document is an
// array of actions. Events that are synchronous may be answered with an NCCO.
type action struct {
	Action      string     `json:"action"`
	EventType   string     `json:"eventType,omitempty"`
	EventURL    []string   `json:"eventUrl,omitempty"`
	EventMethod string     `json:"eventMethod,omitempty"`
	Endpoint    []endpoint `json:"endpoint"`
}

type endpoint struct {
	Type        string          `json:"type"`
	URI         string          `json:"uri"`
	ContentType string          `json:"content-type"`
	Headers     json.RawMessage `json:"headers,omitempty"`
}

// document returns the NCCO of these actions.
func document(ncco []action) (telephony.Document, error) {
	var body bytes.Buffer
	enc := json.NewEncoder(&body)
	enc.SetEscapeHTML(false) // escapes would count towards the headers' size
	if err := enc.Encode(ncco); err != nil {
		return telephony.Document{}, fmt.Errorf("write NCCO: %w", err)
	}
	return telephony.Document{ContentType: "application/json", Body: bytes.TrimSpace(body.Bytes())}, nil
}
