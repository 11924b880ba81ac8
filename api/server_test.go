package api_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"github.com/talkpath/talkpath/api"
	"github.com/talkpath/talkpath/ledger"
	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/exotel"
	"github.com/talkpath/talkpath/telephony/plivo"
	"github.com/talkpath/talkpath/telephony/telnyx"
	"github.com/talkpath/talkpath/telephony/twilio"
	"github.com/talkpath/talkpath/telephony/vonage"
	"github.com/talkpath/talkpath/telephony/wsconn"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// board is a switchboard that hangs up at once, or when it is told to, and
// notes its calls and all that is asked and told of them.
type board struct {
	stillborn bool // whether no call begins
	mu        sync.Mutex
	calls     []api.Call
	full      error
	open      int
	resumes   bool
	lost      []telephony.Lost
	told      []telephony.Status
	hold      chan struct{} // the calls end when it is closed; nil for at once
}

func (b *board) Resumes(id string, lost telephony.Lost) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lost = append(b.lost, lost)
	return b.resumes && id != ""
}

func (b *board) Report(_ string, told telephony.Status) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.told = append(b.told, told)
}

func (b *board) Ready() error { return b.full }

func (b *board) Reserve() (func(), error) {
	if b.full != nil {
		return nil, b.full
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.open++
	return func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.open--
	}, nil
}

func (b *board) Serve(c api.Call, conn telephony.Conn) (began bool) {
	b.mu.Lock()
	b.calls = append(b.calls, c)
	hold := b.hold
	b.mu.Unlock()
	if hold != nil {
		<-hold
	}
	_ = conn.Close(telephony.CloseNormal, "")
	_, _ = conn.Read()
	return !b.stillborn
}

// site is a server on loopback with a clock that the test turns.
type site struct {
	*httptest.Server
	t     *testing.T
	board *board
	book  *ledger.Ledger
	api   *api.Server
	now   time.Time
	log   *strings.Builder
}

const streamKey = "a-long-enough-stream-key"

func newSite(t *testing.T, change func(*api.Config)) *site {
	s := &site{t: t, board: &board{}, book: ledger.New(10), now: time.Now(), log: &strings.Builder{}}
	cfg := api.Config{
		Carriers: []api.CarrierConfig{
			{Carrier: twilio.Carrier()},
			{Carrier: plivo.Carrier()},
			{Carrier: telnyx.Carrier(telnyx.Config{})},
			{Carrier: vonage.Carrier()},
			{Carrier: exotel.Carrier(exotel.Config{}), Rate: 16000, StreamKey: streamKey},
		},
		Board: s.board, Ledger: s.book, Metrics: http.NotFoundHandler(), Agents: []string{"demo", "other"},
		Now: func() time.Time { return s.now }, Log: zerolog.New(s.log),
	}
	if change != nil {
		change(&cfg)
	}
	s.api = api.New(cfg)
	s.Server = httptest.NewServer(s.api)
	t.Cleanup(func() {
		s.Close()
		s.api.Wait()
		http.DefaultClient.CloseIdleConnections()
	})
	return s
}

// reply is what a request got.
type reply struct {
	status int
	header http.Header
	body   string
}

func (s *site) request(method, path string, header http.Header, body string) reply {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.URL+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header = header
	res, err := s.Client().Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return reply{res.StatusCode, res.Header, string(text)}
}

func (s *site) do(method, path, body string) (int, string) {
	s.t.Helper()
	got := s.request(method, path, http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, body)
	return got.status, got.body
}

// announce announces a call and returns where to stream it to.
func (s *site) announce(c telephony.Carrier, query string) telephony.Stream {
	s.t.Helper()
	req, err := c.Peer.Announce(s.URL+"/telephony/"+c.Name()+"/answer"+query, telephony.PeerCall{
		CallID: "CA00000000000000000000000000000001", AccountID: "AC00000000000000000000000000000001",
		StreamID: "MZ00000000000000000000000000000001", From: "+15550100001", To: "+15550100002",
	})
	if err != nil {
		s.t.Fatal(err)
	}
	res, err := s.Client().Do(req.WithContext(s.t.Context()))
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		s.t.Fatalf("answer: %d %s %v", res.StatusCode, body, err)
	}
	stream, err := c.Peer.ReadAnswer(telephony.Document{ContentType: res.Header.Get("Content-Type"), Body: body})
	if err != nil {
		s.t.Fatalf("answer %s: %v", body, err)
	}
	return stream
}

// dial opens a media socket and returns the status that refused it, or 101.
func (s *site) dial(target string) int {
	s.t.Helper()
	conn, err := wsconn.Dial(s.t.Context(), target, wsconn.Config{})
	var refused *wsconn.RefusedError
	if errors.As(err, &refused) {
		return refused.Status
	}
	if err != nil {
		s.t.Fatal(err)
	}
	_, _ = conn.Read()
	_ = conn.Close(telephony.CloseNormal, "")
	return http.StatusSwitchingProtocols
}

func TestAnAnnouncedCallGetsASocketOnce(t *testing.T) {
	for _, c := range []telephony.Carrier{
		exotel.Carrier(exotel.Config{}), plivo.Carrier(), telnyx.Carrier(telnyx.Config{}), twilio.Carrier(), vonage.Carrier(),
	} {
		t.Run(c.Name(), func(t *testing.T) {
			s := newSite(t, nil)
			stream := s.announce(c, "?agent=other")
			u, err := url.Parse(stream.URL)
			if err != nil || !regexp.MustCompile(`^/media/`+c.Name()+`/[0-9A-Za-z]{22}$`).MatchString(u.Path) {
				t.Fatalf("stream to %s", stream.URL)
			}
			if got := s.dial(stream.URL); got != http.StatusSwitchingProtocols {
				t.Fatalf("the socket was refused with %d", got)
			}
			if got := s.dial(stream.URL); got != http.StatusForbidden {
				t.Errorf("a used ticket got %d, want 403", got)
			}
			s.api.Wait()
			if len(s.board.calls) != 1 || s.board.open != 0 {
				t.Fatalf("calls %+v, %d places taken", s.board.calls, s.board.open)
			}
			call := s.board.calls[0]
			if call.Agent != "other" || call.CallID != "CA00000000000000000000000000000001" || call.From != "+15550100001" {
				t.Errorf("served %+v", call)
			}
			if c.Name() == "exotel" && call.Query.Get("sample-rate") != "16000" {
				t.Errorf("the socket's query is %v, want the configured rate", call.Query)
			}
			if stream.Params[telephony.TicketParam] != "" && stream.Params[telephony.TicketParam] != call.Ticket {
				t.Errorf("the parameter's ticket is not the path's")
			}
		})
	}
}

func TestSocketsWithoutAGoodTicketAreRefusedBeforeAnyWork(t *testing.T) {
	s := newSite(t, nil)
	base := strings.Replace(s.URL, "http", "ws", 1)
	good := s.announce(twilio.Carrier(), "").URL
	ticket := good[strings.LastIndex(good, "/")+1:]
	cases := map[string]string{
		"guessed":             base + "/media/twilio/AAAAAAAAAAAAAAAAAAAAAA",
		"another carrier's":   base + "/media/exotel/" + ticket,
		"a key where none is": base + "/media/twilio/" + streamKey,
	}
	for name, target := range cases {
		if got := s.dial(target); got != http.StatusForbidden {
			t.Errorf("%s: got %d, want 403", name, got)
		}
	}
	s.now = s.now.Add(api.TicketLife + time.Second)
	u, err := url.Parse(good)
	if err != nil {
		t.Fatal(err)
	}
	if status, _ := s.do("GET", u.Path, ""); status != http.StatusUpgradeRequired {
		t.Errorf("no handshake: got %d, want 426", status)
	}
	if got := s.dial(good); got != http.StatusForbidden {
		t.Errorf("expired: got %d, want 403", got)
	}
	if len(s.board.calls) != 0 || strings.Contains(s.log.String(), ticket) {
		t.Errorf("served %+v, logged %s", s.board.calls, s.log)
	}
}

func TestTheEndOfACallAtTheAnswerURLGetsNoTicket(t *testing.T) {
	s := newSite(t, nil)
	status, body := s.do("POST", "/telephony/plivo/answer", "CallUUID=c1&Event=Hangup&CallStatus=completed")
	if status != http.StatusOK || body != "" {
		t.Errorf("%d %q", status, body)
	}
	if told := s.board.told; len(told) != 1 || told[0].CallID != "c1" || told[0].State != telephony.StateEnded {
		t.Errorf("told %+v", told)
	}
}

// Vonage tells no call id on its socket: it has to come back in a header.
func TestTheCallsIDTravelsWhereTheStreamHasNone(t *testing.T) {
	s := newSite(t, nil)
	if got := s.announce(vonage.Carrier(), "").Params[telephony.CallParam]; got != "CA00000000000000000000000000000001" {
		t.Errorf("call id %q in the answer", got)
	}
}

func TestTheAnswerURLCanAskForARate(t *testing.T) {
	s := newSite(t, nil)
	if got := s.announce(exotel.Carrier(exotel.Config{}), "?sample-rate=24000").URL; !strings.Contains(got, "?sample-rate=24000") {
		t.Errorf("stream to %s", got)
	}
}

func TestTheFixedKeyOpensAnySocketOfItsCarrier(t *testing.T) {
	s := newSite(t, nil)
	base := strings.Replace(s.URL, "http", "ws", 1)
	for range 2 {
		if got := s.dial(base + "/media/exotel/" + streamKey + "?sample-rate=24000"); got != http.StatusSwitchingProtocols {
			t.Errorf("got %d", got)
		}
	}
}

func TestRequestsThatCanNotBeServedSayWhatToChange(t *testing.T) {
	s := newSite(t, nil)
	big := "CallSid=CA1&x=" + strings.Repeat("a", 70<<10)
	cases := map[string]struct {
		method, path, body string
		want               int
		says               string
	}{
		"unknown carrier":           {"POST", "/telephony/acme/answer", "", 404, "exotel, plivo, telnyx, twilio, vonage"},
		"unknown agent":             {"POST", "/telephony/twilio/answer?agent=x", "CallSid=CA1", 404, "demo, other"},
		"rate not offered":          {"POST", "/telephony/twilio/answer?sample-rate=16000", "CallSid=CA1", 422, "8000"},
		"no call id":                {"POST", "/telephony/twilio/answer", "From=1", 400, "CallSid"},
		"body too large":            {"POST", "/telephony/twilio/answer", big, 413, "64 KiB"},
		"unknown call":              {"GET", "/v1/calls/nope", "", 404, "GET /v1/calls"},
		"bad limit":                 {"GET", "/v1/calls?limit=many", "", 422, "limit"},
		"wrong method":              {"POST", "/v1/calls", "", 405, "GET"},
		"wrong method of a webhook": {"DELETE", "/telephony/twilio/answer", "", 405, "GET, POST"},
		"unknown path":              {"GET", "/nope", "", 404, "GET /"},
		"not a handshake":           {"GET", "/media/exotel/" + streamKey, "", 426, "WebSocket"},
		"unknown carrier 2":         {"GET", "/media/acme/x", "", 404, "no such carrier"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			status, body := s.do(c.method, c.path, c.body)
			if status != c.want || !strings.Contains(body, c.says) {
				t.Errorf("%d %s, want %d with %q", status, body, c.want, c.says)
			}
			var doc struct{ Status int }
			if c.says != "" && (json.Unmarshal([]byte(body), &doc) != nil || doc.Status != c.want) {
				t.Errorf("not a problem document: %s", body)
			}
		})
	}
}

func TestAFullServerSaysSoAndWhenToTryAgain(t *testing.T) {
	s := newSite(t, nil)
	stream := s.announce(twilio.Carrier(), "")
	s.board.full = errors.New("full house")
	for _, path := range []string{"/telephony/twilio/answer", "/readyz"} {
		if status, body := s.do("GET", path, ""); status != 503 || !strings.Contains(body, "full house") {
			t.Errorf("%s: %d %s", path, status, body)
		}
	}
	if got := s.dial(stream.URL); got != http.StatusServiceUnavailable {
		t.Errorf("the socket got %d, want 503", got)
	}
	s.board.full = nil
	if got := s.dial(stream.URL); got != http.StatusSwitchingProtocols {
		t.Errorf("the same socket got %d when there was room again", got)
	}
	if status, _ := s.do("GET", "/healthz", ""); status != 200 {
		t.Errorf("healthz %d: a full server is healthy", status)
	}
}

func TestThePublicURLDecidesWhereTheSocketOpens(t *testing.T) {
	public, err := url.Parse("https://voice.example.com/bridge/")
	if err != nil {
		t.Fatal(err)
	}
	s := newSite(t, func(c *api.Config) { c.PublicURL = public })
	if got := s.announce(twilio.Carrier(), "").URL; !strings.HasPrefix(got, "wss://voice.example.com/bridge/media/twilio/") {
		t.Errorf("stream to %s", got)
	}
}

func TestRecordsAreFoundAndListed(t *testing.T) {
	s := newSite(t, nil)
	s.book.Close(ledger.Record{
		ID: "one", Carrier: "twilio", CarrierCallID: "CA1", Ending: "agent_hung_up", HeardText: "hello",
		Turns: []ledger.Turn{}, Transcript: []ledger.Line{{Role: "agent", Text: "hello you", Heard: "hello"}},
	})
	if status, body := s.do("GET", "/v1/calls/one", ""); status != 200 || !strings.Contains(body, `"heard": "hello"`) {
		t.Errorf("%d %s", status, body)
	}
	for query, want := range map[string]int{"": 1, "?carrier_call_id=CA1": 1, "?carrier_call_id=CA2": 0} {
		var list struct{ Calls []ledger.Record }
		_, body := s.do("GET", "/v1/calls"+query, "")
		if err := json.Unmarshal([]byte(body), &list); err != nil || len(list.Calls) != want {
			t.Errorf("%q: %d calls, want %d (%v)", query, len(list.Calls), want, err)
		}
	}
}

func TestTheFrontPageNamesThePaths(t *testing.T) {
	s := newSite(t, nil)
	if status, body := s.do("GET", "/", ""); status != 200 || !strings.Contains(body, "/v1/calls") {
		t.Errorf("%d %s", status, body)
	}
}
