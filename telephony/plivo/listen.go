package plivo

import (
	"maps"

	"github.com/talkpath/talkpath/telephony"
)

// trackOf returns the value of audioTrack for a one-way stream.
func trackOf(l telephony.Listening) string {
	if l == telephony.ListenBoth {
		return "both"
	}
	return "inbound"
}

// trackOfSound returns the track of a message of sound.
func trackOfSound(callee bool) string {
	if callee {
		return "outbound"
	}
	return "inbound"
}

// withListening returns params with the parameter that marks a one-way stream,
// and params itself for a two-way one.
func withListening(params map[string]string, l telephony.Listening) map[string]string {
	if l == telephony.ListenNone {
		return params
	}
	marked := map[string]string{}
	maps.Copy(marked, params)
	marked[telephony.ListenParam] = l.String()
	return marked
}

// readTrack returns what the audioTrack of a one-way stream copies, which is
// the caller where it is not set.
func readTrack(track string) telephony.Listening {
	if track == "both" {
		return telephony.ListenBoth
	}
	return telephony.ListenCaller
}
