package sim_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/sim"
)

const (
	recoverURL = "https://agent.example/recover"
	statusURL  = "https://agent.example/status"
)

// lineman is a carrier that speaks as another does, and also asks how calls go
// on and reports them. Its answers name the URLs that it has.
type lineman struct {
	telephony.Peer
	recoverURL, statusURL string
	listen                telephony.Listening
	unasked               telephony.StreamEnd // an end of which nothing is asked; StreamFailed for none
}

// goOn is what a lineman reads: where to stream to, or to announce the call
// again, or that the call is over.
type goOn struct {
	URL   string
	Again bool
	Over  bool
}

func (l lineman) ReadAnswer(doc telephony.Document) (telephony.Stream, error) {
	s, err := l.Peer.ReadAnswer(doc)
	s.RecoverURL, s.StatusURL, s.Listen = l.recoverURL, l.statusURL, l.listen
	return s, err
}

func (l lineman) AskRecover(flow string, s telephony.Stream, call telephony.PeerCall, why telephony.StreamEnd) (*http.Request, error) {
	if s.RecoverURL != "" {
		flow = s.RecoverURL
	}
	if why == l.unasked && why != telephony.StreamFailed {
		return nil, telephony.ErrUnsendable
	}
	return telephony.PostForm(flow, url.Values{
		"why": {[]string{"closed", "broken", "failed"}[why]}, "call": {call.CallID}, "stream": {call.StreamID},
	})
}

func (l lineman) ReadRecover(doc telephony.Document) (telephony.Stream, bool, error) {
	var told goOn
	if doc.Status == http.StatusFound {
		return telephony.Stream{}, false, telephony.ErrCallOver
	}
	if err := json.Unmarshal(doc.Body, &told); err != nil {
		return telephony.Stream{}, false, err
	}
	if told.Over {
		return telephony.Stream{}, false, telephony.ErrCallOver
	}
	return telephony.Stream{URL: told.URL, RecoverURL: l.recoverURL, StatusURL: l.statusURL}, told.Again, nil
}

func (l lineman) Report(to string, call telephony.PeerCall, told telephony.Status) (*http.Request, error) {
	if told.State == telephony.StateRinging {
		return nil, telephony.ErrUnsendable
	}
	return telephony.PostForm(to, url.Values{
		"call": {call.CallID}, "stream": {told.StreamID}, "state": {told.State.String()},
		"ending": {string(told.Ending)}, "fault": {told.Fault}, "lasted": {told.Duration.String()},
	})
}

// office is a server that lineman's calls reach, and what they asked it.
type office struct {
	*server
	answers []goOn // to the questions, in order; the last one serves for all that follow
	mu      sync.Mutex
	asked   []url.Values
	told    []url.Values
	before  func(*office) // what happens before a question is answered
}

// onLineman returns a server on whose carrier calls outlive their sockets.
func onLineman(script func(*agent), answers ...goOn) *office {
	o := &office{server: onTwilio(script), answers: answers, before: func(*office) {}}
	o.carrier.Peer = lineman{o.carrier.Peer, recoverURL, statusURL, telephony.ListenNone, telephony.StreamFailed}
	o.web = map[string]func(*http.Request) (telephony.Document, error){"/recover": o.recover, "/status": o.status}
	return o
}

// lineman changes the carrier.
func (o *office) lineman(change func(*lineman)) {
	l := o.carrier.Peer.(lineman)
	change(&l)
	o.carrier.Peer = l
}

// here is where the media sockets of an office are.
var here = goOn{URL: "wss://agent.example/media"}

func (o *office) recover(r *http.Request) (telephony.Document, error) {
	if err := r.ParseForm(); err != nil {
		return telephony.Document{}, err
	}
	o.mu.Lock()
	o.asked = append(o.asked, r.PostForm)
	answer := o.answers[min(len(o.asked), len(o.answers))-1]
	o.mu.Unlock()
	o.before(o)
	if err := r.Context().Err(); err != nil {
		return telephony.Document{}, err
	}
	body, err := json.Marshal(answer)
	return telephony.Document{Body: body}, err
}

func (o *office) status(r *http.Request) (telephony.Document, error) {
	if err := r.ParseForm(); err != nil {
		return telephony.Document{}, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.told = append(o.told, r.PostForm)
	return telephony.Document{Status: http.StatusNoContent}, nil
}

// questions returns why the server was asked, in order.
func (o *office) questions() (why []string) {
	for _, form := range o.asked {
		why = append(why, form.Get("why"))
	}
	return why
}

// call runs one call in virtual time and then judges it.
func (o *office) call(t *testing.T, plan sim.Plan, judge func(*testing.T, *sim.Report)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		o.t = t
		report, err := sim.Place(t.Context(), o.config(), answering, plan)
		if err != nil {
			t.Fatal(err)
		}
		o.wg.Wait()
		judge(t, report)
	})
}
