// Package telephony says what a carrier is to the rest of the program: how
// its messages become events (Wire), how it asks what to do with a call
// (Webhook), how a call is placed and ended (Client), how its side is played
// by the simulator (Peer), and why calls end (Ending). The words that several
// carriers share stand here too: JSON on the socket (JSONWire) and XML as the
// answer to a webhook (TwiMLVerb, ReadXML). It does no I/O; the folders below it
// speak to the carriers.
package telephony

import "net/url"

// Carrier is everything the program knows of one phone company. The carriers'
// packages return one; cmd/talkpath introduces them to the rest.
type Carrier struct {
	Quirks Quirks
	// NewWire makes the translator for one media stream. query is that of
	// the socket's URL, where some carriers keep settings of the stream.
	NewWire func(query url.Values) Wire
	Webhook Webhook
	// Recovery is nil for a carrier that can't be asked for another stream.
	Recovery Recovery
	Peer     Peer
}

// Name returns the carrier's name: URL segment, metric label and flag value.
func (c Carrier) Name() string { return c.Quirks.Name }
