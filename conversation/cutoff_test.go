package conversation_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/talkpath/talkpath/conversation"
)

// cutOff breaks the line after the caller has heard part of what was sent, and
// brings it back after a while. The new line's sound counts from zero.
func (s *stage) cutOff(heard, away time.Duration) {
	s.turn.Lost(s.now, heard)
	s.collect()
	s.pass(away)
	s.sent, s.heard = 0, 0
	s.turn.Back(s.now)
	s.collect()
}

const back = "Sorry, we were cut off."

func TestWhatWasNotHeardIsSaidWhenTheLineIsBack(t *testing.T) {
	s := newStage(t, nil)
	s.greet()
	s.say("hi")
	s.reply("First comes this. Then comes that. And the end.", conversation.Next{})
	s.speak(2 * time.Second)
	s.speak(2 * time.Second)
	s.cutOff(2*time.Second+time.Second, 5*time.Second) // half of the second sentence
	s.wantSpoken(back, true)
	s.speak(time.Second)
	s.wantSpoken("comes that.", false)
	s.speak(time.Second)
	s.wantSpoken("And the end.", false)
	s.speak(time.Second)
	s.played()
	s.wantState(conversation.Listening)
	want := "agent: Hello.\ncaller: hi\nagent: First comes this. Then\nagent: " + back + " comes that. And the end.\n"
	if got := s.lines(); got != want {
		t.Errorf("transcript\n%swant\n%s", got, want)
	}
}

// wantSpoken checks the newest sentence that is to be spoken.
func (s *stage) wantSpoken(text string, canned bool) {
	s.t.Helper()
	if a := s.last(conversation.ActSpeak); a.Text != text || a.Canned != canned {
		s.t.Errorf("speaks %q, canned %v; want %q", a.Text, a.Canned, text)
	}
}

func TestAReplyThatComesMeanwhileIsSaidWhenTheLineIsBack(t *testing.T) {
	s := newStage(t, nil)
	s.greet()
	s.say("hi")
	s.turn.Lost(s.now, s.heard)
	s.collect()
	s.wantState(conversation.CutOff)
	spoken := s.count(conversation.ActSpeak)
	s.reply("All of it.", conversation.Next{HangUp: true})
	s.pass(20 * time.Second)
	if n := s.count(conversation.ActSpeak); n != spoken || s.count(conversation.ActHangUp) != 0 {
		t.Fatal("spoke, or hung up, on a line that is gone")
	}
	s.turn.Back(s.now)
	s.collect()
	s.wantSpoken(back, true)
	s.speak(time.Second)
	s.wantSpoken("All of it.", false)
	s.speak(time.Second)
	s.played()
	if s.count(conversation.ActHangUp) != 1 {
		t.Error("did not hang up after its last word")
	}
}

func TestWhatTheCallerSaidUpToTheBreakIsAnswered(t *testing.T) {
	s := newStage(t, nil)
	s.greet()
	s.talk(time.Second)
	s.turn.Lost(s.now, s.heard)
	s.collect()
	if s.count(conversation.ActFinish) != 1 {
		t.Fatal("the utterance was not finished")
	}
	s.understand("i would like")
	if p := s.last(conversation.ActAsk).Prompt; p.Kind != conversation.Speech || p.Text != "i would like" {
		t.Errorf("asked %+v", p)
	}
}

func TestACallerIsNotThoughtSilentWhileTheLineIsGone(t *testing.T) {
	s := newStage(t, nil)
	s.greet()
	asked := s.count(conversation.ActAsk)
	s.cutOff(s.heard, 20*time.Second)
	if n := s.count(conversation.ActAsk); n != asked {
		t.Error("asked a caller who could not answer")
	}
	s.speak(time.Second)
	s.played()
	s.wantState(conversation.Listening)
	s.pass(conversation.DefaultManners().Idle - 100*time.Millisecond)
	if n := s.count(conversation.ActAsk); n != asked {
		t.Error("asked too soon after the line was back")
	}
	s.pass(200 * time.Millisecond)
	if n := s.count(conversation.ActAsk); n != asked+1 {
		t.Error("a silent caller was not asked")
	}
}

func TestTheLongestDurationCountsOnALineThatIsGone(t *testing.T) {
	s := newStage(t, func(m *conversation.Manners) { m.MaxDuration = time.Minute })
	s.greet()
	s.turn.Lost(s.now, s.heard)
	s.pass(2 * time.Minute)
	if s.count(conversation.ActHangUp) != 1 {
		t.Error("the call goes on without end")
	}
}

// However often a line breaks and wherever: each word of a reply is heard, in
// its order and once.
func TestNoWordIsLostOrHeardTwiceOverBreaks(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s := newStage(t, nil)
		s.greet()
		s.say("hi")
		text := strings.Join(rapid.SliceOfN(rapid.StringMatching(`[A-Z][a-z]{1,6}( [a-z]{1,8}){0,6}\.`), 1, 6).Draw(r, "reply"), " ")
		s.reply(text, conversation.Next{})
		for breaks := 0; s.turn.State() != conversation.Listening; {
			s.speakAll(r)
			if breaks < 6 && rapid.Bool().Draw(r, "break") {
				breaks++
				s.cutOff(time.Duration(rapid.Int64Range(0, int64(s.sent)).Draw(r, "heard")), time.Second)
				continue
			}
			s.played()
		}
		var heard []string
		for _, l := range s.turn.Lines(s.now)[2:] {
			heard = append(heard, l.Heard)
		}
		said := withoutPhrase(strings.Join(heard, " "))
		if said != text {
			r.Fatalf("heard %q of %q", said, text)
		}
	})
}

// withoutPhrase drops what there is of the phrase with which the agent comes
// back: the line may have broken in it.
func withoutPhrase(text string) string {
	words, phrase := strings.Fields(text), strings.Fields(back)
	var kept []string
	for len(words) > 0 {
		n := 0
		for n < len(words) && n < len(phrase) && words[n] == phrase[n] {
			n++
		}
		if n == 0 {
			kept, words = append(kept, words[0]), words[1:]
			continue
		}
		words = words[n:]
	}
	return strings.Join(kept, " ")
}

// speakAll synthesizes some of what is to be spoken.
func (s *stage) speakAll(r *rapid.T) {
	for s.turn.State() != conversation.Listening {
		before := s.count(conversation.ActSpeak)
		s.speak(time.Duration(rapid.IntRange(1, 3000).Draw(r, "ms")) * time.Millisecond)
		if s.count(conversation.ActSpeak) == before {
			return
		}
	}
}

// A line may be gone and there again before the engines are ready, which is
// when the conversation begins.
func TestALineThatIsBackBeforeTheConversationBeginsIsGreetedAsAnyOther(t *testing.T) {
	s := newStage(t, nil)
	s.turn, s.acts = conversation.NewTurn(conversation.DefaultManners(), func(time.Time) time.Duration { return s.heard }), nil
	s.cutOff(0, 0)
	if len(s.acts) != 0 {
		t.Errorf("before the beginning: %+v", s.acts)
	}
	s.turn.Begin(s.now)
	s.collect()
	s.reply("Hello.", conversation.Next{})
	s.speak(time.Second)
	s.played()
	if got := s.lines(); got != "agent: Hello.\n" {
		t.Errorf("transcript\n%s", got)
	}
	for _, e := range s.turn.Exchanges() {
		if e.FirstSound > time.Hour {
			t.Errorf("logged %+v", e)
		}
	}
}
