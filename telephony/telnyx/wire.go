package telnyx

import (
	"fmt"
	"strings"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
)

// wire is our side of one stream. It takes the stream's id beside or inside of
// start. Frames are handed on in the order in which they come: Frame.At tells
// their place.
type wire struct {
	telephony.JSONWire
	order  order
	asked  media.Format // for both directions; zero where not known
	law    *law         // to the codec that Telnyx expects of us, where that is the other law
	spoken []byte       // sound in that law
}

func newWire(d *telephony.JSONDialect, o order, asked media.Format) *wire {
	w := &wire{order: o, asked: asked}
	w.JSONWire = telephony.NewJSONWire(d, w.readStart)
	return w
}

// dialect returns how Telnyx words its messages. Of its two counters, chunk
// counts the sound alone. It tells neither how long a key was down nor why a
// stream stops.
func dialect() *telephony.JSONDialect {
	return &telephony.JSONDialect{
		Carrier:  name,
		Events:   telephony.PlainEvents(),
		StreamID: []string{"stream_id"},
		Sound: telephony.SoundNames{
			Seq: []string{"chunk"}, Time: []string{"timestamp"}, Payload: []string{"payload"}, Others: []string{"sequence_number"},
		},
		SeqIn:  []string{"media"},
		Track:  []string{"track"},
		MarkIn: []string{"mark"},
		Fault:  func(body telephony.JSONObject) error { return readFault(body) },
	}
}

// Decode implements telephony.Wire.
func (w *wire) Decode(msg telephony.Message) (telephony.Event, error) {
	ev, err := w.JSONWire.Decode(msg)
	if ev.Kind == telephony.Audio {
		w.order.turn(ev.Frame.Format, ev.Frame.Payload)
	}
	return ev, err
}

func (w *wire) readStart(body, start telephony.JSONObject) (*telephony.Start, error) {
	format, err := declared(start, w.asked)
	if err != nil {
		return nil, err
	}
	params := start.Params("custom_parameters")
	// A start doesn't tell that its stream is a copy: a parameter of ours does.
	listen := telephony.ReadListening(params[telephony.ListenParam])
	if listen == telephony.ListenNone {
		if err := w.speak(format); err != nil {
			return nil, err
		}
	}
	return &telephony.Start{
		CallID:    either(start, body, "call_control_id"),
		AccountID: start.Text("user_id"),
		From:      start.Text("from"),
		To:        start.Text("to"),
		Params:    params,
		Format:    format,
		Listen:    listen,
	}, nil
}

// either returns a field of the first object, or else of the second.
func either(first, second telephony.JSONObject, field string) string {
	if text := first.Text(field); text != "" {
		return text
	}
	return second.Text(field)
}

// speak prepares our sound for what Telnyx was asked to expect, where that is
// not the format in which it streams to us: bidirectionalCodec holds whatever
// the leg speaks.
func (w *wire) speak(format media.Format) error {
	switch {
	case w.asked == media.Format{} || w.asked == format:
		return nil
	case isG711(w.asked) && isG711(format):
		w.law = lawFrom(format.Encoding)
		return nil
	}
	err := fmt.Errorf("%w: stream is %v and our sound was to be %v", telephony.ErrBadFormat, format, w.asked)
	if format.Encoding.Stateful() {
		return fmt.Errorf("%w: ask for encoding=%s at the answer URL, or limit the connection's codecs to PCMU and PCMA",
			err, strings.ToLower(format.Encoding.String()))
	}
	return err
}
