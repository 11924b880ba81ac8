package telnyx_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"net/http"
	"net/url"
	"path"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/rs/zerolog"

	"github.com/talkpath/talkpath/bridge"
	"github.com/talkpath/talkpath/codec"
	"github.com/talkpath/talkpath/codec/g711"
	"github.com/talkpath/talkpath/codec/g722"
	"github.com/talkpath/talkpath/codec/l16"
	"github.com/talkpath/talkpath/codec/opus"
	"github.com/talkpath/talkpath/codec/resample"
	"github.com/talkpath/talkpath/conversation"
	"github.com/talkpath/talkpath/ledger"
	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/media/pace"
	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/sim"
	"github.com/talkpath/talkpath/telephony/wsconn/wsconntest"
)

// office takes one call in memory and virtual time, from the webhook to the
// hang-up.
type office struct {
	t       *testing.T
	carrier telephony.Carrier
	format  media.Format // asked for in the answer
	call    telephony.PeerCall
	log     bytes.Buffer

	board  *bridge.Switchboard
	agent  *bridge.Agent
	known  telephony.Incoming
	served sync.WaitGroup
	record ledger.Record
}

const ticket = "7fQzTicket0123456789ab"

func open(t *testing.T, carrier telephony.Carrier, format media.Format) *office {
	t.Helper()
	return &office{t: t, carrier: carrier, format: format, call: telephony.PeerCall{
		CallID: "v3:on-the-stream", AccountID: "acc-1", StreamID: "7c9e6679-0000-4000-8000-00000000000a",
		From: "+15550100001", To: "+15550100002",
	}}
}

// take makes the call to agent and returns what both sides saw of it.
func (o *office) take(agent conversation.Agent, plan sim.Plan) (report *sim.Report, record ledger.Record) {
	o.t.Helper()
	synctest.Test(o.t, func(t *testing.T) {
		wheel := pace.NewWheelWith(pace.WheelConfig{Shards: 1})
		beat, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- wheel.Run(beat) }()
		agent.Manners, agent.Name = conversation.DefaultManners(), "test"
		var err error
		if o.agent, err = bridge.NewAgent(t.Context(), agent); err != nil {
			t.Fatal(err)
		}
		o.board = bridge.New(bridge.Config{Codecs: codecs(), Wheel: wheel, Ledger: ledger.New(10), Log: zerolog.New(&o.log)})
		report, err = sim.Place(t.Context(), sim.Config{
			Carrier: o.carrier, Codecs: codecs(), HTTP: &http.Client{Transport: o}, Dial: o.dial,
		}, sim.Target{AnswerURL: "http://office.example/telephony/telnyx/answer?agent=a1", Call: o.call}, plan)
		if err != nil {
			t.Fatal(err)
		}
		o.served.Wait()
		stop()
		if err = <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("wheel: %v", err)
		}
	})
	if report == nil {
		o.t.FailNow()
	}
	return report, o.record
}

// RoundTrip is the office's webhook.
func (o *office) RoundTrip(r *http.Request) (*http.Response, error) {
	call, err := o.carrier.Webhook.ReadCall(r)
	if err != nil {
		return nil, err
	}
	o.known = call
	o.known.CallID = "v3:in-the-webhook" // nobody promises that it is the stream's
	doc, err := o.carrier.Webhook.Answer(telephony.Stream{
		URL: "wss://office.example/media/telnyx/" + ticket, Rate: o.format.Rate, Encoding: o.format.Encoding,
		Params: map[string]string{telephony.TicketParam: ticket},
	})
	if err != nil {
		return nil, err
	}
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {doc.ContentType}},
		Body: io.NopCloser(bytes.NewReader(doc.Body)),
	}, nil
}

func (o *office) dial(ctx context.Context, to string, _ http.Header) (telephony.Conn, error) {
	u, err := url.Parse(to)
	if err != nil || path.Base(u.Path) != ticket {
		return nil, errors.New("no such ticket")
	}
	theirs, ours := wsconntest.Pair()
	o.served.Go(func() {
		o.record = o.board.Serve(context.WithoutCancel(ctx), bridge.Entry{
			ID: "call", Carrier: o.carrier, Query: u.Query(), Agent: o.agent,
			Ticket: ticket, CallID: o.known.CallID, From: o.known.From, To: o.known.To,
		}, ours)
	})
	return theirs, nil
}

func codecs() codec.Set {
	return codec.Set{
		Codecs: map[media.Encoding]func(int) (codec.Codec, error){
			media.PCMU: g711.NewMuLaw, media.PCMA: g711.NewALaw, media.L16: l16.New,
			media.G722: g722.New, media.Opus: opus.New,
		},
		Resample: func(from, to int) (codec.Resampler, error) { return resample.New(from, to) },
	}
}

func transcript(r ledger.Record) string {
	lines := make([]string, 0, len(r.Transcript))
	for _, l := range r.Transcript {
		lines = append(lines, l.Role+": "+l.Text)
	}
	return strings.Join(lines, "|")
}

// wantPitch checks that the loud parts of pcm repeat hertz times a second: a
// period later they are much the same.
func wantPitch(t *testing.T, what string, pcm []int16, rate int, hertz float64) {
	t.Helper()
	period := int(math.Round(float64(rate) / hertz))
	var same, all float64
	loud := 0
	for i := period; i < len(pcm); i++ {
		if a := float64(pcm[i]); math.Abs(a) > 1500 {
			same += a * float64(pcm[i-period])
			all += a * a
			loud++
		}
	}
	if loud < rate/10 || same < 0.6*all {
		t.Errorf("%s: %d loud samples, of which %.2f repeat at %.0f Hz", what, loud, same/max(all, 1), hertz)
	}
}
