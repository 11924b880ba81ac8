package exotel

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"
	"strconv"
	"time"

	"github.com/talkpath/talkpath/telephony"
)

// Report implements telephony.Peer with a StatusCallback of multipart,
// Exotel's default. It tells of calls that ring, are answered and have ended;
// of streams it tells nothing, that is Passthru's part.
func (peer) Report(statusURL string, call telephony.PeerCall, told telephony.Status) (*http.Request, error) {
	event, status, answeredBy := callbackOf(told)
	if event == "" || told.StreamID != "" {
		return nil, fmt.Errorf("%s: report %v, %s: %w", name, told.State, told.Ending, telephony.ErrUnsendable)
	}
	at := told.At
	if at.IsZero() {
		at = time.Now()
	}
	parts := [][2]string{
		{"CallSid", call.CallID},
		{"EventType", event},
		{"Status", status},
		{"From", call.From},
		{"To", call.To},
		{"Direction", "outbound-api"},
		{"DateUpdated", at.Format(time.DateTime)},
		{"Legs[0][Status]", status},
	}
	if told.State == telephony.StateEnded {
		duration := strconv.Itoa(int(told.Duration / time.Second))
		parts = append(parts, [2]string{"ConversationDuration", duration}, [2]string{"Legs[0][OnCallDuration]", duration})
	}
	if answeredBy != "" {
		parts = append(parts, [2]string{"Legs[0][AnsweredBy]", answeredBy})
	}
	return postParts(statusURL, parts)
}

// callbackOf returns the words of a StatusCallback; event is empty where
// Exotel has none. What only our side knows is a call that was completed.
func callbackOf(told telephony.Status) (event, status, answeredBy string) {
	switch told.State {
	case telephony.StateRinging:
		return "ringing", "ringing", ""
	case telephony.StateAnswered:
		return "answered", "in-progress", ""
	case telephony.StateEnded:
	default:
		return "", "", ""
	}
	switch told.Ending {
	case telephony.NoAnswer:
		return "terminal", "no-answer", ""
	case telephony.Busy:
		return "terminal", "busy", ""
	case telephony.Rejected, telephony.InvalidNumber, telephony.CarrierError:
		return "terminal", "failed", ""
	case telephony.Voicemail:
		return "terminal", "completed", "machine"
	case telephony.Quota: // such a call is refused when it is placed
		return "", "", ""
	default:
		return "terminal", "completed", ""
	}
}

// postParts returns a request that posts fields as multipart/form-data.
func postParts(to string, fields [][2]string) (*http.Request, error) {
	var body bytes.Buffer
	parts := multipart.NewWriter(&body)
	for _, field := range fields {
		if err := parts.WriteField(field[0], field[1]); err != nil {
			return nil, fmt.Errorf("report: %w", err)
		}
	}
	if err := parts.Close(); err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	return telephony.Post(to, parts.FormDataContentType(), body.Bytes())
}

// AskRecover implements telephony.Peer with the GET of the Passthru
// applet behind the Voicebot, whose URL recoverURL is. Where the flow has none,
// the call ends with its stream.
func (p peer) AskRecover(recoverURL string, s telephony.Stream, call telephony.PeerCall, why telephony.StreamEnd) (*http.Request, error) {
	if recoverURL == "" {
		return nil, fmt.Errorf("%s: no Passthru follows the stream: %w", name, telephony.ErrUnsendable)
	}
	query := map[string]string{
		"CallSid":     call.CallID,
		"CallFrom":    call.From,
		"CallTo":      call.To,
		"Direction":   "incoming",
		"From":        call.From,
		"To":          call.To,
		"CurrentTime": time.Now().Format(time.DateTime),
		"digits":      `""`, // always in quotes
	}
	stream := outcome(why)
	stream["StreamSID"] = call.StreamID
	stream["StreamUrl"] = withoutLogin(s.URL)
	if p.jsonPassthru {
		told, err := json.Marshal(stream)
		if err != nil {
			return nil, fmt.Errorf("%s: ask how the call goes on: %w", name, err)
		}
		query["Stream"] = string(told)
	} else {
		for key, value := range stream {
			query["Stream["+key+"]"] = value
		}
	}
	return telephony.GetQuery(recoverURL, query)
}

// outcome returns what Passthru tells of a stream that ended. Only the words
// of a stream that couldn't be opened, or that we closed, are documented.
func outcome(why telephony.StreamEnd) map[string]string {
	told := map[string]string{"Status": "failed", "DisconnectedBy": byNobody, "Error": "", "DetailedStatus": ""}
	switch why {
	case telephony.StreamClosed:
		told["Status"], told["DisconnectedBy"] = "completed", byServer
	case telephony.StreamBroken:
		told["Error"] = "1006"
	case telephony.StreamFailed:
		told["Error"] = "3009"
	}
	return told
}

// ReadRecover implements telephony.Peer: 200 leads back to the
// Voicebot, which asks its dynamic URL again, and 302 past it, where the flow
// of the simulator ends. The real applet knows no other status.
func (peer) ReadRecover(doc telephony.Document) (s telephony.Stream, again bool, err error) {
	switch doc.Status {
	case 0, http.StatusOK:
		return telephony.Stream{}, true, nil
	case http.StatusFound:
		return telephony.Stream{}, false, telephony.ErrCallOver
	}
	return telephony.Stream{}, false, refusal(fmt.Sprintf("Passthru answered %d, neither 200 nor 302", doc.Status))
}
