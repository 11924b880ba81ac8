package twilio

import (
	"fmt"
	"net/http"

	"github.com/talkpath/talkpath/telephony"
)

// recovery is what Twilio does when a two-way stream has ended: it goes on
// with the document, whose next verb redirects it to us.
type recovery struct{ webhook }

// ReadLost implements telephony.Recovery for the form of a redirect, which
// tells nothing of the stream: whether it broke or was closed by us is for the
// caller to know. Where the number has us as its fallback URL, an error number
// is told.
func (recovery) ReadLost(r *http.Request) (telephony.Lost, error) {
	if err := r.ParseForm(); err != nil {
		return telephony.Lost{}, fmt.Errorf("read lost stream: %w", err)
	}
	lost := telephony.Lost{
		CallID:   r.Form.Get("CallSid"),
		StreamID: r.Form.Get("StreamSid"),
		Asks:     true,
		Fault:    explain(telephony.Shorten(r.Form.Get("ErrorCode"))),
	}
	if lost.CallID == "" {
		return telephony.Lost{}, fmt.Errorf("read lost stream: %w", telephony.NoCallID("CallSid"))
	}
	if telephony.TwiMLState(r.Form.Get("CallStatus")) == telephony.StateEnded {
		lost.Done = true
		lost.Ending, _ = endingOf(r.Form)
	}
	return lost, nil
}

// Resume implements telephony.Recovery: a call is resumed as it was answered.
func (r recovery) Resume(s telephony.Stream) (telephony.Document, error) { return r.Answer(s) }

// Leave implements telephony.Recovery with the TwiML that hangs up.
func (recovery) Leave() (telephony.Document, error) {
	return telephony.ComposeTwiML(telephony.TwiMLHangup())
}
