package sim

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/talkpath/talkpath/telephony"
)

// leg is a stream that is agreed upon and not yet dialled.
type leg struct {
	stream telephony.PeerStream
	call   telephony.PeerCall
	where  telephony.Stream
}

// agree announces the call, reads the answer and opens the carrier's end of
// the stream. No socket is open yet.
func agree(ctx context.Context, cfg Config, target Target) (leg, error) {
	call := named(target.Call)
	if call.Rate == 0 {
		call.Rate = cfg.Rate
	}
	where, err := whereTo(ctx, cfg, target, call)
	if err != nil {
		return leg{}, err
	}
	return openLeg(cfg, where, call)
}

// whereTo returns where the call streams to.
func whereTo(ctx context.Context, cfg Config, target Target, call telephony.PeerCall) (telephony.Stream, error) {
	if target.AnswerURL == "" {
		return telephony.Stream{URL: target.MediaURL, Params: target.Params, Rate: cfg.Rate, Listen: target.Listen}, nil
	}
	return announce(ctx, cfg, target.AnswerURL, call)
}

// announce tells the server's webhook of the call and reads from its answer
// where to stream to.
func announce(ctx context.Context, cfg Config, url string, call telephony.PeerCall) (telephony.Stream, error) {
	req, err := cfg.Carrier.Peer.Announce(url, call)
	if err != nil {
		return telephony.Stream{}, &SetupError{Step: "announce", Err: err}
	}
	doc, err := cfg.send(ctx, req)
	if err != nil {
		return telephony.Stream{}, &SetupError{Step: "announce", Err: err}
	}
	where, err := cfg.Carrier.Peer.ReadAnswer(doc)
	if err != nil {
		return telephony.Stream{}, &SetupError{Step: "answer", Err: err}
	}
	return where, nil
}

// openLeg starts the carrier's end of a stream.
func openLeg(cfg Config, where telephony.Stream, call telephony.PeerCall) (leg, error) {
	if where.URL == "" {
		return leg{}, &SetupError{Step: "answer", Err: fmt.Errorf("%w: no address to stream to", ErrConfig)}
	}
	stream, err := cfg.Carrier.Peer.Open(where, call)
	if err != nil {
		return leg{}, &SetupError{Step: "open", Err: err}
	}
	return leg{stream: stream, call: call, where: where}, nil
}

// dial opens the media socket within the carrier's time.
func (l leg) dial(ctx context.Context, cfg Config) (telephony.Conn, error) {
	wait := cfg.Carrier.Quirks.HandshakeWait
	if wait <= 0 {
		wait = defaultHandshake
	}
	ctx, stop := context.WithTimeout(ctx, wait)
	defer stop()
	address, header, err := cfg.upgrade(l.where)
	if err != nil {
		return nil, &SetupError{Step: "dial", Err: err}
	}
	conn, err := cfg.Dial(ctx, address, header)
	if err != nil {
		return nil, &SetupError{Step: "dial", Err: err}
	}
	return conn, nil
}

// named returns call with made-up ids where it has none.
func named(call telephony.PeerCall) telephony.PeerCall {
	for _, id := range []*string{&call.CallID, &call.AccountID, &call.StreamID} {
		if *id == "" {
			var random [16]byte
			_, _ = rand.Read(random[:]) // never fails, see crypto/rand
			*id = hex.EncodeToString(random[:])
		}
	}
	return call
}

// greet sends what the carrier says before the sound: its greeting, where it
// has one, and the stream's start.
func greet(quirks telephony.Quirks, stream telephony.PeerStream, send func(telephony.Event) error) error {
	start := stream.Start()
	if quirks.Connected {
		if err := send(telephony.Event{Kind: telephony.Connected}); err != nil {
			return &SetupError{Step: "start", Err: err}
		}
	}
	if err := send(telephony.Event{Kind: telephony.Started, Start: &start}); err != nil {
		return &SetupError{Step: "start", Err: err}
	}
	return nil
}

// samplesIn returns the samples of d at rate, rounded down.
func samplesIn(d time.Duration, rate int) int64 {
	return int64(d) * int64(rate) / int64(time.Second)
}
