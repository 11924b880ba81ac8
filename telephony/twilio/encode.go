package twilio

import "github.com/talkpath/talkpath/telephony"

// Encode implements telephony.Wire. Twilio takes no field more and no field
// less than stands here: it answers any other message with warning 31951 and
// ignores it. A mark needs a name.
func (w *wire) Encode(dst []byte, ev telephony.Event) (telephony.Message, error) {
	return w.EncodePlain(dst, ev, 0)
}
