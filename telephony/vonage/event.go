package vonage

import (
	"mime"
	"net/http"
	"strings"

	"github.com/talkpath/talkpath/telephony"
)

// event is what a webhook of Vonage's tells: an event of a call, of one of its
// legs, or an error.
type event struct {
	leg          string // uuid, which of a websocket is that of its leg
	conversation string
	status       string
	detail       string // detail, sub_state or disconnected_by, whichever is there
	reason       string
	timestamp    string
	duration     string
	sip          string
	call         string            // the call's id as our headers hold it
	headers      map[string]string // the NCCO's, where the event returns them
	socket       bool              // whether the leg is a websocket's
}

// readEvent reads an event from a POST of JSON, or from a query or a form.
func readEvent(r *http.Request) (event, error) {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if r.Method != http.MethodPost || kind == "application/x-www-form-urlencoded" {
		if err := r.ParseForm(); err != nil {
			return event{}, err
		}
		return newEvent(r.Form.Get, nil), nil
	}
	body, err := telephony.ReadJSON(r.Body)
	if err != nil {
		return event{}, err
	}
	return newEvent(func(field string) string { return body.Text(field) }, body.Params("headers")), nil
}

// newEvent returns the event of these fields. The headers that we gave the
// NCCO come back in an object, or beside the other fields.
func newEvent(field func(string) string, headers map[string]string) event {
	first := func(names ...string) string {
		for _, name := range names {
			if text := field(name); text != "" {
				return text
			}
		}
		return ""
	}
	e := event{
		leg:          first("uuid", "call_uuid"), // the latter of human and machine
		conversation: first("conversation_uuid", "conversation_uuid_to"),
		status:       field("status"),
		detail:       first("detail", "sub_state", "disconnected_by"),
		reason:       field("reason"),
		timestamp:    first("timestamp", "end_time"),
		duration:     field("duration"),
		sip:          field("sip_code"),
		call:         field(telephony.CallParam),
		headers:      headers,
	}
	if call := headers[telephony.CallParam]; call != "" {
		e.call = call
	}
	to := field("to")
	e.socket = strings.HasPrefix(to, "wss://") || strings.HasPrefix(to, "ws://") ||
		len(headers) > 0 || field(telephony.CallParam) != "" || field(telephony.TicketParam) != "" ||
		field("endpoint_type") == websocketPoint || e.status == statusDisconnected
	return e
}

// callID returns the id of the call that an event is of: that of our headers,
// and else the leg's own where the leg isn't a websocket's. It is empty where
// neither is known.
func (e event) callID() string {
	if e.call != "" || e.socket {
		return e.call
	}
	return e.leg
}

// codes returns by what an event is looked up in the table of endings.
func (e event) codes() []string {
	if e.detail == "" {
		return []string{e.status}
	}
	return []string{e.status + "/" + e.detail, e.status}
}

// explain returns an event's status with all that it tells of why.
func (e event) explain() string {
	text := e.codes()[0]
	if e.sip != "" {
		text += " (SIP " + e.sip + ")"
	}
	if e.reason != "" {
		text += ": " + e.reason
	}
	return telephony.Shorten(text)
}
