package sim_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/sim"
)

func TestASocketThatCantBeOpenedIsAskedAboutAgain(t *testing.T) {
	nowhere := goOn{URL: "wss://nowhere.example/media"}
	for _, c := range []struct {
		answers []goOn
		ending  telephony.Ending
		asked   []string
		faults  int
	}{
		{[]goOn{nowhere, here}, telephony.CallerHungUp, []string{"broken", "failed"}, 0},
		{[]goOn{nowhere, {Over: true}}, telephony.MediaLost, []string{"broken", "failed"}, 0},
		{[]goOn{nowhere}, telephony.MediaLost, []string{"broken", "failed", "failed", "failed", "failed"}, 1},
	} {
		o := onLineman(onEach(func(*agent) {}, func(*agent) {}), c.answers...)
		plan := sim.Plan{Patience: 2 * time.Second, Breaks: []time.Duration{time.Second}}
		o.call(t, plan, func(t *testing.T, r *sim.Report) {
			if r.Ending != c.ending || len(r.Errors) != c.faults || !slices.Equal(o.questions(), c.asked) {
				t.Errorf("%+v: ended %q, errors %q, asked %q", c.answers, r.Ending, r.Errors, o.questions())
			}
		})
	}
}

func TestACarrierGivesUpAServerThatDropsEverySocket(t *testing.T) {
	o := onLineman(func(a *agent) { _ = a.conn.Close(telephony.CloseAbnormal, "") }, here)
	o.call(t, sim.Plan{}, func(t *testing.T, r *sim.Report) {
		if r.Ending != telephony.MediaLost || len(r.Streams) != 6 || len(o.asked) != 5 {
			t.Errorf("ended %q, %d streams, asked %d times", r.Ending, len(r.Streams), len(o.asked))
		}
		if len(r.Errors) != 2 || !strings.Contains(r.Errors[0], "more than 5 times") {
			t.Errorf("errors %q", r.Errors)
		}
	})
}

func TestACarrierThatRedialsOpensTheSameStreamAgain(t *testing.T) {
	for _, c := range []struct {
		refused int // dials behind the first that fail
		asked   []string
		ending  telephony.Ending
		same    bool
	}{
		{0, nil, telephony.CallerHungUp, true},
		{1, nil, telephony.CallerHungUp, true},
		{2, []string{"failed"}, telephony.CallerHungUp, false},
	} {
		synctest.Test(t, func(t *testing.T) {
			o := onLineman(onEach(func(*agent) {}, func(*agent) {}), here)
			o.t, o.carrier.Quirks.Redials = t, true
			cfg := o.config()
			dials := 0
			cfg.Dial = func(ctx context.Context, url string, header http.Header) (telephony.Conn, error) {
				if dials++; dials > 1 && dials <= 1+c.refused {
					return nil, errors.New("refused")
				}
				return o.dial(ctx, url, header)
			}
			r, err := sim.Place(t.Context(), cfg, answering, sim.Plan{Patience: 2 * time.Second, Breaks: []time.Duration{time.Second}})
			if err != nil {
				t.Fatal(err)
			}
			o.wg.Wait()
			if r.Ending != c.ending || !slices.Equal(o.questions(), c.asked) || len(r.Streams) != 2 {
				t.Fatalf("%d refused: ended %q, asked %q, streams %+v", c.refused, r.Ending, o.questions(), r.Streams)
			}
			if same := r.Streams[0].ID == r.Streams[1].ID; same != c.same {
				t.Errorf("%d refused: streams %+v", c.refused, r.Streams)
			}
		})
	}
}
