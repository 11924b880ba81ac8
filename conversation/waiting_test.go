package conversation_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/talkpath/talkpath/conversation"
)

func (s *stage) wantWaiting(want bool, when string) {
	s.t.Helper()
	if got := s.turn.Waiting(); got != want {
		s.t.Errorf("waiting is %v %s (%v)", got, when, s.turn.State())
	}
}

func TestACallerWaitsFromTheirLastWordToTheReplyAndBetweenItsSentences(t *testing.T) {
	s := newStage(t, nil)
	s.wantWaiting(false, "before the greeting")
	s.greet()
	s.wantWaiting(false, "in the caller's turn")
	s.talk(time.Second)
	s.wantWaiting(false, "while the caller speaks")
	s.pass(700 * time.Millisecond)
	s.wantWaiting(true, "for the recognizer")
	s.understand("hello")
	s.wantWaiting(true, "for the dialogue")
	s.turn.ReplyText(s.now, s.last(conversation.ActAsk).ID, "One. ")
	s.collect()
	s.wantWaiting(true, "for the voice")
	s.speak(time.Second)
	s.wantWaiting(true, "for the next sentence")
	s.turn.ReplyDone(s.now, s.last(conversation.ActAsk).ID, conversation.Next{}, nil)
	s.wantWaiting(false, "behind the last sentence")
	s.played()
	s.wantWaiting(false, "in the caller's turn")
}

func TestACallerWhoGoesOnDoesNotWait(t *testing.T) {
	s := newStage(t, nil)
	s.greet()
	s.talk(time.Second)
	s.pass(700 * time.Millisecond)
	s.talk(100 * time.Millisecond)
	s.wantWaiting(false, "while the caller goes on")
	s.pass(700 * time.Millisecond)
	s.wantWaiting(true, "again")
	s.turn.Lost(s.now, 0)
	s.wantWaiting(false, "without a line")
}

func TestComfortNoiseIsSoftOrNone(t *testing.T) {
	for level, good := range map[float64]bool{0: true, -90: true, -60: true, -35: true, -34: false, -91: false, 3: false, math.NaN(): false} {
		m := conversation.DefaultManners()
		m.ComfortNoise = level
		if err := m.Check(); (err == nil) != good || err != nil && !strings.HasPrefix(err.Error(), "comfort_noise") {
			t.Errorf("%v dBFS: %v", level, err)
		}
	}
}
