package plivo

import "github.com/talkpath/talkpath/telephony"

// trackOf returns the value of audioTrack for a one-way stream.
func trackOf(l telephony.Listening) string {
	if l == telephony.ListenBoth {
		return "both"
	}
	return "inbound"
}

// readTrack returns what the audioTrack of a one-way stream copies, which is
// the caller where it is not set.
func readTrack(track string) telephony.Listening {
	if track == "both" {
		return telephony.ListenBoth
	}
	return telephony.ListenCaller
}
