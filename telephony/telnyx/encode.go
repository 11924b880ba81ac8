package telnyx

import "github.com/talkpath/talkpath/telephony"

// Encode implements telephony.Wire. Telnyx doesn't need the stream's id in our
// messages; it is there so that a message which goes astray is told apart.
// Cutting and padding sound to Quirks.Chunk is the caller's part.
func (w *wire) Encode(dst []byte, ev telephony.Event) (telephony.Message, error) {
	if ev.Kind == telephony.Audio {
		ev.Frame.Payload = w.said(ev.Frame.Payload)
	}
	return w.EncodePlain(dst, ev, w.Format().Bytes(mostChunk))
}

// said returns payload as Telnyx expects it, where that differs in a buffer of
// w's own that is good until its next use.
func (w *wire) said(payload []byte) []byte {
	if w.law == nil {
		return w.order.turned(w.Format(), payload)
	}
	w.spoken = w.spoken[:0]
	for _, code := range payload {
		w.spoken = append(w.spoken, w.law[code])
	}
	return w.spoken
}
