package telephonytest

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/talkpath/talkpath/telephony"
)

// recoverURL is where the carrier asks how a call goes on.
const recoverURL = "https://bridge.example.com/telephony/carrier/recover/7fQzTicket0123456789ab?call=c1&attempt=1"

// testRecovery follows a call from a stream that breaks to the next stream,
// and to its end.
func testRecovery(t *testing.T, c telephony.Carrier) {
	if c.Recovery == nil {
		t.Skip("this carrier can't be asked for another stream")
	}
	for _, why := range []telephony.StreamEnd{telephony.StreamBroken, telephony.StreamFailed, telephony.StreamClosed} {
		lost, first := loseStream(t, c, why)
		if why == telephony.StreamClosed {
			continue // whether that is the end of the call is for the carrier to say
		}
		if !lost.Asks || lost.Done || lost.Ending != telephony.EndingNone {
			t.Errorf("stream end %d is read as %+v", why, lost)
		}
		next := streamTo(c, "8gRaTicket0123456789cd")
		doc, err := c.Recovery.Resume(next)
		if err != nil {
			t.Fatal(err)
		}
		told, again, err := c.Peer.ReadRecover(doc)
		if err == nil && again {
			told = announceAgain(t, c, next)
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, doc.Body)
		}
		if base, _, _ := strings.Cut(told.URL, "?"); base != next.URL || told.URL == first.URL {
			t.Errorf("the carrier dials %s, asked was %s", told.URL, next.URL)
		}
		if diff := cmp.Diff(next.Params, told.Params, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("parameters (-asked +told):\n%s", diff)
		}
	}
	unplanted := telephony.Stream{URL: "wss://bridge.example.com/media/" + c.Name() + "/7fQzTicket0123456789ab"}
	_, err := c.Peer.AskRecover("", unplanted, reportedCall("a"), telephony.StreamBroken)
	wantError(t, "nobody to ask", err, telephony.ErrUnsendable)
	doc, err := c.Recovery.Leave()
	if err != nil {
		t.Fatal(err)
	}
	if s, again, err := c.Peer.ReadRecover(doc); !errors.Is(err, telephony.ErrCallOver) {
		t.Errorf("%s leads to %+v, %v, %v", doc.Body, s, again, err)
	}
	t.Run("hostile", func(t *testing.T) { testHostileRecovery(t, c) })
}

// streamTo returns a stream with a ticket, planted for recovery.
func streamTo(c telephony.Carrier, ticket string) telephony.Stream {
	return telephony.Stream{
		URL:        "wss://bridge.example.com/media/" + c.Name() + "/" + ticket,
		Params:     map[string]string{telephony.TicketParam: ticket},
		RecoverURL: recoverURL,
		StatusURL:  statusURL,
	}
}

// loseStream opens a stream, loses it, and returns what the carrier asks then.
func loseStream(t *testing.T, c telephony.Carrier, why telephony.StreamEnd) (telephony.Lost, telephony.Stream) {
	t.Helper()
	told := announceAgain(t, c, streamTo(c, "7fQzTicket0123456789ab"))
	if told.RecoverURL != "" && told.RecoverURL != recoverURL || told.StatusURL != "" && told.StatusURL != statusURL {
		t.Errorf("the carrier is to ask %q and to report to %q", told.RecoverURL, told.StatusURL)
	}
	call := reportedCall("a")
	r, err := c.Peer.AskRecover(recoverURL, told, call, why)
	if why == telephony.StreamClosed && errors.Is(err, telephony.ErrUnsendable) {
		return telephony.Lost{}, told
	}
	if err != nil {
		t.Fatalf("ask: %v", err)
	}
	// A carrier may put fields of its own beside ours in the query.
	if base, _, _ := strings.Cut(recoverURL, "?"); !strings.HasPrefix(r.URL.String(), base+"?") ||
		r.URL.Query().Get("call") != "c1" || r.URL.Query().Get("attempt") != "1" {
		t.Errorf("the carrier asks %v, told was %s", r.URL, recoverURL)
	}
	lost, err := c.Recovery.ReadLost(r)
	if err != nil {
		t.Fatalf("read: %v", err)
	}
	if lost.CallID != "" && lost.CallID != call.CallID || lost.StreamID != "" && lost.StreamID != call.StreamID {
		t.Errorf("the carrier asks for call %q, stream %q", lost.CallID, lost.StreamID)
	}
	return lost, told
}

// announceAgain returns what the carrier is told to stream to by our answer.
func announceAgain(t *testing.T, c telephony.Carrier, s telephony.Stream) telephony.Stream {
	t.Helper()
	doc, err := c.Webhook.Answer(s)
	if err != nil {
		t.Fatal(err)
	}
	told, err := c.Peer.ReadAnswer(doc)
	if err != nil {
		t.Fatalf("%v in\n%s", err, doc.Body)
	}
	return told
}

// testHostileRecovery checks that nothing which is put into a document changes
// what the document says: it is refused, or comes back as it was.
func testHostileRecovery(t *testing.T, c telephony.Carrier) {
	const good = "wss://bridge.example.com/media"
	injected := []string{
		`"/><Hangup/><x a="`, `</Redirect><Hangup/>`, `]]><Hangup/>`, `","action":"hangup","x":"`, `"}],[{"action":"talk"}`,
		"\r\nX-Header: 1", "nul\x00", "\xff", "&lt;&amp;", "<!--", "${x}", "%0d%0a",
	}
	for _, text := range injected {
		for name, s := range map[string]telephony.Stream{
			"stream":    {URL: good + "/" + text},
			"parameter": {URL: good, Params: map[string]string{telephony.TicketParam: text}},
			"name":      {URL: good, Params: map[string]string{text: "v"}},
			"recovery":  {URL: good, RecoverURL: "https://bridge.example.com/recover/" + text},
			"status":    {URL: good, StatusURL: "https://bridge.example.com/status/" + text},
		} {
			if doc, err := c.Recovery.Resume(s); err == nil {
				told, again, readErr := c.Peer.ReadRecover(doc)
				comesBack(t, name+" in a resumption", s, told, again, readErr)
			}
			if doc, err := c.Webhook.Answer(s); err == nil {
				told, readErr := c.Peer.ReadAnswer(doc)
				comesBack(t, name+" in an answer", s, told, false, readErr)
			}
		}
	}
	for _, bad := range []string{"https://", "javascript:alert(1)", "/recover", "recover", "ftp://bridge.example.com/r", "https://bad host/"} {
		for name, s := range map[string]telephony.Stream{"recovery": {URL: good, RecoverURL: bad}, "status": {URL: good, StatusURL: bad}} {
			doc, err := c.Webhook.Answer(s)
			if err != nil {
				continue
			}
			if told, err := c.Peer.ReadAnswer(doc); err != nil || told.RecoverURL != "" || told.StatusURL != "" {
				t.Errorf("%s at %q: answered %s", name, bad, doc.Body)
			}
		}
	}
}

// comesBack checks that the carrier reads what was asked of it, or nothing.
func comesBack(t *testing.T, what string, asked, told telephony.Stream, again bool, err error) {
	t.Helper()
	if again {
		return // the document says nothing of the stream
	}
	var violation *telephony.Violation
	if errors.As(err, &violation) {
		return // refused by the carrier, not read as something else
	}
	if err != nil {
		t.Errorf("%s: %+v gives %v", what, asked, err)
		return
	}
	base, _, _ := strings.Cut(told.URL, "?")
	if base != asked.URL || told.RecoverURL != "" && told.RecoverURL != asked.RecoverURL ||
		told.StatusURL != "" && told.StatusURL != asked.StatusURL {
		t.Errorf("%s: %+v becomes %+v", what, asked, told)
	}
	if diff := cmp.Diff(asked.Params, told.Params, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("%s: parameters (-asked +told):\n%s", what, diff)
	}
}
