package vonage

import "encoding/json"

// Words of an NCCO.
const (
	connectAction  = "connect"
	websocketPoint = "websocket"
)

// action is the part of an NCCO's action that connects a call to a socket
// (developer.vonage.com/en/voice/voice-api/ncco-reference). A document is an
// array of actions.
type action struct {
	Action   string     `json:"action"`
	Endpoint []endpoint `json:"endpoint"`
}

type endpoint struct {
	Type        string          `json:"type"`
	URI         string          `json:"uri"`
	ContentType string          `json:"content-type"`
	Headers     json.RawMessage `json:"headers,omitempty"`
}
