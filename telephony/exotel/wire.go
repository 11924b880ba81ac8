package exotel

import (
	"net/url"
	"time"

	"github.com/talkpath/talkpath/telephony"
)

// wire is our side of one stream. It takes names in snake and camel case, and
// any text as encoding.
type wire struct {
	telephony.JSONWire
	compose Composition
	asked   socketQuery

	seq   uint64        // of the last message sent that counts
	chunk uint64        // of the last message of sound sent
	sent  time.Duration // how long the sound sent so far plays
}

// socketQuery is what the socket's URL tells.
type socketQuery struct {
	rate   int    // samples per second; zero where not told
	listen string // the custom parameter of a one-way stream
}

// readSocketQuery reads the query of a socket's URL.
func readSocketQuery(values url.Values) socketQuery {
	return socketQuery{rate: askedRate(values), listen: values.Get(telephony.ListenParam)}
}

func newWire(d *telephony.JSONDialect, compose Composition, asked socketQuery) *wire {
	w := &wire{compose: compose, asked: asked}
	w.JSONWire = telephony.NewJSONWire(d, w.readStart)
	return w
}

// dialect returns how Exotel words its messages.
func dialect() *telephony.JSONDialect {
	return &telephony.JSONDialect{
		Carrier:  name,
		Events:   telephony.PlainEvents(),
		StreamID: []string{"stream_sid", "streamSid"},
		Sound: telephony.SoundNames{
			Seq: []string{"sequence_number", "sequenceNumber"}, Time: []string{"timestamp"}, Payload: []string{"payload"}, Others: []string{"chunk"},
		},
		MarkIn: []string{"mark"},
		Held:   []string{"duration"},
		Reason: []string{"reason"}, // "callended" or "stopped"
	}
}

func (w *wire) readStart(_, start telephony.JSONObject) (*telephony.Start, error) {
	rate, err := w.rate(start)
	if err != nil {
		return nil, err
	}
	params := start.Params("custom_parameters", "customParameters")
	listen, told := params[telephony.ListenParam]
	if !told {
		listen = w.asked.listen
	}
	return &telephony.Start{
		CallID:    start.Text("call_sid", "callSid"),
		AccountID: start.Text("account_sid", "accountSid"),
		From:      start.Text("from"),
		To:        start.Text("to"),
		Params:    params,
		Format:    sound(rate),
		Listen:    listening(listen),
	}, nil
}

// rate returns the stream's samples per second: what the socket's URL asked
// for, else what start declares, else Exotel's default. bit_rate is wrong in
// half of Exotel's own samples and not read.
func (w *wire) rate(start telephony.JSONObject) (int, error) {
	if w.asked.rate != 0 {
		return w.asked.rate, nil
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
