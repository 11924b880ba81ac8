package exotel_test

import (
	"encoding/base64"
	"errors"
	"testing"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/exotel"
)

func TestMessagesToExotelInEitherComposition(t *testing.T) {
	chunk := telephony.Event{Kind: telephony.Audio, Frame: media.Frame{
		Format: media.Format{Encoding: media.L16, Rate: 8000}, Payload: make([]byte, 3200),
	}}
	payload := base64.StdEncoding.EncodeToString(chunk.Frame.Payload)
	utterance := telephony.Event{Kind: telephony.Mark, Mark: "utt-7-end"}
	const (
		snake = `"stream_sid":"st_000000000000000000000001"`
		both  = snake + `,"streamSid":"st_000000000000000000000001"`
	)
	type step struct {
		ev   telephony.Event
		want string
	}
	tests := map[exotel.Composition][]step{
		exotel.Full: {
			{chunk, `{"event":"media",` + both + `,"sequence_number":"1","sequenceNumber":"1","media":{"chunk":"1","timestamp":"0","payload":"` + payload + `"}}`},
			{chunk, `{"event":"media",` + both + `,"sequence_number":"2","sequenceNumber":"2","media":{"chunk":"2","timestamp":"200","payload":"` + payload + `"}}`},
			{utterance, `{"event":"mark",` + both + `,"sequence_number":"3","sequenceNumber":"3","mark":{"name":"utt-7-end"}}`},
			{telephony.Event{Kind: telephony.Clear}, `{"event":"clear",` + snake + `}`},
			{chunk, `{"event":"media",` + both + `,"sequence_number":"4","sequenceNumber":"4","media":{"chunk":"3","timestamp":"400","payload":"` + payload + `"}}`},
		},
		exotel.Minimal: {
			{chunk, `{"event":"media",` + snake + `,"media":{"payload":"` + payload + `"}}`},
			{utterance, `{"event":"mark",` + snake + `,"mark":{"name":"utt-7-end"}}`},
			{telephony.Event{Kind: telephony.Clear}, `{"event":"clear",` + snake + `}`},
		},
	}
	for compose, steps := range tests {
		wire := exotel.Carrier(exotel.Config{Compose: compose}).NewWire(nil)
		if _, err := wire.Decode(message(start)); err != nil {
			t.Fatal(err)
		}
		for i, step := range steps {
			msg, err := wire.Encode(nil, step.ev)
			if err != nil || msg.Binary || string(msg.Data) != step.want {
				t.Errorf("composition %d, message %d: %v\n got %.200s\nwant %.200s", compose, i, err, msg.Data, step.want)
			}
		}
	}
}

func TestSoundThatTimesExotelOutIsNotSent(t *testing.T) {
	wire := newWire("")
	if _, err := wire.Decode(message(start)); err != nil {
		t.Fatal(err)
	}
	huge := telephony.Event{Kind: telephony.Audio, Frame: media.Frame{
		Format: media.Format{Encoding: media.L16, Rate: 8000}, Payload: make([]byte, 100_002),
	}}
	if _, err := wire.Encode(nil, huge); !errors.Is(err, telephony.ErrUnsendable) {
		t.Errorf("error %v", err)
	}
}
