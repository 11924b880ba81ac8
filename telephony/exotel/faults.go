package exotel

import (
	"strings"

	"github.com/talkpath/talkpath/telephony"
)

// streamFault is an error that Exotel reports of a stream.
type streamFault struct{ code, meaning string }

// faults returns the numbers with which Exotel tells why a stream failed: its
// own, and those of the WebSocket's close
// (docs.exotel.com/exotel-agentstream, WSS errors).
func faults() []streamFault {
	return []streamFault{
		{"1001", "the server went away"},
		{"1002", "the WebSocket protocol was broken"},
		{"1003", "a message was of a kind that is not taken"},
		{"1006", "the socket broke: TLS, a firewall or a timeout"},
		{"1007", "a message was not what its kind says"},
		{"1008", "a message was against the rules"},
		{"1009", "a message was too big"},
		{"1011", "an error inside of the server"},
		{"1012", "the server restarts"},
		{"1013", "the server has too much to do"},
		{"3009", "the connection could not be established"},
	}
}

// explain returns a report of a fault, with its meaning where it is nothing
// but a number that is known.
func explain(report string) string {
	for _, fault := range faults() {
		if report == fault.code {
			return fault.code + ": " + fault.meaning
		}
	}
	return report
}

// faultOf returns what went wrong with a stream, by what Passthru tells of it;
// empty where nothing did.
func faultOf(f fields) string {
	var words []string
	if f[streamField] != "" {
		words = append(words, "what the request tells of the stream can't be read")
	}
	for _, name := range []string{"stream[error]", "stream[detailedstatus]"} {
		if text := f[name]; text != "" {
			words = append(words, explain(withoutLogins(text)))
		}
	}
	status := f.get("stream[status]")
	if len(words) == 0 && (status == "failed" || status == "cancelled") {
		words = append(words, status)
	}
	return telephony.Shorten(strings.Join(words, ", "))
}

// withoutLogins returns text without the login in any URL that it quotes.
func withoutLogins(text string) string {
	parts := strings.Split(text, "://")
	for i, part := range parts[1:] {
		host := strings.IndexAny(part, "/ ")
		if host < 0 {
			host = len(part)
		}
		parts[i+1] = part[strings.LastIndexByte(part[:host], '@')+1:]
	}
	return strings.Join(parts, "://")
}
