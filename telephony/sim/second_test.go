package sim_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/sim"
)

func TestASecondSocketTakesTheStreamOver(t *testing.T) {
	// The first socket goes on to play until well behind the grace, and the
	// second is heard from 1120 ms.
	prattle := func(a *agent) {
		for at := 5 * ms; at < 2*time.Second && a.at(at); at += 20 * ms {
			a.raw(a.codec.Encode(nil, square(20*ms, a.format.Rate)))
		}
	}
	for _, c := range []struct {
		name   string
		first  func(*agent)
		faults []string
	}{
		{"first goes on", prattle, []string{"sound on a socket that was replaced (25 times)"}},
		{"first falls silent in time", saying(1205*ms, 200*ms), []string{}},
		{"first marks", func(a *agent) {
			if a.at(1605 * ms) {
				a.mark("late")
			}
		}, []string{"message on a socket that was replaced"}},
		{"server closes the first", func(a *agent) {
			if a.at(1205 * ms) {
				a.hangUp()
			}
		}, []string{}},
		{"server breaks the first", func(a *agent) {
			if a.at(1205 * ms) {
				_ = a.conn.Close(telephony.CloseInternal, "")
			}
		}, []string{}},
	} {
		s := onTwilio(onEach(c.first, saying(105*ms, 400*ms)))
		plan := sim.Plan{HangUpAfter: 2 * time.Second, Patience: 3 * time.Second, SecondSocket: time.Second}
		place(t, s, plan, func(r called) {
			if r.Ending != telephony.CallerHungUp || !slices.Equal(r.Errors, c.faults) {
				t.Errorf("%s: ended %q, errors %q", c.name, r.Ending, r.Errors)
			}
			if len(r.Streams) != 2 || r.Streams[0].ID != r.Streams[1].ID || r.Streams[0].End != "replaced" || *r.Streams[1].Resumed != sim.Millis(120*ms) {
				t.Fatalf("%s: streams %+v", c.name, r.Streams)
			}
			if d := time.Duration(r.Duration); d != 3520*ms {
				t.Errorf("%s: call lasted %v, want until 2 s after the second's word", c.name, d)
			}
			for i, a := range s.agents {
				start := a.of(telephony.Started)[0].Start
				if start.StreamID != r.Streams[0].ID || start.CallID != r.Call || len(a.of(telephony.Stopped)) != i {
					t.Errorf("%s: socket %d: %+v, %d stops", c.name, i+1, start, len(a.of(telephony.Stopped)))
				}
			}
			if n := len(s.agents[0].of(telephony.Audio)); n > 51 {
				t.Errorf("%s: %d packets on the first socket, want a second's", c.name, n)
			}
		})
	}
}

func TestASecondSocketIsDialledAndSignedAsTheFirst(t *testing.T) {
	for _, refused := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			s := onTwilio(func(*agent) {})
			s.t = t
			cfg := s.config()
			cfg.Signer = notary{}
			var dialled []string
			cfg.Dial = func(ctx context.Context, url string, header http.Header) (telephony.Conn, error) {
				dialled = append(dialled, header.Get(proof))
				if refused && len(dialled) == 2 {
					return nil, errors.New("refused")
				}
				return s.dial(ctx, url, header)
			}
			begun := time.Now()
			r, err := sim.Place(t.Context(), cfg, answering, sim.Plan{Patience: 3 * time.Second, SecondSocket: time.Second})
			if err != nil {
				t.Fatal(err)
			}
			s.wg.Wait()
			const url = "wss://agent.example/media "
			want := []string{url + begun.Format(time.RFC3339), url + begun.Add(time.Second).Format(time.RFC3339)}
			if !slices.Equal(dialled, want) {
				t.Errorf("proofs %q, want %q", dialled, want)
			}
			faults := []string{}
			if refused {
				faults = []string{"second socket: dial: refused"}
			}
			if !slices.Equal(r.Errors, faults) || r.Ending != telephony.CallerHungUp {
				t.Errorf("refused %v: ended %q, errors %q", refused, r.Ending, r.Errors)
			}
		})
	}
}

func TestASocketThatBreaksWhileASecondIsOpenedIsReplacedByIt(t *testing.T) {
	for _, refused := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			o := onLineman(onEach(func(*agent) {}, func(*agent) {}), here)
			o.t = t
			cfg := o.config()
			dials := 0
			cfg.Dial = func(ctx context.Context, url string, header http.Header) (telephony.Conn, error) {
				if dials++; dials == 2 {
					time.Sleep(500 * ms)
					if refused {
						return nil, errors.New("refused")
					}
				}
				return o.dial(ctx, url, header)
			}
			plan := sim.Plan{Patience: 3 * time.Second, SecondSocket: time.Second, Breaks: []time.Duration{1200 * ms}}
			r, err := sim.Place(t.Context(), cfg, answering, plan)
			if err != nil {
				t.Fatal(err)
			}
			o.wg.Wait()
			asked := 0
			if refused {
				asked = 1
			}
			if len(o.asked) != asked || r.Ending != telephony.CallerHungUp || len(r.Streams) != 2 || r.Streams[1].Start != sim.Millis(1500*ms) {
				t.Errorf("refused %v: asked %q, ended %q, streams %+v", refused, o.questions(), r.Ending, r.Streams)
			}
		})
	}
}
