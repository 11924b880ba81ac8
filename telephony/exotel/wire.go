package exotel

import (
	"time"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
)

// wire is our side of one stream. It takes names in snake and camel case,
// counters, times and rates as numbers or strings, any text as encoding, and
// ignores fields that it doesn't know.
type wire struct {
	json    telephony.JSONReader
	pattern *telephony.SoundPattern
	compose Composition
	asked   int // samples per second in the socket's URL; zero where not told
	started bool
	stream  []byte        // the stream's id
	quoted  []byte        // the same as a JSON string
	format  media.Format  // in both directions
	next    time.Duration // media time after the last frame received

	seq   uint64        // of the last message sent that counts
	chunk uint64        // of the last message of sound sent
	sent  time.Duration // how long the sound sent so far plays
}

// names are the fields of a message of sound.
func names() telephony.SoundNames {
	return telephony.SoundNames{
		Seq: []string{"sequence_number", "sequenceNumber"}, Time: []string{"timestamp"}, Payload: []string{"payload"}, Others: []string{"chunk"},
	}
}

// Decode implements telephony.Wire.
func (w *wire) Decode(msg telephony.Message) (telephony.Event, error) {
	if w.started {
		if frame, fits := w.pattern.Frame(&w.json, msg, w.format, w.next); fits {
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
		return decodeStop(body), nil
	}
}

// check returns an error where a message can't be of the stream that runs. A
// message without an id can only be of this socket's stream.
func (w *wire) check(body telephony.JSONObject) error {
	if !w.started {
		return telephony.ErrNotStarted
	}
	if id, ok := body.String("stream_sid", "streamSid"); ok && string(id) != string(w.stream) {
		return telephony.ErrWrongStream
	}
	return nil
}

func (w *wire) decodeStart(body telephony.JSONObject) (telephony.Event, error) {
	if w.started {
		return telephony.Event{}, telephony.ErrStartedTwice
	}
	start, ok := body.Object("start")
	id := body.Text("stream_sid", "streamSid")
	if id == "" {
		id = start.Text("stream_sid", "streamSid")
	}
	if !ok || id == "" {
		return telephony.Event{}, telephony.ErrMalformed
	}
	rate, err := w.rate(start)
	if err != nil {
		return telephony.Event{}, err
	}
	w.started = true
	w.stream = []byte(id)
	w.quoted = telephony.AppendJSONString(nil, id)
	w.format = sound(rate)
	return telephony.Event{Kind: telephony.Started, Start: &telephony.Start{
		StreamID:  id,
		CallID:    start.Text("call_sid", "callSid"),
		AccountID: start.Text("account_sid", "accountSid"),
		From:      start.Text("from"),
		To:        start.Text("to"),
		Params:    start.Params("custom_parameters", "customParameters"),
		Format:    w.format,
	}}, nil
}

// rate returns the stream's samples per second: what the socket's URL asked
// for, else what start declares, else Exotel's default. bit_rate is wrong in
// half of Exotel's own samples and not read.
func (w *wire) rate(start telephony.JSONObject) (int, error) {
	if w.asked != 0 {
		return w.asked, nil
	}
	declared, _ := start.Object("media_format", "mediaFormat")
	if declared.Text("sample_rate", "sampleRate") == "" {
		return defaultRate, nil
	}
	rate, ok := declared.Number("sample_rate", "sampleRate")
	if !ok || !offers(rate) {
		return 0, telephony.ErrBadFormat
	}
	return int(rate), nil
}

func (w *wire) decodeMedia(body telephony.JSONObject) (telephony.Event, error) {
	packet, _ := body.Object("media")
	text, ok := packet.String("payload")
	if !ok {
		return telephony.Event{}, telephony.ErrMalformed
	}
	payload, err := w.json.Payload(text, w.format)
	if err != nil {
		return telephony.Event{}, err
	}
	frame := media.Frame{Format: w.format, At: w.next, Payload: payload}
	frame.Seq, _ = body.Number("sequence_number", "sequenceNumber")
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

// decodeStop reads "callended" or "stopped"; a stop may come without a body.
func decodeStop(body telephony.JSONObject) telephony.Event {
	stop, _ := body.Object("stop")
	reason, _ := stop.String("reason")
	return telephony.Event{Kind: telephony.Stopped, Reason: telephony.Shorten(reason)}
}

// broken returns the error for a message that is to be skipped.
func broken(event []byte, err error) (telephony.Event, error) {
	return telephony.Event{}, &telephony.WireError{Carrier: name, Event: telephony.Shorten(event), Err: err}
}
