package vonage

import (
	"time"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
)

// wire is our side of one stream.
type wire struct {
	json    telephony.JSONReader
	started bool
	format  media.Format
	frame   int           // bytes in a binary message, either way
	frames  time.Duration // how many came in
}

// Decode implements telephony.Wire. A frame of sound aliases msg.Data. Its
// time is that of the frames before it: Vonage sends neither counters nor
// timestamps, so what it left out is not known.
func (w *wire) Decode(msg telephony.Message) (telephony.Event, error) {
	if msg.Binary {
		return w.decodeSound(msg.Data)
	}
	body, err := w.json.Read(msg)
	if err != nil {
		return broken(nil, err)
	}
	event, ok := body.String(eventField)
	if !ok {
		return broken(nil, telephony.ErrMalformed)
	}
	ev, err := w.decode(event, body)
	if err != nil {
		return broken(event, err)
	}
	return ev, nil
}

func (w *wire) decodeSound(data []byte) (telephony.Event, error) {
	switch {
	case !w.started:
		return broken([]byte("sound"), telephony.ErrNotStarted)
	case len(data) != w.frame:
		return broken([]byte("sound"), telephony.ErrBadLength)
	}
	frame := media.Frame{Format: w.format, At: w.frames * frameTime, Payload: data}
	w.frames++
	return telephony.Event{Kind: telephony.Audio, Frame: frame}, nil
}

func (w *wire) decode(event []byte, body telephony.JSONObject) (telephony.Event, error) {
	switch string(event) {
	case "websocket:connected":
		return w.decodeConnected(body)
	case "websocket:dtmf", "websocket:notify", "websocket:cleared":
		if !w.started {
			return telephony.Event{}, telephony.ErrNotStarted
		}
	default:
		return telephony.Event{Kind: telephony.Unknown, Name: telephony.Shorten(event)}, nil
	}
	switch string(event) {
	case "websocket:dtmf":
		return decodeDTMF(body)
	case "websocket:notify":
		return decodeNotify(body)
	default:
		return telephony.Event{Kind: telephony.Cleared}, nil
	}
}

// decodeConnected reads the first message, which starts the stream. The
// NCCO's headers stand in it beside its own fields.
func (w *wire) decodeConnected(body telephony.JSONObject) (telephony.Event, error) {
	if w.started {
		return telephony.Event{}, telephony.ErrStartedTwice
	}
	rate, err := rateOf(body.Text(contentTypeField))
	if err != nil {
		return telephony.Event{}, err
	}
	w.started = true
	w.format = sound(rate)
	w.frame = w.format.Bytes(frameTime)
	params := body.Fields(eventField, contentTypeField)
	return telephony.Event{Kind: telephony.Started, Start: startOf(params, w.format)}, nil
}

// startOf returns what there is to know of a stream with these headers. The
// call's id is known only where they hold it.
func startOf(params map[string]string, format media.Format) *telephony.Start {
	return &telephony.Start{
		StreamID: streamID(params),
		CallID:   params[telephony.CallParam],
		Params:   params,
		Format:   format,
	}
}

// decodeDTMF reads a key, which some implementations have met one object
// deeper.
func decodeDTMF(body telephony.JSONObject) (telephony.Event, error) {
	press := body
	if inner, found := body.Object("dtmf"); found {
		press = inner
	}
	key, err := telephony.Key([]byte(press.Text("digit")))
	if err != nil {
		return telephony.Event{}, err
	}
	held, _ := press.Millis("duration")
	return telephony.Event{Kind: telephony.Digit, Digit: key, Held: held}, nil
}

// decodeNotify reads a notification that comes back with the payload that we
// sent.
func decodeNotify(body telephony.JSONObject) (telephony.Event, error) {
	payload, _ := body.Object("payload")
	label := payload.Text("mark")
	if label == "" {
		return telephony.Event{}, telephony.ErrMalformed
	}
	return telephony.Event{Kind: telephony.MarkPlayed, Mark: label}, nil
}

// broken returns the error for a message that is to be skipped.
func broken(event []byte, err error) (telephony.Event, error) {
	return telephony.Event{}, &telephony.WireError{Carrier: name, Event: telephony.Shorten(event), Err: err}
}
