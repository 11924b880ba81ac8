// Package telnyx speaks Telnyx's media streaming: the webhook that asks for
// TeXML, the TeXML that opens a two-way stream in rtp mode, and the stream's
// JSON messages, on our side and, for the simulator, on Telnyx's.
//
// Sources: developers.telnyx.com, "Media Streaming" and the TeXML verbs
// Connect and Stream. Where implementers contradict each other about a message
// to us, every form is taken.
//
// Telnyx streams to us in the codec of the call's leg unless it can translate
// it, which it does between the two laws of G.711 only. G.722 and Opus are
// spoken where the answer asked for them and the leg has them; a leg in another
// codec than was asked, or in AMR-WB, is refused with its codec's name. A
// connection whose codecs are PCMU and PCMA has no such legs.
package telnyx

import (
	"net/url"

	"github.com/talkpath/talkpath/telephony"
)

// name is Telnyx's name in URLs, metrics and errors.
const name = "telnyx"

// Config holds what Telnyx's pages leave open. The zero Config is the likelier
// reading.
type Config struct {
	// BigEndian says that L16 is in network byte order, as RFC 3551 has it
	// for RTP, in both directions. Telnyx states no order; bridges that were
	// tried on real calls report little-endian, which is what false means.
	// PCMU and PCMA have no byte order.
	BigEndian bool
}

// Carrier returns Telnyx.
func Carrier(cfg Config) telephony.Carrier {
	d := dialect()
	return telephony.Carrier{
		Quirks: quirks(),
		NewWire: func(query url.Values) telephony.Wire {
			return newWire(d, order{swapped: cfg.BigEndian}, askedFormat(query))
		},
		Webhook:  webhook{},
		Recovery: webhook{},
		Peer:     peer{order: order{swapped: cfg.BigEndian}},
	}
}
