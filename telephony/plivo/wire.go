package plivo

import (
	"time"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
)

// wire is our side of one stream. It takes counters, times and rates as
// numbers or strings, times since any moment, and ignores fields that it
// doesn't know.
type wire struct {
	json    telephony.JSONReader
	pattern *telephony.SoundPattern
	started bool
	stream  []byte       // the stream's id
	quoted  []byte       // the same as a JSON string
	format  media.Format // in both directions
	head    []byte       // what a message of sound to Plivo begins with

	timed bool          // whether a timestamp has come
	epoch time.Duration // the timestamp at which media time is zero
	next  time.Duration // media time after the last frame
}

// names are the fields of a message of sound.
func names() telephony.SoundNames {
	return telephony.SoundNames{
		Seq: []string{"sequenceNumber"}, Time: []string{"timestamp"}, Payload: []string{"payload"}, Others: []string{"chunk"},
	}
}

// Decode implements telephony.Wire.
func (w *wire) Decode(msg telephony.Message) (telephony.Event, error) {
	next := w.epoch + w.next
	if w.started {
		if frame, fits := w.pattern.Frame(&w.json, msg, w.format, next); fits {
			return w.sound(frame), nil
		}
	}
	ev, err := w.parse(msg)
	if err == nil && ev.Kind == telephony.Audio {
		w.pattern.Learn(&w.json, msg, ev.Frame, next)
		return w.sound(ev.Frame), nil
	}
	return ev, err
}

// sound returns the event of a frame whose time is a timestamp. Plivo's count
// from 1970 on one page and from the stream's start on another, so that only
// their differences tell anything.
func (w *wire) sound(frame media.Frame) telephony.Event {
	frame.At = max(frame.At-w.epoch, 0)
	w.next = frame.At + frame.Duration()
	return telephony.Event{Kind: telephony.Audio, Frame: frame}
}

// parse reads a message in full. The time of a frame is its timestamp.
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
	case "start":
		return w.decodeStart(body)
	case "media", "dtmf", "playedStream", "played", "clearedAudio", "stop":
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
	case "playedStream", "played": // the latter in an old article
		return decodePlayed(body)
	case "clearedAudio":
		return telephony.Event{Kind: telephony.Cleared}, nil
	default:
		return decodeStop(body), nil
	}
}

// check returns an error where a message can't be of the stream that runs. A
// message without an id can only be of this socket's stream.
func (w *wire) check(body telephony.JSONObject) error {
	if !w.started {
		return telephony.ErrNotStarted
	}
	if id, ok := body.String("streamId"); ok && string(id) != string(w.stream) {
		return telephony.ErrWrongStream
	}
	return nil
}

func (w *wire) decodeStart(body telephony.JSONObject) (telephony.Event, error) {
	if w.started {
		return telephony.Event{}, telephony.ErrStartedTwice
	}
	start, ok := body.Object("start")
	id := start.Text("streamId")
	if id == "" {
		id = body.Text("streamId")
	}
	if !ok || id == "" {
		return telephony.Event{}, telephony.ErrMalformed
	}
	declared, _ := start.Object("mediaFormat")
	rate, _ := declared.Number("sampleRate")
	format, err := formatOf(declared.Text("encoding"), rate)
	if err != nil {
		return telephony.Event{}, err
	}
	params := extraHeaders(body)
	if params == nil {
		params = extraHeaders(start)
	}
	w.started = true
	w.stream = []byte(id)
	w.quoted = telephony.AppendJSONString(nil, id)
	w.format = format
	w.head = soundHead(format)
	return telephony.Event{Kind: telephony.Started, Start: &telephony.Start{
		StreamID:  id,
		CallID:    start.Text("callId"),
		AccountID: start.Text("accountId"),
		Params:    params,
		Format:    format,
	}}, nil
}

func (w *wire) decodeMedia(body telephony.JSONObject) (telephony.Event, error) {
	packet, ok := body.Object("media")
	if !ok {
		return telephony.Event{}, telephony.ErrMalformed
	}
	// A two-way stream carries the caller only; what a one-way stream copies
	// of our own speech is not for the recognizer.
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
	frame := media.Frame{Format: w.format, At: w.epoch + w.next, Payload: payload}
	frame.Seq, _ = body.Number("sequenceNumber")
	if at, ok := packet.Millis("timestamp"); ok {
		if !w.timed {
			w.timed, w.epoch = true, at-w.next
		}
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

func decodePlayed(body telephony.JSONObject) (telephony.Event, error) {
	label := body.Text("name")
	if label == "" {
		return telephony.Event{}, telephony.ErrMalformed
	}
	return telephony.Event{Kind: telephony.MarkPlayed, Mark: label}, nil
}

// decodeStop reads an event that the guide shows and the SDKs lack. It may
// come without a body; mostly the socket just closes.
func decodeStop(body telephony.JSONObject) telephony.Event {
	stop, _ := body.Object("stop")
	reason, _ := stop.String("reason")
	return telephony.Event{Kind: telephony.Stopped, Reason: telephony.Shorten(reason)}
}

// broken returns the error for a message that is to be skipped.
func broken(event []byte, err error) (telephony.Event, error) {
	return telephony.Event{}, &telephony.WireError{Carrier: name, Event: telephony.Shorten(event), Err: err}
}
