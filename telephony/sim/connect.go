package sim

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/talkpath/talkpath/telephony"
)

// leg is a stream that is agreed upon and not yet dialled.
type leg struct {
	stream telephony.PeerStream
	call   telephony.PeerCall
	url    string
}

// agree announces the call, reads the answer and opens the carrier's end of
// the stream. No socket is open yet.
func agree(ctx context.Context, cfg Config, target Target) (leg, error) {
	call := named(target.Call)
	if call.Rate == 0 {
		call.Rate = cfg.Rate
	}
	where := telephony.Stream{URL: target.MediaURL, Params: target.Params, Rate: cfg.Rate}
	if target.AnswerURL != "" {
		doc, err := announce(ctx, cfg, target.AnswerURL, call)
		if err != nil {
			return leg{}, &SetupError{Step: "announce", Err: err}
		}
		if where, err = cfg.Carrier.Peer.ReadAnswer(doc); err != nil {
			return leg{}, &SetupError{Step: "answer", Err: err}
		}
	}
	if where.URL == "" {
		return leg{}, &SetupError{Step: "answer", Err: fmt.Errorf("%w: no address to stream to", ErrConfig)}
	}
	stream, err := cfg.Carrier.Peer.Open(where, call)
	if err != nil {
		return leg{}, &SetupError{Step: "open", Err: err}
	}
	return leg{stream: stream, call: call, url: where.URL}, nil
}

// dial opens the media socket within the carrier's time.
func (l leg) dial(ctx context.Context, cfg Config) (telephony.Conn, error) {
	wait := cfg.Carrier.Quirks.HandshakeWait
	if wait <= 0 {
		wait = defaultHandshake
	}
	ctx, stop := context.WithTimeout(ctx, wait)
	defer stop()
	conn, err := cfg.Dial(ctx, l.url)
	if err != nil {
		return nil, &SetupError{Step: "dial", Err: err}
	}
	return conn, nil
}

// announce tells the server's webhook of the call and returns its answer.
func announce(ctx context.Context, cfg Config, url string, call telephony.PeerCall) (telephony.Document, error) {
	ctx, stop := context.WithTimeout(ctx, answerWait)
	defer stop()
	req, err := cfg.Carrier.Peer.Announce(url, call)
	if err != nil {
		return telephony.Document{}, err
	}
	res, err := cfg.HTTP.Do(req.WithContext(ctx))
	if err != nil {
		return telephony.Document{}, err
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, answerLimit+1))
	if closed := res.Body.Close(); err == nil {
		err = closed
	}
	switch {
	case err != nil:
		return telephony.Document{}, err
	case res.StatusCode < http.StatusOK || res.StatusCode >= http.StatusMultipleChoices:
		return telephony.Document{}, fmt.Errorf("webhook answered %s", res.Status)
	case len(body) > answerLimit:
		return telephony.Document{}, fmt.Errorf("answer is larger than %d bytes", answerLimit)
	}
	return telephony.Document{ContentType: res.Header.Get("Content-Type"), Body: body}, nil
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
