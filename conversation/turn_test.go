package conversation_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/talkpath/talkpath/conversation"
)

// stage plays the line and the engines around a Turn, at times that the test
// sets.
type stage struct {
	t     *testing.T
	turn  *conversation.Turn
	now   time.Time
	heard time.Duration // what the playout clock would say
	sent  time.Duration // sound handed to the carrier
	acts  []conversation.Action
}

var begin = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func newStage(t *testing.T, change func(*conversation.Manners)) *stage {
	m := conversation.DefaultManners()
	if change != nil {
		change(&m)
	}
	s := &stage{t: t, now: begin}
	s.turn = conversation.NewTurn(m, func(time.Time) time.Duration { return s.heard })
	s.turn.Begin(s.now)
	s.collect()
	return s
}

func (s *stage) collect() { s.acts = append(s.acts, slices.Clone(s.turn.Take())...) }

// pass lets d go by in ticks of 20 ms, with nothing left to send.
func (s *stage) pass(d time.Duration) {
	for end := s.now.Add(d); s.now.Before(end); {
		s.now = s.now.Add(20 * time.Millisecond)
		s.turn.Tick(s.now, true)
		s.collect()
	}
}

// last returns the newest action of a kind.
func (s *stage) last(kind conversation.ActionKind) conversation.Action {
	s.t.Helper()
	for _, a := range slices.Backward(s.acts) {
		if a.Kind == kind {
			return a
		}
	}
	s.t.Fatalf("no action of kind %d in %+v", kind, s.acts)
	return conversation.Action{}
}

func (s *stage) count(kind conversation.ActionKind) (n int) {
	for _, a := range s.acts {
		if a.Kind == kind {
			n++
		}
	}
	return n
}

// reply lets the dialogue answer the newest question with text.
func (s *stage) reply(text string, next conversation.Next) {
	s.t.Helper()
	id := s.last(conversation.ActAsk).ID
	s.turn.ReplyText(s.now, id, text)
	s.collect()
	s.turn.ReplyDone(s.now, id, next, nil)
	s.collect()
}

// speak lets the synthesizer speak the newest sentence in d.
func (s *stage) speak(d time.Duration) {
	s.t.Helper()
	id := s.last(conversation.ActSpeak).ID
	s.turn.Sound(s.now, id, s.sent, s.sent+d)
	s.sent += d
	s.turn.SpeakDone(s.now, id, nil)
	s.collect()
}

// played lets the caller hear all that was sent.
func (s *stage) played() {
	s.heard = s.sent
	s.turn.Played(s.now)
	s.collect()
}

// greet brings the call behind its greeting.
func (s *stage) greet() {
	s.reply("Hello.", conversation.Next{})
	s.speak(500 * time.Millisecond)
	s.played()
}

// say lets the caller speak for a second and the recognizer understand text.
func (s *stage) say(text string) {
	s.talk(time.Second)
	s.pass(700 * time.Millisecond)
	s.understand(text)
}

func (s *stage) talk(d time.Duration) {
	s.turn.Voice(s.now, true, s.now.Add(-60*time.Millisecond), s.now)
	for end := s.now.Add(d); s.now.Before(end); {
		s.now = s.now.Add(20 * time.Millisecond)
		s.turn.Voice(s.now, false, time.Time{}, s.now)
		s.turn.Tick(s.now, true)
	}
	s.collect()
}

func (s *stage) understand(text string) {
	s.t.Helper()
	s.turn.Heard(s.now, conversation.Hearing{
		Utterance: s.last(conversation.ActFinish).ID, Text: text, Final: true,
	})
	s.collect()
}

func (s *stage) lines() string {
	var b strings.Builder
	for _, l := range s.turn.Lines(s.now) {
		fmt.Fprintf(&b, "%s: %s", l.Role, l.Text)
		if l.Heard != l.Text {
			fmt.Fprintf(&b, " [heard: %s]", l.Heard)
		}
		b.WriteString("\n")
	}
	return b.String()
}

func (s *stage) wantState(want conversation.State) {
	s.t.Helper()
	if got := s.turn.State(); got != want {
		s.t.Errorf("state is %v, want %v", got, want)
	}
}

func TestACallGoesFromGreetingThroughTurnsToGoodbye(t *testing.T) {
	s := newStage(t, nil)
	s.wantState(conversation.Welcoming)
	s.greet()
	s.wantState(conversation.Listening)

	s.say("book an appointment")
	s.wantState(conversation.Thinking)
	ask := s.last(conversation.ActAsk)
	if ask.Prompt.Kind != conversation.Speech || ask.Prompt.Text != "book an appointment" {
		t.Errorf("asked %+v", ask.Prompt)
	}
	if len(ask.Prompt.History) != 1 || ask.Prompt.History[0].Text != "Hello." {
		t.Errorf("history is %+v, want the greeting only", ask.Prompt.History)
	}
	s.reply("Which day? Any day will do.", conversation.Next{})
	s.speak(time.Second)
	s.wantState(conversation.Speaking)
	s.speak(time.Second)
	s.played()

	s.say("goodbye")
	s.reply("Goodbye.", conversation.Next{HangUp: true})
	s.speak(time.Second)
	if s.count(conversation.ActHangUp) != 0 {
		t.Fatal("hung up before the last word was heard")
	}
	s.played()
	if a := s.last(conversation.ActHangUp); a.Leave != conversation.LeaveDone {
		t.Errorf("left for %v", a.Leave)
	}
	want := "agent: Hello.\ncaller: book an appointment\nagent: Which day? Any day will do.\ncaller: goodbye\nagent: Goodbye.\n"
	if got := s.lines(); got != want {
		t.Errorf("transcript\n%swant\n%s", got, want)
	}
}

func TestSentencesAreSpokenWhileTheReplyStillComes(t *testing.T) {
	s := newStage(t, nil)
	s.greet()
	s.say("hello")
	id := s.last(conversation.ActAsk).ID
	before := s.count(conversation.ActSpeak)
	s.turn.ReplyText(s.now, id, "First one. And the sec")
	s.collect()
	if got := s.last(conversation.ActSpeak).Text; s.count(conversation.ActSpeak) != before+1 || got != "First one." {
		t.Fatalf("spoke %q, want the first sentence", got)
	}
	s.turn.ReplyText(s.now, id, "ond. ")
	s.collect()
	if s.count(conversation.ActSpeak) != before+1 {
		t.Error("the second sentence was synthesized beside the first")
	}
	s.speak(time.Second)
	if got := s.last(conversation.ActSpeak).Text; got != "And the second." {
		t.Errorf("then spoke %q", got)
	}
}

func TestBargeInStopsTheAgentAndKeepsOnlyWhatWasHeard(t *testing.T) {
	s := newStage(t, nil)
	s.reply("Welcome to the surgery of doctor Jones. How can I help you today?", conversation.Next{})
	s.speak(2 * time.Second)
	s.speak(2 * time.Second)
	s.heard = time.Second
	s.talk(time.Second)
	if s.count(conversation.ActHush) != 1 {
		t.Fatalf("%d hushes, want one", s.count(conversation.ActHush))
	}
	s.wantState(conversation.Interrupted)
	s.pass(700 * time.Millisecond)
	s.understand("speak to an agent")
	want := "agent: Welcome to the surgery of doctor Jones. How can I help you today? [heard: Welcome to the]\n" +
		"caller: speak to an agent\n"
	if got := s.lines(); got != want {
		t.Errorf("transcript\n%swant\n%s", got, want)
	}
	if e := s.turn.Exchanges(); !e[0].Interrupted {
		t.Errorf("the greeting is not marked as interrupted: %+v", e[0])
	}
}

func TestWithoutBargeInTheAgentSpeaksOn(t *testing.T) {
	s := newStage(t, func(m *conversation.Manners) { m.BargeIn = false })
	s.reply("Hello.", conversation.Next{})
	s.speak(time.Second)
	s.talk(time.Second)
	if s.count(conversation.ActHush)+s.count(conversation.ActHear) != 0 {
		t.Errorf("the caller got the turn: %+v", s.acts)
	}
}

func TestACallerWhoGoesOnBeforeTheReplyIsAnsweredOnce(t *testing.T) {
	s := newStage(t, nil)
	s.greet()
	s.say("i would like to book")
	first := s.last(conversation.ActAsk).ID
	s.talk(500 * time.Millisecond)
	if a := s.last(conversation.ActCancelAsk); a.ID != first {
		t.Errorf("cancelled %d, want %d", a.ID, first)
	}
	s.pass(700 * time.Millisecond)
	s.understand("an appointment")
	if got := s.last(conversation.ActAsk).Prompt.Text; got != "i would like to book an appointment" {
		t.Errorf("asked %q", got)
	}
	if got := s.lines(); got != "agent: Hello.\ncaller: i would like to book an appointment\n" {
		t.Errorf("transcript\n%s", got)
	}
}

func TestTextOfAnOldReplyChangesNothing(t *testing.T) {
	s := newStage(t, nil)
	s.greet()
	s.say("one")
	old := s.last(conversation.ActAsk).ID
	s.say("two")
	n := s.count(conversation.ActSpeak)
	s.turn.ReplyText(s.now, old, "Stale. Very stale. ")
	s.turn.ReplyDone(s.now, old, conversation.Next{HangUp: true}, nil)
	s.collect()
	if s.count(conversation.ActSpeak) != n || s.count(conversation.ActHangUp) != 0 {
		t.Error("an old reply was spoken")
	}
}

func TestARecognizerThatOwesTheTextIsNotWaitedForForever(t *testing.T) {
	s := newStage(t, nil)
	s.greet()
	s.talk(time.Second)
	s.pass(3500 * time.Millisecond)
	if p := s.last(conversation.ActAsk).Prompt; p.Kind != conversation.Unclear || p.Count != 1 {
		t.Errorf("asked %+v, want unclear", p)
	}
	late := s.last(conversation.ActFinish).ID
	n := s.count(conversation.ActAsk)
	s.turn.Heard(s.now, conversation.Hearing{Utterance: late, Text: "late", Final: true})
	s.collect()
	if s.count(conversation.ActAsk) != n {
		t.Error("a late text was answered")
	}
}

func TestARecognizerThatKeepsFailingEndsTheCallPolitely(t *testing.T) {
	s := newStage(t, nil)
	s.greet()
	for range 2 {
		s.talk(time.Second)
		s.pass(700 * time.Millisecond)
		s.turn.Heard(s.now, conversation.Hearing{
			Utterance: s.last(conversation.ActFinish).ID, Final: true, Err: conversation.ErrEngine,
		})
		s.collect()
		s.reply("Sorry?", conversation.Next{})
		s.speak(time.Second)
		s.played()
	}
	s.talk(time.Second)
	s.pass(700 * time.Millisecond)
	s.turn.Heard(s.now, conversation.Hearing{
		Utterance: s.last(conversation.ActFinish).ID, Final: true, Err: conversation.ErrEngine,
	})
	s.collect()
	bye := s.last(conversation.ActSpeak)
	if !bye.Canned || bye.Text != conversation.DefaultManners().Phrases.Bye {
		t.Fatalf("said %+v, want the canned goodbye", bye)
	}
	s.speak(time.Second)
	s.played()
	if a := s.last(conversation.ActHangUp); a.Leave != conversation.LeaveEngineFailed {
		t.Errorf("left for %v", a.Leave)
	}
}

func TestALateReplyIsBridgedAndThenGivenUp(t *testing.T) {
	s := newStage(t, nil)
	s.greet()
	s.say("hello")
	s.pass(1600 * time.Millisecond)
	phrases := conversation.DefaultManners().Phrases
	if a := s.last(conversation.ActSpeak); !a.Canned || a.Text != phrases.Moment {
		t.Fatalf("said %+v after the dialogue's time, want %q", a, phrases.Moment)
	}
	s.speak(time.Second)
	s.pass(4100 * time.Millisecond)
	if s.count(conversation.ActCancelAsk) != 1 {
		t.Error("a reply that never came was not taken back")
	}
	if a := s.last(conversation.ActSpeak); a.Text != phrases.Sorry {
		t.Errorf("said %q, want the apology", a.Text)
	}
	s.speak(time.Second)
	s.played()
	s.wantState(conversation.Listening)
}

func TestASlowRecognizerLeavesALateReplyLessTime(t *testing.T) {
	s := newStage(t, nil)
	s.greet()
	s.talk(time.Second)
	s.pass(3120 * time.Millisecond) // 600 ms of endpointing and the recognizer's 2.5 s
	if p := s.last(conversation.ActAsk).Prompt; p.Kind != conversation.Unclear {
		t.Fatalf("asked %+v", p)
	}
	s.pass(40 * time.Millisecond)
	if a := s.last(conversation.ActSpeak); a.Text != conversation.DefaultManners().Phrases.Moment {
		t.Errorf("after more than 3 s of silence said %+v", a)
	}
}

func TestALateGreetingIsBridgedToo(t *testing.T) {
	s := newStage(t, nil)
	s.pass(1600 * time.Millisecond)
	if a := s.last(conversation.ActSpeak); a.Text != conversation.DefaultManners().Phrases.Moment {
		t.Errorf("said %+v", a)
	}
}

func TestAVoiceThatHangsOrDiesIsReplacedByACannedPhrase(t *testing.T) {
	for name, fail := range map[string]func(*stage){
		"hangs": func(s *stage) { s.pass(900 * time.Millisecond) },
		"dies": func(s *stage) {
			s.turn.SpeakDone(s.now, s.last(conversation.ActSpeak).ID, errors.New("killed"))
			s.collect()
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t, nil)
			s.greet()
			s.say("hello")
			s.reply("How are you. And more.", conversation.Next{})
			fail(s)
			if a := s.last(conversation.ActSpeak); !a.Canned || a.Text != conversation.DefaultManners().Phrases.Sorry {
				t.Fatalf("said %+v, want the canned apology", a)
			}
			s.speak(time.Second)
			s.played()
			s.wantState(conversation.Listening)
		})
	}
}

func TestADialogueThatFailsThreeTimesEndsTheCall(t *testing.T) {
	s := newStage(t, nil)
	s.greet()
	for i := range 3 {
		s.say("hello")
		s.turn.ReplyDone(s.now, s.last(conversation.ActAsk).ID, conversation.Next{}, errors.New("down"))
		s.collect()
		s.speak(time.Second)
		s.played()
		if hung := s.count(conversation.ActHangUp) > 0; hung != (i == 2) {
			t.Fatalf("after failure %d hung up is %v", i+1, hung)
		}
	}
	if a := s.last(conversation.ActHangUp); a.Leave != conversation.LeaveEngineFailed {
		t.Errorf("left for %v", a.Leave)
	}
}

func TestASilentCallerIsAskedTwiceAndThenLeft(t *testing.T) {
	s := newStage(t, nil)
	s.greet()
	for i := range 2 {
		s.pass(8100 * time.Millisecond)
		if p := s.last(conversation.ActAsk).Prompt; p.Kind != conversation.Silence || p.Count != i+1 {
			t.Fatalf("asked %+v", p)
		}
		s.reply("Are you there?", conversation.Next{})
		s.speak(time.Second)
		s.played()
	}
	s.pass(8100 * time.Millisecond)
	if p := s.last(conversation.ActAsk).Prompt; p.Kind != conversation.Farewell {
		t.Fatalf("asked %+v, want a farewell", p)
	}
	s.reply("Goodbye.", conversation.Next{})
	s.speak(time.Second)
	s.played()
	if a := s.last(conversation.ActHangUp); a.Leave != conversation.LeaveIdle {
		t.Errorf("left for %v", a.Leave)
	}
}

func TestTheLongestCallEndsWithALastWordOrWithoutOne(t *testing.T) {
	for name, speak := range map[string]bool{"spoken": true, "dialogue hangs": false} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t, func(m *conversation.Manners) {
				m.MaxDuration, m.Idle = 20*time.Second, time.Minute
			})
			s.greet()
			s.pass(20 * time.Second)
			if p := s.last(conversation.ActAsk).Prompt; p.Kind != conversation.Farewell {
				t.Fatalf("asked %+v, want a farewell", p)
			}
			if speak {
				s.reply("We must stop here.", conversation.Next{})
				s.speak(time.Second)
				s.talk(500 * time.Millisecond) // can't be spoken over any more
				s.played()
			} else {
				s.pass(9 * time.Second)
			}
			if a := s.last(conversation.ActHangUp); a.Leave != conversation.LeaveMaxDuration {
				t.Errorf("left for %v", a.Leave)
			}
		})
	}
}

func TestKeysAreHandedOverWhenCompleteAtThePoundKeyOrAfterAPause(t *testing.T) {
	cases := map[string]struct {
		press string
		want  int
		pause time.Duration
		text  string
	}{
		"expected number": {press: "42", want: 2, text: "42"},
		"pound":           {press: "123#", text: "123"},
		"pound alone":     {press: "#", text: "#"},
		"pause":           {press: "7", pause: 2100 * time.Millisecond, text: "7"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s := newStage(t, nil)
			s.reply("Press something.", conversation.Next{Digits: c.want})
			s.speak(time.Second)
			s.played()
			for i := range len(c.press) {
				s.turn.Key(s.now, c.press[i])
			}
			s.collect()
			s.pass(c.pause)
			if p := s.last(conversation.ActAsk).Prompt; p.Kind != conversation.Keys || p.Text != c.text {
				t.Errorf("asked %+v, want keys %q", p, c.text)
			}
		})
	}
}

func TestAKeyStopsTheAgent(t *testing.T) {
	s := newStage(t, nil)
	s.reply("For bookings press one.", conversation.Next{Digits: 1})
	s.speak(3 * time.Second)
	s.heard = time.Second
	s.turn.Key(s.now, '1')
	s.collect()
	if s.count(conversation.ActHush) != 1 {
		t.Error("the agent spoke on")
	}
	if p := s.last(conversation.ActAsk).Prompt; p.Kind != conversation.Keys || p.Text != "1" {
		t.Errorf("asked %+v", p)
	}
}

func TestAnEmptyReplyGivesTheTurnBack(t *testing.T) {
	s := newStage(t, nil)
	s.greet()
	s.say("hm")
	s.turn.ReplyDone(s.now, s.last(conversation.ActAsk).ID, conversation.Next{}, nil)
	s.wantState(conversation.Listening)
}

// Whatever happens in whatever order, a Turn keeps its promises.
func TestTurnKeepsItsPromisesInAnyOrderOfEvents(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s := newStage(t, func(m *conversation.Manners) { m.MaxDuration = time.Minute })
		for range rapid.IntRange(1, 120).Draw(r, "steps") {
			step(r, s)
			s.collect()
			if n := s.count(conversation.ActHangUp); n > 1 {
				r.Fatalf("hung up %d times", n)
			}
		}
		s.pass(time.Minute + 30*time.Second)
		if s.count(conversation.ActHangUp) != 1 || s.turn.State() != conversation.Over {
			r.Fatalf("a call without an end: state %v", s.turn.State())
		}
		for _, l := range s.turn.Lines(s.now) {
			if !strings.HasPrefix(l.Text, l.Heard) && len(strings.Fields(l.Heard)) > len(strings.Fields(l.Text)) {
				r.Fatalf("heard %q of %q", l.Heard, l.Text)
			}
		}
	})
}

func step(r *rapid.T, s *stage) {
	id := rapid.Uint64Range(0, 6).Draw(r, "id")
	s.now = s.now.Add(time.Duration(rapid.IntRange(0, 900).Draw(r, "ms")) * time.Millisecond)
	switch rapid.IntRange(0, 10).Draw(r, "event") {
	case 0:
		s.turn.Voice(s.now, rapid.Bool().Draw(r, "started"), s.now, s.now)
	case 1:
		s.turn.Heard(s.now, conversation.Hearing{Utterance: id, Text: "words", Final: true})
	case 2:
		s.turn.ReplyText(s.now, id, "Some words. And more")
	case 3:
		s.turn.ReplyDone(s.now, id, conversation.Next{HangUp: rapid.Bool().Draw(r, "bye")}, nil)
	case 4:
		s.turn.Sound(s.now, id, s.sent, s.sent+time.Second)
		s.sent += time.Second
	case 5:
		s.turn.SpeakDone(s.now, id, nil)
	case 6:
		s.heard = s.sent
		if s.turn.Audible() {
			s.turn.Played(s.now)
		}
	case 7:
		s.turn.Key(s.now, "0123456789*#"[id])
	case 8:
		s.turn.Lost(s.now, time.Duration(rapid.Int64Range(0, int64(s.sent)).Draw(r, "heard")))
	case 9:
		s.turn.Back(s.now)
	default:
		s.turn.Tick(s.now, rapid.Bool().Draw(r, "starved"))
	}
}
