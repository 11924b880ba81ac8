package telnyx

import (
	"fmt"
	"time"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
)

// wire is our side of one stream. It takes the stream's id beside or inside of
// start, counters, times and rates as strings or numbers, and ignores fields
// that it doesn't know. Frames are handed on in the order in which they come:
// Frame.At tells their place.
type wire struct {
	json    telephony.JSONReader
	pattern *telephony.SoundPattern
	order   order
	asked   media.Format // for both directions; zero where not known
	started bool
	stream  []byte        // the stream's id
	quoted  []byte        // the same as a JSON string
	format  media.Format  // of the sound that comes, and of the sound that we are handed
	law     *law          // to the codec that Telnyx expects of us, where that is the other law
	spoken  []byte        // sound in that law
	next    time.Duration // media time after the last frame received
}

// names are the fields of a message of sound. Of Telnyx's two counters, chunk
// counts the sound alone.
func names() telephony.SoundNames {
	return telephony.SoundNames{
		Seq: []string{"chunk"}, Time: []string{"timestamp"}, Payload: []string{"payload"}, Others: []string{"sequence_number"},
	}
}

// Decode implements telephony.Wire.
func (w *wire) Decode(msg telephony.Message) (telephony.Event, error) {
	if w.started {
		if frame, fits := w.pattern.Frame(&w.json, msg, w.format, w.next); fits {
			return w.heard(frame), nil
		}
	}
	ev, err := w.parse(msg)
	if err == nil && ev.Kind == telephony.Audio {
		w.pattern.Learn(&w.json, msg, ev.Frame, w.next)
		return w.heard(ev.Frame), nil
	}
	return ev, err
}

// heard returns the event of a frame whose samples are as they came.
func (w *wire) heard(frame media.Frame) telephony.Event {
	w.order.turn(w.format, frame.Payload)
	w.next = frame.At + frame.Duration()
	return telephony.Event{Kind: telephony.Audio, Frame: frame}
}

// parse reads a message in full.
func (w *wire) parse(msg telephony.Message) (telephony.Event, error) {
	body, err := w.json.Read(msg)
	if err != nil {
		return broken(nil, err)
	}
	event, ok := body.String("event")
	if !ok {
		return broken(nil, telephony.ErrMalformed)
	}
	ev, err := w.decode(event, body)
	if err != nil {
		return broken(event, err)
	}
	return ev, nil
}

func (w *wire) decode(event []byte, body telephony.JSONObject) (telephony.Event, error) {
	switch string(event) {
	case "connected":
		return telephony.Event{Kind: telephony.Connected}, nil
	case "start":
		return w.decodeStart(body)
	case "error":
		// Also before start, where it tells why no stream begins.
		if id, ok := body.String("stream_id"); ok && w.started && string(id) != string(w.stream) {
			return telephony.Event{}, telephony.ErrWrongStream
		}
		return telephony.Event{}, readFault(body)
	case "media", "dtmf", "mark", "stop":
		if err := w.check(body); err != nil {
			return telephony.Event{}, err
		}
	default:
		return telephony.Event{Kind: telephony.Unknown, Name: telephony.Shorten(event)}, nil
	}
	switch string(event) {
	case "media":
		return w.decodeMedia(body)
	case "dtmf":
		return decodeDTMF(body)
	case "mark":
		return decodeMark(body)
	default:
		// Telnyx tells no reason, and the body of a stop may be missing.
		return telephony.Event{Kind: telephony.Stopped}, nil
	}
}

// check returns an error where a message can't be of the stream that runs. A
// message without an id can only be of this socket's stream.
func (w *wire) check(body telephony.JSONObject) error {
	if !w.started {
		return telephony.ErrNotStarted
	}
	if id, ok := body.String("stream_id"); ok && string(id) != string(w.stream) {
		return telephony.ErrWrongStream
	}
	return nil
}

func (w *wire) decodeStart(body telephony.JSONObject) (telephony.Event, error) {
	if w.started {
		return telephony.Event{}, telephony.ErrStartedTwice
	}
	start, ok := body.Object("start")
	id := either(body, start, "stream_id")
	if !ok || id == "" {
		return telephony.Event{}, telephony.ErrMalformed
	}
	format, err := declared(start, w.asked)
	if err != nil {
		return telephony.Event{}, err
	}
	if err := w.speak(format); err != nil {
		return telephony.Event{}, err
	}
	w.started = true
	w.stream = []byte(id)
	w.quoted = telephony.AppendJSONString(nil, id)
	w.format = format
	return telephony.Event{Kind: telephony.Started, Start: &telephony.Start{
		StreamID:  id,
		CallID:    either(start, body, "call_control_id"),
		AccountID: start.Text("user_id"),
		From:      start.Text("from"),
		To:        start.Text("to"),
		Params:    start.Params("custom_parameters"),
		Format:    format,
	}}, nil
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
	return fmt.Errorf("%w: stream is %v and our sound was to be %v", telephony.ErrBadFormat, format, w.asked)
}

func (w *wire) decodeMedia(body telephony.JSONObject) (telephony.Event, error) {
	packet, ok := body.Object("media")
	if !ok {
		return telephony.Event{}, telephony.ErrMalformed
	}
	// Our own speech, which a stream of both tracks copies, is not for the
	// recognizer.
	if track, _ := packet.String("track"); string(track) == "outbound" {
		return telephony.Event{Kind: telephony.Unknown, Name: "media outbound"}, nil
	}
	text, ok := packet.String("payload")
	if !ok {
		return telephony.Event{}, telephony.ErrMalformed
	}
	payload, err := w.json.Payload(text, w.format)
	if err != nil {
		return telephony.Event{}, err
	}
	frame := media.Frame{Format: w.format, At: w.next, Payload: payload}
	frame.Seq, _ = packet.Number("chunk")
	if at, ok := packet.Millis("timestamp"); ok {
		frame.At = at
	}
	return telephony.Event{Kind: telephony.Audio, Frame: frame}, nil
}

func decodeDTMF(body telephony.JSONObject) (telephony.Event, error) {
	press, ok := body.Object("dtmf")
	if !ok {
		return telephony.Event{}, telephony.ErrMalformed
	}
	key, err := telephony.Key([]byte(press.Text("digit")))
	if err != nil {
		return telephony.Event{}, err
	}
	return telephony.Event{Kind: telephony.Digit, Digit: key}, nil
}

func decodeMark(body telephony.JSONObject) (telephony.Event, error) {
	mark, _ := body.Object("mark")
	label := mark.Text("name")
	if label == "" {
		return telephony.Event{}, telephony.ErrMalformed
	}
	return telephony.Event{Kind: telephony.MarkPlayed, Mark: label}, nil
}

// broken returns the error for a message that is to be skipped.
func broken(event []byte, err error) (telephony.Event, error) {
	return telephony.Event{}, &telephony.WireError{Carrier: name, Event: telephony.Shorten(event), Err: err}
}
