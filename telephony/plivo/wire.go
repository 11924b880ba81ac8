package plivo

import "github.com/talkpath/talkpath/telephony"

// wire is our side of one stream.
type wire struct {
	telephony.JSONWire
	head []byte // what a message of sound to Plivo begins with
	most int    // bytes of sound in the largest message
}

func newWire(d *telephony.JSONDialect) *wire {
	w := &wire{}
	w.JSONWire = telephony.NewJSONWire(d, w.readStart)
	return w
}

// dialect returns how Plivo words its messages. It has no greeting and doesn't
// tell how long a key was down.
func dialect() *telephony.JSONDialect {
	return &telephony.JSONDialect{
		Carrier: name,
		Events: map[string]telephony.Kind{
			"start":        telephony.Started,
			"media":        telephony.Audio,
			"dtmf":         telephony.Digit,
			"playedStream": telephony.MarkPlayed,
			"played":       telephony.MarkPlayed, // in an old article
			"clearedAudio": telephony.Cleared,
			// The guide shows it and the SDKs lack it; mostly the socket just
			// closes.
			"stop": telephony.Stopped,
		},
		StreamID: []string{"streamId"},
		Sound: telephony.SoundNames{
			Seq: []string{"sequenceNumber"}, Time: []string{"timestamp"}, Payload: []string{"payload"}, Others: []string{"chunk"},
		},
		// A two-way stream carries the caller only, a one-way stream may
		// carry both.
		Track:  []string{"track"},
		Reason: []string{"reason"},
		// They count from 1970 on one page and from the stream's start on
		// another.
		FreeEpoch: true,
		Keys:      true,
	}
}

// readStart reads a start. A two-way stream and a copy of what the caller says
// look alike in it: a parameter of ours tells them apart.
func (w *wire) readStart(body, start telephony.JSONObject) (*telephony.Start, error) {
	declared, _ := start.Object("mediaFormat")
	rate, _ := declared.Number("sampleRate")
	format, err := formatOf(declared.Text("encoding"), rate)
	if err != nil {
		return nil, err
	}
	params := extraHeaders(body)
	if params == nil {
		params = extraHeaders(start)
	}
	w.head = soundHead(format)
	w.most = mostSound(w.head)
	return &telephony.Start{
		StreamID:  start.Text("streamId"),
		CallID:    start.Text("callId"),
		AccountID: start.Text("accountId"),
		Params:    params,
		Format:    format,
		Listen:    telephony.ReadListening(params[telephony.ListenParam]),
	}, nil
}
