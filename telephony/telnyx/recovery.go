package telnyx

import (
	"fmt"
	"net/http"

	"github.com/talkpath/talkpath/telephony"
)

// ReadLost implements telephony.Recovery for the form with which Telnyx asks a
// <Redirect>'s URL how a call goes on whose stream has ended. It doesn't tell
// why that was. A call that is over already asks nothing.
func (webhook) ReadLost(r *http.Request) (telephony.Lost, error) {
	if err := parseTeXMLForm(r); err != nil {
		return telephony.Lost{}, fmt.Errorf("read lost stream: %w", err)
	}
	told := textStatus(r.Form)
	return telephony.Lost{
		CallID:   told.CallID,
		StreamID: told.StreamID,
		Asks:     told.State != telephony.StateEnded,
		Done:     told.State == telephony.StateEnded,
		Ending:   told.Ending,
		Fault:    told.Fault,
	}, nil
}

// Resume implements telephony.Recovery: the next stream is opened by a
// document like the first.
func (w webhook) Resume(s telephony.Stream) (telephony.Document, error) { return w.Answer(s) }

// Leave implements telephony.Recovery.
func (webhook) Leave() (telephony.Document, error) {
	return telephony.ComposeTwiML(telephony.TwiMLHangup())
}
