package telnyx

import "github.com/talkpath/talkpath/telephony"

// Fault is an error that Telnyx reports on the stream: a message of ours that
// it didn't take, or trouble of its own. It reaches the server inside a
// telephony.WireError, since those are counted, and logged once in a call with
// their text; an unknown event would be counted without a word of why. The
// stream goes on unless Telnyx closes it. The parts are as sent, cut to 64
// bytes each; the codes are not documented.
type Fault struct {
	Code, Title, Detail string
}

func (f *Fault) Error() string {
	text := "Telnyx reports error"
	if f.Code != "" {
		text += " " + f.Code
	}
	if f.Title != "" {
		text += " " + f.Title
	}
	if f.Detail != "" {
		text += ": " + f.Detail
	}
	return text
}

// readFault reads an error event.
func readFault(body telephony.JSONObject) *Fault {
	payload, _ := body.Object("payload")
	text := func(field string) string { return telephony.Shorten(payload.Text(field)) }
	return &Fault{Code: text("code"), Title: text("title"), Detail: text("detail")}
}
