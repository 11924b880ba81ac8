package twilio

import (
	"time"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
)

// wire is our side of one stream. It takes counters and times as strings, as
// Twilio sends them, or as numbers, and ignores fields that it doesn't know.
type wire struct {
	json    telephony.JSONReader
	pattern *telephony.SoundPattern
	started bool
	stream  []byte        // the stream's id
	quoted  []byte        // the same as a JSON string
	next    time.Duration // media time after the last frame
}

// names are the fields of a message of sound.
func names() telephony.SoundNames {
	return telephony.SoundNames{
		Seq: []string{"sequenceNumber"}, Time: []string{"timestamp"}, Payload: []string{"payload"}, Others: []string{"chunk"},
	}
}

// Decode implements telephony.Wire.
func (w *wire) Decode(msg telephony.Message) (telephony.Event, error) {
	if w.started {
		if frame, fits := w.pattern.Frame(&w.json, msg, sound(), w.next); fits {
			w.next = frame.At + frame.Duration()
			return telephony.Event{Kind: telephony.Audio, Frame: frame}, nil
		}
	}
	ev, err := w.parse(msg)
	if err == nil && ev.Kind == telephony.Audio {
		w.pattern.Learn(&w.json, msg, ev.Frame, w.next)
		w.next = ev.Frame.At + ev.Frame.Duration()
	}
	return ev, err
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
		// Twilio tells no reason, and the body of a stop may be missing.
		return telephony.Event{Kind: telephony.Stopped}, nil
	}
}

// check returns an error where a message can't be of the stream that runs. A
// message without an id can only be of this socket's stream.
func (w *wire) check(body telephony.JSONObject) error {
	if !w.started {
		return telephony.ErrNotStarted
	}
	if id, ok := body.String("streamSid"); ok && string(id) != string(w.stream) {
		return telephony.ErrWrongStream
	}
	return nil
}

func (w *wire) decodeStart(body telephony.JSONObject) (telephony.Event, error) {
	if w.started {
		return telephony.Event{}, telephony.ErrStartedTwice
	}
	start, ok := body.Object("start")
	id := body.Text("streamSid")
	if id == "" {
		id = start.Text("streamSid")
	}
	if !ok || id == "" {
		return telephony.Event{}, telephony.ErrMalformed
	}
	// Whatever the encoding is called, it is mu-law; another rate is not
	// Twilio.
	declared, _ := start.Object("mediaFormat")
	if rate := declared.Text("sampleRate"); rate != "" {
		if n, ok := declared.Number("sampleRate"); !ok || n != uint64(sound().Rate) {
			return telephony.Event{}, telephony.ErrBadFormat
		}
	}
	w.started = true
	w.stream = []byte(id)
	w.quoted = telephony.AppendJSONString(nil, id)
	return telephony.Event{Kind: telephony.Started, Start: &telephony.Start{
		StreamID:  id,
		CallID:    start.Text("callSid"),
		AccountID: start.Text("accountSid"),
		Params:    start.Params("customParameters"),
		Format:    sound(),
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
	payload, err := w.json.Payload(text, sound())
	if err != nil {
		return telephony.Event{}, err
	}
	frame := media.Frame{Format: sound(), At: w.next, Payload: payload}
	frame.Seq, _ = body.Number("sequenceNumber")
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
	held, _ := press.Millis("duration")
	return telephony.Event{Kind: telephony.Digit, Digit: key, Held: held}, nil
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
