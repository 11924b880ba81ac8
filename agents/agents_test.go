package agents_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/talkpath/talkpath/agents"
	"github.com/talkpath/talkpath/conversation"
	"github.com/talkpath/talkpath/conversation/dialogue/scripted"
)

// caller holds a conversation with the demo agent.
type caller struct {
	t       *testing.T
	talk    conversation.Talk
	history []conversation.Line
}

func dial(t *testing.T) *caller {
	t.Helper()
	return call(t, load(t))
}

func call(t *testing.T, s *scripted.Script) *caller {
	t.Helper()
	talk, err := s.Open(t.Context(), conversation.Caller{})
	if err != nil {
		t.Fatal(err)
	}
	c := &caller{t: t, talk: talk}
	c.ask(conversation.Prompt{Kind: conversation.Greeting})
	return c
}

func load(t *testing.T) *scripted.Script {
	t.Helper()
	s, err := scripted.Load(bytes.NewReader(agents.Demo()))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (c *caller) ask(p conversation.Prompt) (string, conversation.Next) {
	c.t.Helper()
	p.History = slices.Clone(c.history)
	var said []string
	next, err := c.talk.Reply(c.t.Context(), p, func(text string) { said = append(said, strings.TrimSpace(text)) })
	if err != nil {
		c.t.Fatal(err)
	}
	reply := strings.Join(said, " ")
	if p.Text != "" {
		c.history = append(c.history, conversation.Line{Role: conversation.RoleCaller, Text: p.Text, Heard: p.Text})
	}
	c.history = append(c.history, conversation.Line{Role: conversation.RoleAgent, Text: reply, Heard: reply})
	return reply, next
}

const (
	anything = " Is there anything else?"
	offered  = "I have Friday at ten in the morning. Shall I book that?"
	booked   = "You are booked for Friday at ten in the morning." + anything
	seen     = "I see your appointment on Friday at ten in the morning. Shall I cancel it?"
	gone     = "Your appointment is cancelled." + anything
	called   = "I will ask a colleague to call you back." + anything
	whichDay = "Which day would you like to move it to?"
	toFriday = "I can move it to Friday at ten in the morning. Is that all right?"
	more     = "What can I do for you?"
	bye      = "Thank you for calling. Goodbye."
)

// Each conversation is what the caller says, or presses, and the reply, in
// turn.
var conversations = map[string][]string{
	"book":                  {"i would like to book an appointment", offered, "yes please", booked, "no thank you", bye},
	"agent":                 {"i want to speak to an agent", called, "no", bye},
	"cancel":                {"i want to cancel my appointment", seen, "yes", gone},
	"keep":                  {"cancel my appointment", seen, "no", "All right, I will keep it." + anything},
	"move":                  {"i need to move my appointment", whichDay, "friday", toFriday, "yes", "Your appointment is now on Friday at ten in the morning." + anything},
	"move at once":          {"move my appointment to friday", toFriday},
	"another day":           {"i would like to book an appointment", offered, "no", "Which day would you like?", "monday", "I have Monday at ten in the morning. Shall I book that?", "yes please", "You are booked for Monday at ten in the morning." + anything},
	"corrected":             {"book an appointment", offered, "no tuesday at two", "I have Tuesday at two in the afternoon. Shall I book that?"},
	"words around":          {"book", offered, "no", "Which day would you like?", "on thursday please if you can", "I have Thursday at ten in the morning. Shall I book that?"},
	"day named at once":     {"book an appointment on wednesday", "I have Wednesday at ten in the morning. Shall I book that?", "yes that is fine", "You are booked for Wednesday at ten in the morning." + anything},
	"written numbers":       {"book", offered, "no, tomorrow at 3 pm", "I have tomorrow at three in the afternoon. Shall I book that?"},
	"free text":             {"Hello, I was wondering whether I could maybe book an appointment for my son.", offered},
	"keys":                  {"#1", offered, "#1", booked, "#3", seen, "#2", "All right, I will keep it." + anything, "#0", called, "#2", bye},
	"keys for days":         {"#2", whichDay, "#5", toFriday},
	"hours":                 {"what are your opening hours", "We are open from nine to five, Monday to Friday. " + more},
	"hours within a step":   {"book", offered, "what are your hours", "We are open from nine to five, Monday to Friday. Shall I book that?", "yes", booked},
	"help":                  {"help", "You can say book, move or cancel, or press one, two or three, and zero for a colleague. " + more},
	"thanks":                {"thank you", "You are welcome. " + more},
	"goodbye":               {"goodbye", bye},
	"goodbye within a step": {"book", offered, "okay bye", bye},
	"changed mind":          {"book an appointment", offered, "no i want to speak to a person", called},
	"yes and a request":     {"an agent please", called, "yes i want to cancel my appointment", seen},
	"only yes":              {"an agent please", called, "yes", more},
	"booked then cancelled": {"book an appointment on monday", "I have Monday at ten in the morning. Shall I book that?", "yes", "You are booked for Monday at ten in the morning." + anything, "cancel my appointment", "I see your appointment on Monday at ten in the morning. Shall I cancel it?"},
	"no consent":            {"book", offered, "that is not right", "Which day would you like?"},
	"consent in full":       {"move my appointment to friday", toFriday, "yes that is all right", "Your appointment is now on Friday at ten in the morning." + anything},
	"another request":       {"book", offered, "could you move my appointment to friday", toFriday},
	"again":                 {"book", offered, "can you say that again", offered, "yes", booked},
	"unknown": {
		"purple elephants", "Sorry, I did not catch that. " + more,
		"purple elephants", "I am sorry, I still did not understand. You can say book, move or cancel, or press zero for a colleague.",
		"purple elephants", "I am sorry that I do not understand you. A colleague will call you back. Goodbye.",
	},
	"unknown within a step": {
		"book", offered, "purple elephants", "Sorry, I did not catch that. Shall I book that?",
		"purple elephants", "I am sorry, I still did not understand. Please say yes or no, or press one or two.", "yes", booked,
	},
}

func TestTheDemoAgentHoldsWholeConversations(t *testing.T) {
	for name, turns := range conversations {
		t.Run(name, func(t *testing.T) {
			c := dial(t)
			for i := 0; i < len(turns); i += 2 {
				p := conversation.Prompt{Kind: conversation.Speech, Text: turns[i]}
				if keys, pressed := strings.CutPrefix(turns[i], "#"); pressed {
					p = conversation.Prompt{Kind: conversation.Keys, Text: keys}
				}
				reply, next := c.ask(p)
				if reply != turns[i+1] {
					t.Fatalf("to %q the agent said %q, want %q", turns[i], reply, turns[i+1])
				}
				if ends := strings.HasSuffix(reply, "Goodbye."); next.HangUp != ends {
					t.Errorf("after %q HangUp is %v", reply, next.HangUp)
				}
				if !next.HangUp && next.Digits != 1 {
					t.Errorf("after %q %d digits are waited for", reply, next.Digits)
				}
			}
		})
	}
}

func TestEveryPhraseOfTheDemoIsUnderstood(t *testing.T) {
	s := load(t)
	for _, phrase := range s.Phrases() {
		c := call(t, s)
		c.ask(conversation.Prompt{Kind: conversation.Speech, Text: "book an appointment"})
		if reply, _ := c.ask(conversation.Prompt{Kind: conversation.Speech, Text: phrase}); strings.HasPrefix(reply, "Sorry") {
			t.Errorf("%q is answered with %q", phrase, reply)
		}
	}
}

func TestTheDemoIsFitForThePhone(t *testing.T) {
	for _, text := range load(t).Lines() {
		if strings.ContainsFunc(text, unicode.IsDigit) || strings.Contains(text, "!") {
			t.Errorf("%q has a digit or an exclamation mark", text)
		}
		if n := len(strings.Fields(text)); n > 18 {
			t.Errorf("%q has %d words", text, n)
		}
	}
}

func TestDemoReturnsACopy(t *testing.T) {
	clear(agents.Demo())
	if len(bytes.Trim(agents.Demo(), "\x00")) == 0 {
		t.Error("what one caller does to the script another sees")
	}
}
