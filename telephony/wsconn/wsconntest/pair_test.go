package wsconntest_test

import (
	"errors"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/wsconn/wsconntest"
)

func text(s string) telephony.Message { return telephony.Message{Data: []byte(s)} }

func TestMessagesArriveInOrderAndKind(t *testing.T) {
	a, b := wsconntest.Pair()
	for _, msg := range []telephony.Message{text("one"), {Binary: true, Data: []byte{2}}, text("")} {
		if err := a.Write(msg); err != nil {
			t.Fatal(err)
		}
		got, err := b.Read()
		if err != nil || got.Binary != msg.Binary || string(got.Data) != string(msg.Data) {
			t.Errorf("got %v %v, want %v", got, err, msg)
		}
	}
}

func TestDataIsGoodUntilTheNextReadOnly(t *testing.T) {
	a, b := wsconntest.Pair()
	sent := []byte("first")
	if err := a.Write(telephony.Message{Data: sent}); err != nil {
		t.Fatal(err)
	}
	sent[0] = 'F' // the writer keeps its bytes
	first, _ := b.Read()
	if string(first.Data) != "first" {
		t.Errorf("writer's later change came through: %q", first.Data)
	}
	if err := a.Write(text("second")); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Read(); err != nil {
		t.Fatal(err)
	}
	if string(first.Data) == "first" {
		t.Error("data of the first message survived the second read: the double hides a fault")
	}
}

func TestCloseReachesThePeerBehindWhatWasWritten(t *testing.T) {
	a, b := wsconntest.Pair()
	_ = a.Write(text("last words"))
	if err := a.Close(telephony.CloseGoingAway, "deploy"); err != nil {
		t.Fatal(err)
	}
	if err := a.Close(telephony.CloseNormal, ""); err != nil {
		t.Fatal(err)
	}
	if msg, err := b.Read(); err != nil || string(msg.Data) != "last words" {
		t.Errorf("got %q %v, want what was written before the close", msg.Data, err)
	}
	for range 2 {
		_, err := b.Read()
		var closed *telephony.CloseError
		if !errors.As(err, &closed) || closed.Code != telephony.CloseGoingAway || closed.Reason != "deploy" {
			t.Errorf("peer's Read gave %v, want 1001 deploy", err)
		}
	}
	if _, err := a.Read(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("own Read gave %v, want net.ErrClosed", err)
	}
	for _, end := range []telephony.Conn{a, b} {
		if err := end.Write(text("late")); !errors.Is(err, net.ErrClosed) {
			t.Errorf("Write after close gave %v, want net.ErrClosed", err)
		}
	}
}

func TestVanishingLosesWhatWasNotRead(t *testing.T) {
	a, b := wsconntest.Pair()
	_ = a.Write(text("lost"))
	_ = a.Close(telephony.CloseAbnormal, "")
	_, err := b.Read()
	var closed *telephony.CloseError
	if !errors.As(err, &closed) || closed.Code != telephony.CloseAbnormal {
		t.Errorf("got %v, want 1006", err)
	}
}

func TestTooBigAMessageClosesBothEnds(t *testing.T) {
	a, b := wsconntest.Pair()
	if err := a.Write(telephony.Message{Data: make([]byte, telephony.MaxMessageBytes)}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Read(); err != nil {
		t.Errorf("largest message: %v", err)
	}
	_ = a.Write(telephony.Message{Data: make([]byte, telephony.MaxMessageBytes+1)})
	for _, end := range []telephony.Conn{a, b} {
		_, err := end.Read()
		var closed *telephony.CloseError
		if !errors.As(err, &closed) || closed.Code != telephony.CloseTooBig {
			t.Errorf("got %v, want 1009", err)
		}
	}
}

func TestAWaitingReadLetsFakeTimePassAndEndsWithClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := wsconntest.Pair()
		begun := time.Now()
		time.AfterFunc(time.Hour, func() { _ = a.Write(text("at last")) })
		if msg, err := b.Read(); err != nil || string(msg.Data) != "at last" {
			t.Errorf("got %q %v", msg.Data, err)
		}
		if took := time.Since(begun); took != time.Hour {
			t.Errorf("read ended after %v, want an hour", took)
		}
		time.AfterFunc(time.Minute, func() { _ = b.Close(telephony.CloseNormal, "") })
		if _, err := b.Read(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("own close ended the read with %v, want net.ErrClosed", err)
		}
	})
}
