package twilio

import "strings"

// Fault is an error that Twilio reports of a media stream
// (twilio.com/docs/api/errors).
type Fault struct {
	Code    string // Twilio's number, such as "31903"
	Meaning string // what happened, short enough for a Status
	Cause   string // where an operator looks for the reason
	// Warning says that the stream goes on. Twilio reports a warning once per
	// stream.
	Warning bool
}

// Faults returns all errors of streams that Twilio documents, by number.
func Faults() []Fault {
	return []Fault{
		{"31901", "connecting to the server took too long", "the server can't be reached from the internet, or is too busy to take a connection", false},
		{"31902", "the server refused the connection", "no server listens at the stream URL's host and port", false},
		{"31903", "the socket broke while streaming", "the server crashed or was restarted without a drain, or a load balancer cut an idle connection", false},
		{"31910", "TLS failed", "the certificate is self-signed, expired or of another host", false},
		{"31920", "the upgrade was answered with something other than 101", "the path, the login or a query string in the stream URL is wrong", false},
		{"31921", "the server closed the socket", "expected where the server ended the stream, which Twilio reports as well; else a proxy closed it", false},
		{"31922", "the stream URL's scheme is not wss", "the server's public URL is configured with another scheme", false},
		{"31923", "the stream URL is malformed", "the server's public URL is configured wrongly", false},
		{"31924", "the WebSocket protocol was broken", "something was sent on a one-way stream, or a defect of the server or of a proxy before it", false},
		{"31930", "the server reads too slowly: sound was dropped", "the server or its network is overloaded", true},
		{"31940", "the stream connector is unknown", "the TwiML names a connector that the account has not installed", false},
		{"31941", "the track is not allowed for the verb", "the TwiML asks for a track that a two-way stream can't have", false},
		{"31950", "a binary message, which can't be read", "a defect of the server: Twilio takes text only", true},
		{"31951", "a message that is not exactly as documented", "a defect of the server: no JSON, a field too many or too few, or another stream's id", true},
	}
}

// findFault returns the fault whose number a report begins with.
func findFault(report string) (f Fault, found bool) {
	code := report
	if i := strings.IndexFunc(report, func(r rune) bool { return r < '0' || r > '9' }); i >= 0 {
		code = report[:i]
	}
	for _, f := range Faults() {
		if f.Code == code {
			return f, true
		}
	}
	return Fault{}, false
}
