package vonage

import (
	"fmt"
	"net/http"

	"github.com/talkpath/talkpath/telephony"
)

// recovery is what Vonage offers for a call whose stream was lost: the events
// of a connect action that is synchronous may be answered with another NCCO.
type recovery struct{}

// ReadLost implements telephony.Recovery for the events that Vonage posts to a
// connect action's URL. Those of a socket that couldn't be opened, or that was
// closed or broke, ask for an NCCO; the others are acknowledged only. The call
// is named by our headers, since the event's own uuid is that of the socket's
// leg; of the stream's id nothing is told.
func (recovery) ReadLost(r *http.Request) (telephony.Lost, error) {
	e, err := readEvent(r)
	if err == nil && e.leg == "" && e.conversation == "" && e.call == "" {
		err = telephony.NoCallID("uuid")
	}
	if err != nil {
		return telephony.Lost{}, fmt.Errorf("read lost stream: %w", err)
	}
	told := telephony.Lost{CallID: e.callID()}
	switch {
	case lost(e.status):
		told.Asks, told.Fault = true, e.explain()
	case e.status == "completed":
		told.Done = true
	}
	return told, nil
}

// Resume implements telephony.Recovery: it is an answer as at the beginning.
func (recovery) Resume(s telephony.Stream) (telephony.Document, error) { return webhook{}.Answer(s) }

// Leave implements telephony.Recovery with an NCCO without any action: the
// call ends.
func (recovery) Leave() (telephony.Document, error) { return document([]action{}) }
