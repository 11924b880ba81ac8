package scripted_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/talkpath/talkpath/conversation"
	"github.com/talkpath/talkpath/conversation/dialogue/scripted"
)

// caller is the other end of a talk; it keeps the transcript as a
// conversation does.
type caller struct {
	talk    conversation.Talk
	history []conversation.Line
}

func dial(t *testing.T, s *scripted.Script) *caller {
	t.Helper()
	talk, err := s.Open(t.Context(), conversation.Caller{})
	if err != nil {
		t.Fatal(err)
	}
	c := &caller{talk: talk}
	c.hears(prompt("greeting"))
	return c
}

// prompt returns what a word of a table stands for: "#12" are keys,
// "greeting", "silence", "unclear" and "farewell" are themselves, with a
// count for each star behind them, and all else is speech.
func prompt(text string) conversation.Prompt {
	if keys, ok := strings.CutPrefix(text, "#"); ok {
		return conversation.Prompt{Kind: conversation.Keys, Text: keys}
	}
	word := strings.TrimRight(text, "*")
	for k := conversation.Greeting; k <= conversation.Farewell; k++ {
		if k.String() == word && k != conversation.Speech && k != conversation.Keys {
			return conversation.Prompt{Kind: k, Count: 1 + len(text) - len(word)}
		}
	}
	return conversation.Prompt{Kind: conversation.Speech, Text: text}
}

// reply asks for a reply and returns its pieces. Nothing of it is heard.
func (c *caller) reply(ctx context.Context, p conversation.Prompt) (said []string, next conversation.Next, err error) {
	p.History = slices.Clone(c.history)
	next, err = c.talk.Reply(ctx, p, func(text string) { said = append(said, text) })
	return said, next, err
}

// hears asks for a reply and hears it to its end.
func (c *caller) hears(p conversation.Prompt) (string, conversation.Next) {
	said, next, _ := c.reply(context.Background(), p)
	text := strings.TrimSpace(strings.Join(said, ""))
	c.note(p, text, text)
	return text, next
}

// note writes an exchange into the transcript.
func (c *caller) note(p conversation.Prompt, text, heard string) {
	if p.Text != "" {
		c.history = append(c.history, conversation.Line{Role: conversation.RoleCaller, Text: p.Text, Heard: p.Text})
	}
	c.history = append(c.history, conversation.Line{Role: conversation.RoleAgent, Text: text, Heard: heard})
}

const (
	bag   = "That is a large bag of pears. Right?"
	sold  = "The pears are on their way. Goodbye."
	sorry = "Please come by. Goodbye."
)

func TestTalksGoTheScriptsWay(t *testing.T) {
	cases := map[string][]string{
		"slot, then yes":                  {"order", "Which fruit?", "pears", bag, "yes", sold},
		"slot named with the request":     {"i want pears", bag, "right", sold},
		"words around a slot":             {"order", "Which fruit?", "oh well some pears then", bag},
		"the last of two counts":          {"order", "Which fruit?", "apples no pears", bag},
		"no leads back to the question":   {"i want pears", bag, "no thank you", "Never mind. Which fruit?"},
		"a correction is no refusal":      {"i want apples", "That is a large bag of apples. Right?", "no pears", bag},
		"another slot is corrected":       {"i want pears", bag, "small", "That is a small bag of pears. Right?"},
		"naming it again is no consent":   {"i want pears", bag, "pears", bag},
		"naming it with yes is":           {"i want pears", bag, "yes pears", sold},
		"what is written":                 {"order", "Which fruit?", "A Pear!", bag},
		"an aside keeps the question":     {"i want pears", bag, "what does it cost", "All is two. Right?", "yes", sold},
		"an aside on its own":             {"what does it cost", "All is two. What else?"},
		"again":                           {"i want pears", bag, "say that again", bag, "say that again", bag},
		"again, right after the greeting": {"say that again", "Hello, the shop. What can I bring you?"},
		"another wish wins over a step":   {"order", "Which fruit?", "i want to buy fruit", "Which fruit?"},
		"goodbye":                         {"i want pears", bag, "goodbye", "Goodbye."},
		"keys":                            {"#1", "Which fruit?", "#4", "That is a large bag of apples. Right?", "#2", "Never mind. Which fruit?"},
		"key with an end mark":            {"#1#", "Which fruit?"},
		"a star":                          {"#*", "Goodbye."},
		"yes by key wins over the menu":   {"i want pears", bag, "#1", sold},
		"a key of nothing":                {"#7", "Pardon? What else?"},
		"no key at all":                   {"#", "Pardon? What else?"},
		"misses escalate":                 {"xyz", "Pardon? What else?", "xyz", "I do not know that. Say order, or press one.", "xyz", sorry},
		"misses within a step":            {"order", "Which fruit?", "xyz", "Pardon? Which fruit?", "xyz", "I do not know that. Apples or pears."},
		"a step without a hint":           {"i want pears", bag, "xyz", "Pardon? Right?", "xyz", "I do not know that. Right?"},
		"a hit ends the misses":           {"xyz", "Pardon? What else?", "xyz", "I do not know that. Say order, or press one.", "what does it cost", "All is two. What else?", "xyz", "Pardon? What else?"},
		"unclear and unknown together":    {"xyz", "Pardon? What else?", "unclear", "It is loud here. Say order, or press one.", "unclear*", sorry},
		"silence":                         {"order", "Which fruit?", "silence", "Are you there? Which fruit?", "silence*", "Hello? Which fruit?", "silence**", "Hello? Which fruit?", "pears", bag},
		"silence at the start":            {"silence", "Are you there? What else?"},
		"farewell":                        {"order", "Which fruit?", "farewell", "We close now. Goodbye."},
		"a second greeting starts anew":   {"i want pears", bag, "greeting", "Hello, the shop. What can I bring you?", "order", "Which fruit?"},
		"no words":                        {"?!", "Pardon? What else?"},
	}
	s := load(t, shop)
	for name, turns := range cases {
		t.Run(name, func(t *testing.T) {
			c := dial(t, s)
			for i := 0; i < len(turns); i += 2 {
				got, next := c.hears(prompt(turns[i]))
				if got != turns[i+1] {
					t.Fatalf("to %q: %q, want %q", turns[i], got, turns[i+1])
				}
				if ends := strings.HasSuffix(got, "Goodbye."); next.HangUp != ends || (next.Digits == 1) == ends {
					t.Errorf("after %q comes %+v", got, next)
				}
			}
		})
	}
}

func TestKeysAreWaitedForOnlyWhereTheyMeanSomething(t *testing.T) {
	keyless := strings.NewReplacer("    key: 1\n", "", "    key: \"*\"\n", "", ", key: 4", "").Replace(shop)
	c := dial(t, load(t, keyless))
	for _, turn := range []struct {
		say    string
		digits int
	}{{"what does it cost", 0}, {"order", 0}, {"pears", 1}} {
		if reply, next := c.hears(prompt(turn.say)); next.Digits != turn.digits {
			t.Errorf("after %q %d digits are waited for, want %d", reply, next.Digits, turn.digits)
		}
	}
}

func TestARefusingWordIsNoConsent(t *testing.T) {
	for text, want := range map[string]string{shop: sold, "refusing: [wrong]\n" + shop: "Pardon? Right?"} {
		c := dial(t, load(t, text))
		c.hears(prompt("i want pears"))
		if got, _ := c.hears(prompt("wrong, right")); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestAReplyIsSaidSentenceBySentence(t *testing.T) {
	c := dial(t, load(t, shop))
	said, _, err := c.reply(t.Context(), prompt("i want pears"))
	if diff := cmp.Diff([]string{"That is a large bag of pears. ", "Right? "}, said); err != nil || diff != "" {
		t.Error(err, diff)
	}
}

func TestAReplyThatWasNeverHeardIsTakenBack(t *testing.T) {
	c := dial(t, load(t, shop))
	c.hears(prompt("i want pears"))
	// The caller goes on speaking before the answer to "no" begins, so the
	// whole of it comes again.
	if _, _, err := c.reply(t.Context(), prompt("no")); err != nil {
		t.Fatal(err)
	}
	if got, _ := c.hears(prompt("no apples")); got != "That is a large bag of apples. Right?" {
		t.Errorf("got %q", got)
	}
}

func TestAConsentGivenBeforeTheQuestionWasHeardDoesNothing(t *testing.T) {
	c := dial(t, load(t, shop))
	if _, _, err := c.reply(t.Context(), prompt("i want pears")); err != nil {
		t.Fatal(err)
	}
	if got, _ := c.hears(prompt("i want pears yes please")); got != bag {
		t.Errorf("got %q, want the question", got)
	}
}

func TestAnAnswerGivenInTheMiddleOfTheQuestionCounts(t *testing.T) {
	for _, heard := range []string{"", "That is", "That is a large bag of pears."} {
		c := dial(t, load(t, shop))
		if _, _, err := c.reply(t.Context(), prompt("i want pears")); err != nil {
			t.Fatal(err)
		}
		c.note(prompt("i want pears"), bag, heard)
		if got, _ := c.hears(prompt("yes")); got != sold {
			t.Errorf("with %q heard: got %q", heard, got)
		}
	}
}

func TestAnInterruptedReplyStopsAndTheTalkGoesOn(t *testing.T) {
	c := dial(t, load(t, shop))
	ctx, stop := context.WithCancel(t.Context())
	p := prompt("i want pears")
	p.History = c.history
	var said []string
	_, err := c.talk.Reply(ctx, p, func(text string) { said = append(said, text); stop() })
	if !errors.Is(err, context.Canceled) || len(said) != 1 {
		t.Errorf("said %q, then %v", said, err)
	}
	c.note(p, "That is a large bag of pears.", "That is")
	if got, _ := c.hears(prompt("small")); got != "That is a small bag of pears. Right?" {
		t.Errorf("got %q", got)
	}
}

func TestAnEndedContextChangesNothing(t *testing.T) {
	c := dial(t, load(t, shop))
	c.hears(prompt("i want pears"))
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if said, _, err := c.reply(ctx, prompt("no")); !errors.Is(err, context.Canceled) || said != nil {
		t.Errorf("said %q, then %v", said, err)
	}
	if got, _ := c.hears(prompt("yes")); got != sold {
		t.Errorf("got %q", got)
	}
}

func TestTalksOfOneScriptAreApart(t *testing.T) {
	s := load(t, shop)
	one, other := dial(t, s), dial(t, s)
	one.hears(prompt("i want pears"))
	if got, _ := other.hears(prompt("order")); got != "Which fruit?" {
		t.Errorf("got %q", got)
	}
}

func TestALongTranscriptDoesNotHoldTheTalkBack(t *testing.T) {
	c := dial(t, load(t, shop))
	for range 1200 {
		c.hears(prompt("what does it cost"))
	}
	c.history = c.history[len(c.history)-1999:] // as long as it gets
	c.hears(prompt("i want pears"))
	c.history = c.history[len(c.history)-1999:]
	if got, _ := c.hears(prompt("yes")); got != sold {
		t.Errorf("got %q", got)
	}
}

func TestWhateverIsSaidThereIsAReplyOfTheScript(t *testing.T) {
	s := load(t, shop)
	vocabulary := strings.Fields(strings.Join(s.Phrases(), " ") + " 🍐 pear ' - xyz #1 #2 #4 #9 # silence unclear greeting farewell")
	rapid.Check(t, func(r *rapid.T) {
		talk, err := s.Open(context.Background(), conversation.Caller{})
		if err != nil {
			r.Fatal(err)
		}
		c := &caller{talk: talk}
		sayings := rapid.SliceOfN(rapid.SliceOfN(rapid.SampledFrom(vocabulary), 0, 8), 1, 30).Draw(r, "sayings")
		for _, words := range sayings {
			p := prompt(strings.Join(words, " "))
			said, next, err := c.reply(context.Background(), p)
			if err != nil || len(said) == 0 {
				r.Fatalf("to %q: %q, %v", p.Text, said, err)
			}
			text := strings.TrimSpace(strings.Join(said, ""))
			if len(text) > 120 || strings.ContainsAny(text, "{}") {
				r.Fatalf("to %q: %q", p.Text, text)
			}
			if next.HangUp != strings.HasSuffix(text, "Goodbye.") {
				r.Fatalf("after %q comes %+v", text, next)
			}
			if rapid.Bool().Draw(r, "heard") {
				c.note(p, text, text)
			}
		}
	})
}
