// Package sim plays the carrier's part of calls against a running server, and
// says what the caller heard.
//
// Place makes one call: it announces it at the server's webhook, reads the
// answer as the carrier does, opens the media socket, speaks the caller's
// turns at real time and plays what comes back in a queue of its own. The
// times in its Report come from the waveform at the caller's ear. Load makes
// many calls at once, each so cheap that it keeps no waveform.
//
// A call may outlive its stream: where the socket breaks, or the server closes
// it, the carrier opens it again or asks the server how the call goes on, and
// the same caller goes on talking over another stream. What becomes of a call
// is reported as the carrier reports it, and every request carries its proof.
//
// What differs from carrier to carrier comes from telephony.Quirks and
// telephony.Peer. The clock is the standard one, so that a whole call runs in
// virtual time inside testing/synctest.
package sim

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/talkpath/talkpath/codec"
	"github.com/talkpath/talkpath/telephony"
)

const (
	// slot is the beat of the carrier's playout: telephone networks carry
	// sound in packets of 20 ms.
	slot = 20 * time.Millisecond
	// defaultQueue is the sound that a carrier queues before it drops what
	// comes. No carrier documents its own limit; 60 s is three times
	// Vonage's 1,024 messages of 20 ms.
	defaultQueue = 60 * time.Second
	// defaultHandshake is how long a socket may take to open where the
	// carrier's quirks name no time; Exotel's 10 s.
	defaultHandshake = 10 * time.Second
	// answerWait is how long a carrier waits for the answer document
	// (Twilio, webhook connection overrides: 15 s in total).
	answerWait = 15 * time.Second
	// answerLimit is the largest answer that is read (Twilio takes 64 KB).
	answerLimit = 64 << 10
)

// Config is what calls of one carrier share. Its parts may be used by many
// calls at once.
type Config struct {
	Carrier telephony.Carrier
	Codecs  codec.Set
	// HTTP announces the calls; http.DefaultClient where nil.
	HTTP *http.Client
	// Dial opens a media socket to url with header in its upgrade request. The
	// context covers the handshake.
	Dial func(ctx context.Context, url string, header http.Header) (telephony.Conn, error)
	// Signer proves every request to be the carrier's, over the URL that is
	// called; nil leaves them without proof.
	Signer telephony.Signer
	// Rate is the samples per second asked for; zero takes the answer's or
	// the carrier's default.
	Rate int
	// Queue bounds the sound that waits to be played; more is dropped and
	// reported. Where zero, the carrier's own limit, or 60 s.
	Queue time.Duration
	// Network is what lies between the carrier and the server; the zero
	// Profile is nothing. Its random choices follow from Seed and, in a load
	// test, from the call's number.
	Network Profile
	Seed    uint64
}

// Target is the server that is called, and as whom.
type Target struct {
	// AnswerURL is the webhook at which the call is announced.
	AnswerURL string
	// MediaURL is dialled directly where AnswerURL is empty; Params are then
	// the stream's custom parameters.
	MediaURL string
	Params   map[string]string
	// Listen says what a one-way stream at MediaURL copies; ListenNone for a
	// conversation.
	Listen telephony.Listening
	// StatusURL is where the carrier reports the call's events; empty for
	// nowhere. Those of the stream go where the answer says.
	StatusURL string
	// RecoverURL is where the carrier asks how a call goes on whose stream was
	// lost, where its flow names that rather than the answer.
	RecoverURL string
	// Call names the call. Ids that are empty are made up; From and To may
	// be empty as far as the carrier allows it.
	Call telephony.PeerCall
}

// ErrConfig reports a Config, Target, Plan or LoadPlan that can't be used.
var ErrConfig = errors.New("simulator can't start")

// SetupError says at which step a call failed before its stream began.
type SetupError struct {
	Step string // "announce", "answer", "open", "speech", "dial" or "start"
	Err  error
}

func (e *SetupError) Error() string { return e.Step + ": " + e.Err.Error() }

// Unwrap returns why the step failed.
func (e *SetupError) Unwrap() error { return e.Err }

// ready returns c with its defaults filled in.
func (c Config) ready() (Config, error) {
	if c.Carrier.Peer == nil || c.Dial == nil || c.Carrier.Quirks.Packet <= 0 {
		return c, fmt.Errorf("%w: a carrier with a peer and a packet size, and a dialler are needed", ErrConfig)
	}
	if err := c.Network.Check(); err != nil {
		return c, fmt.Errorf("%w: network: %w", ErrConfig, err)
	}
	if c.HTTP == nil {
		c.HTTP = http.DefaultClient
	}
	if c.Queue <= 0 {
		c.Queue = c.Carrier.Quirks.Queue
	}
	if c.Queue <= 0 {
		c.Queue = defaultQueue
	}
	return c, nil
}
