package conversation_test

import (
	"errors"
	"testing"
	"time"

	"github.com/talkpath/talkpath/conversation"
)

func newScribe(t *testing.T, role conversation.Role) *stage {
	m := conversation.DefaultManners()
	m.MaxDuration = time.Minute
	s := &stage{t: t, now: begin}
	s.turn = conversation.NewScribe(m, role)
	s.turn.Begin(s.now)
	s.collect()
	return s
}

func TestAScribeWritesDownAndSaysNothing(t *testing.T) {
	s := newScribe(t, conversation.RoleCallee)
	s.pass(10 * time.Second) // silence is none of its business
	s.say("good morning")
	s.say("how can i help")
	s.wantState(conversation.Listening)
	if s.count(conversation.ActAsk) != 0 || s.count(conversation.ActSpeak) != 0 || s.count(conversation.ActHush) != 0 {
		t.Errorf("acted: %+v", s.acts)
	}
	if got := s.lines(); got != "callee: good morning\ncallee: how can i help\n" {
		t.Errorf("wrote %q", got)
	}
	if at := s.turn.Lines(s.now)[0].At; at < 9900*time.Millisecond || at > 10*time.Second {
		t.Errorf("the first line was begun at %v", at)
	}
}

func TestAScribeLeavesAtTheLongestDurationWithoutAWord(t *testing.T) {
	s := newScribe(t, conversation.RoleCaller)
	s.pass(61 * time.Second)
	if s.count(conversation.ActHangUp) != 1 || s.count(conversation.ActSpeak) != 0 {
		t.Errorf("acted: %+v", s.acts)
	}
}

func TestAScribeThatHearsNothingAnyMoreLeaves(t *testing.T) {
	s := newScribe(t, conversation.RoleCaller)
	for range 3 {
		s.talk(time.Second)
		s.pass(700 * time.Millisecond)
		s.turn.Heard(s.now, conversation.Hearing{
			Utterance: s.last(conversation.ActFinish).ID, Final: true, Err: errors.New("down"),
		})
		s.collect()
	}
	if why := s.last(conversation.ActHangUp).Leave; why != conversation.LeaveEngineFailed {
		t.Errorf("left for %v", why)
	}
}
