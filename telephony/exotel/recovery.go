package exotel

import (
	"fmt"
	"net/http"

	"github.com/talkpath/talkpath/telephony"
)

// Who ended a stream, as Passthru tells.
const (
	byCaller = "user"
	byServer = "bot"
	byNobody = "NA"
)

// recovery is what the Passthru applet behind a Voicebot asks. The flow has it
// lead back to the Voicebot by its branch A and on by its branch B, and has it
// wait for the answer.
type recovery struct{}

// ReadLost implements telephony.Recovery for both forms of Passthru's
// parameters. The stream came to a good end where the caller ended it; where
// the server did, it is for the caller of ReadLost to know why. None of the
// parameters is required.
func (recovery) ReadLost(r *http.Request) (telephony.Lost, error) {
	f, err := readFields(r)
	if err != nil {
		return telephony.Lost{}, fmt.Errorf("read lost stream: %w", err)
	}
	lost := telephony.Lost{
		CallID:   f["callsid"],
		StreamID: f["stream[streamsid]"],
		Asks:     true,
		Fault:    faultOf(f),
	}
	if f.get("stream[disconnectedby]") == byCaller {
		lost.Done, lost.Ending = true, telephony.CallerHungUp
	}
	return lost, nil
}

// Resume implements telephony.Recovery with the status that takes branch A. It
// has no room for a stream: the flow comes to the Voicebot again, which asks
// its dynamic URL.
func (recovery) Resume(telephony.Stream) (telephony.Document, error) {
	return telephony.Document{Status: http.StatusOK, ContentType: "text/plain"}, nil
}

// Leave implements telephony.Recovery with the status that takes branch B. The
// status alone is the answer: it needs no Location, which nobody would follow,
// and no body.
func (recovery) Leave() (telephony.Document, error) {
	return telephony.Document{Status: http.StatusFound, ContentType: "text/plain"}, nil
}
