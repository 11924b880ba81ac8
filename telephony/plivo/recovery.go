package plivo

import (
	"encoding/xml"
	"fmt"
	"net/http"

	"github.com/talkpath/talkpath/telephony"
)

// recovery is what Plivo offers for a call whose stream was lost: the element
// behind a <Stream> with keepCallAlive is carried out when the stream has
// ended, for whatever reason, and ours is a <Redirect> to us.
type recovery struct{}

// ReadLost implements telephony.Recovery for the form that Plivo posts to the
// URL of a <Redirect>. It holds what every form about a call does, and not why
// the stream ended. A form about a stream, or about a call that is over, asks
// for nothing.
func (recovery) ReadLost(r *http.Request) (telephony.Lost, error) {
	if err := r.ParseForm(); err != nil {
		return telephony.Lost{}, fmt.Errorf("read lost stream: %w", err)
	}
	if r.Form.Get("CallUUID") == "" {
		return telephony.Lost{}, fmt.Errorf("read lost stream: %w", telephony.NoCallID("CallUUID"))
	}
	lost := telephony.Lost{CallID: r.Form.Get("CallUUID"), StreamID: streamOfForm(r.Form)}
	if lost.StreamID != "" {
		lost.Fault = streamFault(r.Form.Get("Event"), r.Form)
		return lost, nil
	}
	if isOver(r.Form) {
		lost.Done, lost.Ending = true, callStatus(r.Form).Ending
		return lost, nil
	}
	lost.Asks = true
	return lost, nil
}

// Resume implements telephony.Recovery: it is an answer as at the beginning.
func (recovery) Resume(s telephony.Stream) (telephony.Document, error) { return webhook{}.Answer(s) }

// Leave implements telephony.Recovery: it hangs up.
func (recovery) Leave() (telephony.Document, error) {
	return document(verb{XMLName: xml.Name{Local: hangupElement}})
}
