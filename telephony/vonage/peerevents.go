package vonage

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/talkpath/talkpath/telephony"
)

// timeLayout is how Vonage writes a moment, which is in UTC.
const timeLayout = "2006-01-02T15:04:05.000Z"

// posting is an event as Vonage posts it. Numbers are text.
type posting struct {
	From             string            `json:"from"`
	To               string            `json:"to"`
	UUID             string            `json:"uuid"`
	ConversationUUID string            `json:"conversation_uuid"`
	Status           string            `json:"status"`
	Detail           string            `json:"detail,omitempty"`
	Direction        string            `json:"direction"`
	Timestamp        string            `json:"timestamp"`
	Duration         string            `json:"duration,omitempty"`
	DisconnectedBy   string            `json:"disconnected_by,omitempty"`
	Headers          map[string]string `json:"headers,omitempty"`
}

// newPosting returns what every event of a call holds.
func newPosting(call telephony.PeerCall, status string, at time.Time) posting {
	if at.IsZero() {
		at = time.Now()
	}
	return posting{
		From: call.From, To: call.To, UUID: call.CallID, ConversationUUID: "CON-" + call.CallID,
		Status: status, Direction: "inbound", Timestamp: at.UTC().Format(timeLayout),
	}
}

// request returns the request that posts it.
func (p posting) request(url string) (*http.Request, error) {
	body, err := json.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("%s: write event: %w", name, err)
	}
	return telephony.Post(url, "application/json", body)
}

// Report implements telephony.Peer with the event that Vonage posts to
// an application's event URL. Of a stream it tells nothing there that has the
// stream's id, and why a call ended only where the table of endings has a
// status for it: else it gives telephony.ErrUnsendable.
func (peer) Report(statusURL string, call telephony.PeerCall, told telephony.Status) (*http.Request, error) {
	status := statusOf(told)
	if status == "" || told.StreamID != "" {
		return nil, fmt.Errorf("%s: report: %w", name, telephony.ErrUnsendable)
	}
	status, detail, _ := strings.Cut(status, "/")
	event := newPosting(call, status, told.At)
	if told.State != telephony.StateEnded {
		return event.request(statusURL)
	}
	if status == "completed" {
		event.DisconnectedBy = detail
	} else {
		event.Direction, event.Detail = "outbound", detail
	}
	event.Duration = strconv.FormatInt(int64(told.Duration/time.Second), 10)
	return event.request(statusURL)
}

// statusOf returns the status of a call, with its detail behind a slash; empty
// where Vonage has none.
func statusOf(told telephony.Status) string {
	switch told.State {
	case telephony.StateInitiated:
		return "started"
	case telephony.StateRinging:
		return "ringing"
	case telephony.StateAnswered:
		return "answered"
	case telephony.StateEnded:
	default:
		return ""
	}
	switch told.Ending {
	case telephony.CallerHungUp:
		return "completed/user"
	case telephony.AgentHungUp:
		return "completed/platform"
	case telephony.NoAnswer:
		return "unanswered/timeout"
	case telephony.Busy:
		return "busy"
	case telephony.Rejected:
		return "rejected/declined"
	case telephony.InvalidNumber:
		return "rejected/invalid_number"
	case telephony.CarrierError:
		return "failed/internal_error"
	default:
		return ""
	}
}

// AskRecover implements telephony.Peer with the event that Vonage
// posts to a synchronous connect action's URL, with the action's headers. The
// uuid in it is that of the socket's leg. A stream without a RecoverURL gives
// telephony.ErrUnsendable.
func (peer) AskRecover(_ string, s telephony.Stream, call telephony.PeerCall, why telephony.StreamEnd) (*http.Request, error) {
	if s.RecoverURL == "" {
		return nil, fmt.Errorf("%s: the connect action has no synchronous events: %w", name, telephony.ErrUnsendable)
	}
	status := statusDisconnected
	if why == telephony.StreamFailed {
		status = "failed"
	}
	event := newPosting(call, status, time.Time{})
	event.To, event.UUID, event.Direction, event.Headers = s.URL, call.StreamID, "outbound", s.Params
	return event.request(s.RecoverURL)
}

// ReadRecover implements telephony.Peer. An NCCO without any action,
// or no document at all, ends the call, since no action follows the first.
func (p peer) ReadRecover(doc telephony.Document) (s telephony.Stream, again bool, err error) {
	if len(doc.Body) == 0 {
		return telephony.Stream{}, false, fmt.Errorf("%s: %w", name, telephony.ErrCallOver)
	}
	ncco, err := parseNCCO(doc)
	if err != nil {
		return telephony.Stream{}, false, err
	}
	if len(ncco) == 0 {
		return telephony.Stream{}, false, fmt.Errorf("%s: %w", name, telephony.ErrCallOver)
	}
	s, err = p.ReadAnswer(doc)
	return s, false, err
}
