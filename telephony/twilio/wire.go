package twilio

import "github.com/talkpath/talkpath/telephony"

// wire is our side of one stream.
type wire struct{ telephony.JSONWire }

// dialect returns how Twilio words its messages. It tells neither how long a
// key was down nor why a stream stops, but a duration is taken.
func dialect() *telephony.JSONDialect {
	return &telephony.JSONDialect{
		Carrier:  name,
		Events:   telephony.PlainEvents(),
		StreamID: []string{"streamSid"},
		Sound: telephony.SoundNames{
			Seq: []string{"sequenceNumber"}, Time: []string{"timestamp"}, Payload: []string{"payload"}, Others: []string{"chunk"},
		},
		// A two-way stream carries the caller only, a one-way stream may
		// carry both.
		Track:  []string{"track"},
		MarkIn: []string{"mark"},
		Held:   []string{"duration"},
	}
}

// readStart reads a start. Whatever the encoding is called, it is mu-law;
// another rate is not Twilio. A two-way stream and a copy of what the caller
// says look alike: a parameter of ours tells them apart.
func readStart(_, start telephony.JSONObject) (*telephony.Start, error) {
	declared, _ := start.Object("mediaFormat")
	if rate := declared.Text("sampleRate"); rate != "" {
		if n, ok := declared.Number("sampleRate"); !ok || n != uint64(sound().Rate) {
			return nil, telephony.ErrBadFormat
		}
	}
	params := start.Params("customParameters")
	listen := telephony.ReadListening(params[telephony.ListenParam])
	if start.Lists("outbound", "tracks") {
		listen = telephony.ListenBoth
	}
	return &telephony.Start{
		CallID:    start.Text("callSid"),
		AccountID: start.Text("accountSid"),
		Params:    params,
		Format:    sound(),
		Listen:    listen,
	}, nil
}
