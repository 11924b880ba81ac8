package telephony

import (
	"fmt"
	"time"

	"github.com/talkpath/talkpath/media"
)

// JSONWire is what the Wires of all carriers that speak JSON text share: it
// reads their messages, and says which of ours may be sent. Counters, times
// and rates are taken as numbers or strings, and fields that it doesn't know
// are ignored. What stands in a start is for the carrier to read.
type JSONWire struct {
	dialect *JSONDialect
	start   func(body, start JSONObject) (*Start, error)
	json    JSONReader
	tracks  [2]jsonTrack // the caller's; the callee's only on a stream of both
	started bool
	stream  []byte        // the stream's id
	quoted  []byte        // the same as a JSON string
	format  media.Format  // of the sound that comes, and of the sound that we are handed
	listen  Listening     // which part of the call a one-way stream copies
	timed   bool          // whether a timestamp has come
	epoch   time.Duration // the timestamp at which media time is zero, on both tracks
}

// NewJSONWire returns a wire whose stream has not started. It keeps d, which
// many wires may share. start reads a start message and the object "start" in
// it; where the Start that it returns has no StreamID, it gets the message's.
// What start refuses is an error of the protocol, and no stream begins.
func NewJSONWire(d *JSONDialect, start func(body, start JSONObject) (*Start, error)) JSONWire {
	return JSONWire{dialect: d, start: start}
}

// Decode implements Wire. The time of a message of sound without a timestamp
// is that at which the one before it on its track ends.
func (w *JSONWire) Decode(msg Message) (Event, error) {
	if w.started {
		if ev, fits := w.fit(msg); fits {
			return ev, nil
		}
	}
	epoch := w.epoch // parse may set it
	ev, err := w.parse(msg)
	if err == nil && ev.Kind == Audio {
		t := w.track(ev.Callee)
		t.pattern.Learn(&w.json, msg, ev.Frame, epoch+t.next)
		return w.heard(ev.Frame, ev.Callee), nil
	}
	return ev, err
}

// Format returns the format of the stream, the zero Format before its start.
func (w *JSONWire) Format() media.Format { return w.format }

// Sendable returns why ev can't be sent now: before the start, on a one-way
// stream, without a mark's name, or with sound that is not the stream's or has
// more than most bytes, where most is not zero.
func (w *JSONWire) Sendable(ev Event, most int) error {
	if !w.started {
		return ErrNotStarted
	}
	var err error
	switch {
	case w.listen != ListenNone:
		err = ErrUnsendable
	case ev.Kind == Audio && most > 0 && len(ev.Frame.Payload) > most:
		err = ErrUnsendable
	case ev.Kind == Audio:
		err = CheckSound(ev.Frame, w.format)
	case ev.Kind == Digit && w.dialect.Keys:
		_, err = Key([]byte{ev.Digit})
	case ev.Kind == Mark && ev.Mark != "", ev.Kind == Clear:
	default:
		err = ErrUnsendable
	}
	if err != nil {
		return fmt.Errorf("%s: encode %v: %w", w.dialect.Carrier, ev.Kind, err)
	}
	return nil
}

// EncodePlain appends the message for ev, where Sendable lets it pass, in the
// words that carriers have for it who want nothing but the payload of sound and
// the name of a mark.
func (w *JSONWire) EncodePlain(dst []byte, ev Event, most int) (Message, error) {
	if err := w.Sendable(ev, most); err != nil {
		return Message{}, err
	}
	switch ev.Kind {
	case Audio:
		dst = w.AppendHead(dst, "media")
		dst = append(dst, `,"media":{"payload":`...)
		dst = AppendJSONBase64(dst, ev.Frame.Payload)
		dst = append(dst, `}}`...)
	case Mark:
		dst = w.AppendHead(dst, "mark")
		dst = append(dst, `,"mark":{"name":`...)
		dst = AppendJSONString(dst, ev.Mark)
		dst = append(dst, `}}`...)
	default: // Clear, the last that Sendable lets pass
		dst = w.AppendHead(dst, "clear")
		dst = append(dst, '}')
	}
	return Message{Data: dst}, nil
}

// AppendHead appends the beginning of a message of ours: its event and the
// stream's id.
func (w *JSONWire) AppendHead(dst []byte, event string) []byte {
	dst = append(dst, `{"event":"`...)
	dst = append(dst, event...)
	dst = append(dst, `","`...)
	dst = append(dst, w.dialect.StreamID[0]...)
	dst = append(dst, `":`...)
	return w.AppendStreamID(dst)
}

// AppendStreamID appends the stream's id as a JSON string.
func (w *JSONWire) AppendStreamID(dst []byte) []byte { return append(dst, w.quoted...) }

// parse reads a message in full. The time of a frame is its timestamp.
func (w *JSONWire) parse(msg Message) (Event, error) {
	var event []byte
	body, err := w.json.Read(msg)
	if err == nil {
		var ok bool
		if event, ok = body.String("event"); !ok {
			err = ErrMalformed
		}
	}
	var ev Event
	if err == nil {
		ev, err = w.decode(event, body)
	}
	if err != nil {
		return Event{}, &WireError{Carrier: w.dialect.Carrier, Event: Shorten(event), Err: err}
	}
	return ev, nil
}

func (w *JSONWire) decode(event []byte, body JSONObject) (Event, error) {
	if w.dialect.Fault != nil && string(event) == "error" {
		return Event{}, w.fault(body)
	}
	kind := w.dialect.Events[string(event)]
	switch kind {
	case Unknown:
		return Event{Name: Shorten(event)}, nil
	case Connected:
		return Event{Kind: kind}, nil
	case Started:
		return w.decodeStart(body)
	default:
		if err := w.check(body); err != nil {
			return Event{}, err
		}
	}
	switch kind {
	case Audio:
		return w.decodeMedia(body)
	case Digit:
		return w.decodeDTMF(body)
	case MarkPlayed:
		return w.decodeMark(body)
	case Stopped: // its body may be missing
		stop, _ := body.Object("stop")
		reason, _ := stop.String(w.dialect.Reason...)
		return Event{Kind: kind, Reason: Shorten(reason)}, nil
	default:
		return Event{Kind: kind}, nil
	}
}

// fault reads an error event. It may also come before the start, where it
// tells why no stream begins.
func (w *JSONWire) fault(body JSONObject) error {
	if err := w.check(body); w.started && err != nil {
		return err
	}
	return w.dialect.Fault(body)
}

// check returns an error where a message can't be of the stream that runs. A
// message without an id can only be of this socket's stream.
func (w *JSONWire) check(body JSONObject) error {
	if !w.started {
		return ErrNotStarted
	}
	if id, ok := body.String(w.dialect.StreamID...); ok && string(id) != string(w.stream) {
		return ErrWrongStream
	}
	return nil
}

func (w *JSONWire) decodeStart(body JSONObject) (Event, error) {
	if w.started {
		return Event{}, ErrStartedTwice
	}
	object, ok := body.Object("start")
	id := body.Text(w.dialect.StreamID...)
	if id == "" {
		id = object.Text(w.dialect.StreamID...)
	}
	if !ok || id == "" {
		return Event{}, ErrMalformed
	}
	start, err := w.start(body, object)
	if err != nil {
		return Event{}, err
	}
	if start.StreamID == "" {
		start.StreamID = id
	}
	w.started = true
	w.stream = []byte(start.StreamID)
	w.quoted = AppendJSONString(nil, start.StreamID)
	w.format = start.Format
	w.listen = start.Listen
	w.tracks[0].pattern = NewSoundPattern(w.dialect.Sound)
	if w.listen == ListenBoth {
		w.tracks[1].pattern = NewSoundPattern(w.dialect.Sound)
	}
	return Event{Kind: Started, Start: start}, nil
}

func (w *JSONWire) decodeMedia(body JSONObject) (Event, error) {
	packet, _ := body.Object("media")
	// What the caller hears counts on a stream of both only: it is not for the
	// recognizer of a conversation.
	track, _ := packet.String(w.dialect.Track...)
	callee := string(track) == TrackName(true)
	if callee && w.listen != ListenBoth {
		return Event{Kind: Unknown, Name: "media outbound"}, nil
	}
	text, ok := packet.String(w.dialect.Sound.Payload...)
	if !ok {
		return Event{}, ErrMalformed
	}
	payload, err := w.json.Payload(text, w.format)
	if err != nil {
		return Event{}, err
	}
	next := w.track(callee).next
	frame := media.Frame{Format: w.format, At: w.epoch + next, Payload: payload}
	frame.Seq, _ = body.within(w.dialect.SeqIn).Number(w.dialect.Sound.Seq...)
	if at, ok := packet.Millis(w.dialect.Sound.Time...); ok {
		if w.dialect.FreeEpoch && !w.timed {
			w.timed, w.epoch = true, at-next
		}
		frame.At = at
	}
	return Event{Kind: Audio, Frame: frame, Callee: callee}, nil
}

func (w *JSONWire) decodeDTMF(body JSONObject) (Event, error) {
	press, ok := body.Object("dtmf")
	if !ok {
		return Event{}, ErrMalformed
	}
	key, err := Key([]byte(press.Text("digit")))
	if err != nil {
		return Event{}, err
	}
	held, _ := press.Millis(w.dialect.Held...)
	return Event{Kind: Digit, Digit: key, Held: held}, nil
}

func (w *JSONWire) decodeMark(body JSONObject) (Event, error) {
	label := body.within(w.dialect.MarkIn).Text("name")
	if label == "" {
		return Event{}, ErrMalformed
	}
	return Event{Kind: MarkPlayed, Mark: label}, nil
}
