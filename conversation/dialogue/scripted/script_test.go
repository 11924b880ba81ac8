package scripted_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/talkpath/talkpath/conversation/dialogue/scripted"
)

// shop is a small script with every kind of thing in it.
const shop = `greeting: Hello, the shop. What can I bring you?
question: What else?
hint: Say order, or press one.
farewell: We close now. Goodbye.
fallback: [Pardon?, I do not know that.]
unclear: [I did not hear that., It is loud here.]
idle: [Are you there?, Hello?]
give_up:
  say: Please come by. Goodbye.
  hang_up: true
fillers: i want a the please to
yes: ["yes (please|)", right]
no: ["no (thank you|)"]
slots:
  fruit:
    phrases: ["{fruit} (please|)"]
    values:
      - {say: apples, phrases: [apples, red apples], key: 4}
      - {say: pears, phrases: [pears, ~pear]}
  size:
    default: large
    values:
      - {say: small, phrases: [small], key: 1}
      - {say: large, phrases: [large]}
intents:
  order:
    key: 1
    phrases: [order, "i want to (order|buy) fruit", "i want {fruit}"]
    forget: [fruit, size]
    then: which
  price:
    phrases: [what does it cost]
    say: All is two.
  again:
    phrases: [say that again]
    repeat: true
  leave:
    key: "*"
    phrases: [goodbye]
    say: Goodbye.
    hang_up: true
steps:
  which:
    ask: Which fruit?
    hint: Apples or pears.
    slot: fruit
    next: sure
  sure:
    say: That is a {size} bag of {fruit}.
    ask: Right?
    yes: sold
    no: other
    change: [fruit, size]
  other:
    say: Never mind.
    forget: [fruit]
    next: which
  sold:
    say: The {fruit} are on their way.
    next: end
  end:
    say: Goodbye.
    hang_up: true
`

func load(t interface {
	Helper()
	Fatal(...any)
}, text string,
) *scripted.Script {
	t.Helper()
	s, err := scripted.Load(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestPhrasesAreWrittenOutWithTheirSlots(t *testing.T) {
	want := []string{
		"yes please", "yes", "right", "no thank you", "no", "order", "i want to order fruit", "i want to buy fruit",
		"i want apples", "i want red apples", "i want pears", "what does it cost", "say that again", "goodbye",
		"apples please", "red apples please", "pears please", "apples", "red apples", "pears", "small", "large",
	}
	if diff := cmp.Diff(want, load(t, shop).Phrases()); diff != "" {
		t.Error(diff)
	}
}

func TestLinesAreThoseThatNameNoSlot(t *testing.T) {
	lines := load(t, shop).Lines()
	for _, want := range []string{"Hello, the shop. What can I bring you?", "Right?", "Please come by. Goodbye.", "Hello?"} {
		if !slices.Contains(lines, want) {
			t.Errorf("%q is missing", want)
		}
	}
	if i := slices.IndexFunc(lines, func(l string) bool { return strings.ContainsAny(l, "{}") }); i >= 0 {
		t.Errorf("%q names a slot", lines[i])
	}
	if n := len(lines); n != len(slices.Compact(slices.Sorted(slices.Values(lines)))) {
		t.Error("a line comes twice")
	}
}

// faulty are changes of the shop's script, each with the faults that it makes.
var faulty = map[string]struct {
	old, new string
	want     []string
}{
	"unknown key":             {"    say: All is two.", "    says: All is two.", []string{`line 31: intent price: needs say or one of then, repeat and hang_up`, `line 33: unknown key "says"`}},
	"unknown key on top":      {"question: What else?", "question: What else?\nmood: good", []string{`line 3: unknown key "mood"`}},
	"missing greeting":        {"greeting: Hello, the shop. What can I bring you?", "", []string{"line 1: greeting is missing"}},
	"missing idle":            {"idle: [Are you there?, Hello?]", "", []string{"line 1: idle is missing"}},
	"empty text":              {"question: What else?", "question:", []string{"line 2: is empty", "line 1: question is missing"}},
	"text that is a list":     {"question: What else?", "question: [a, b]", []string{"line 2: must be a text"}},
	"text without words":      {"question: What else?", "question: '...'", []string{`line 2: "..." can't be spoken`}},
	"list where keys belong":  {"  price:\n    phrases: [what does it cost]\n    say: All is two.", "  price: [a]", []string{"line 31: must be keys with values"}},
	"give_up without say":     {"  say: Please come by. Goodbye.\n", "", []string{"line 9: give_up.say is missing"}},
	"give_up after nothing":   {"give_up:", "give_up:\n  after: 0", []string{"line 9: is 0, must be a number from 1 to 100"}},
	"not true or false":       {"    repeat: true", "    repeat: twice", []string{"line 36: must be true or false"}},
	"key of two digits":       {"    key: \"*\"", "    key: 12", []string{`line 38: key "12" must be one of`}},
	"key taken":               {"    key: \"*\"", "    key: 1", []string{"line 37: intent leave: key 1 is taken in line 26"}},
	"value's key taken":       {"phrases: [pears, ~pear]", "key: 4, phrases: [pears]", []string{"line 19: slot fruit: key 4 is taken in line 18"}},
	"unknown slot in a text":  {"    say: That is a {size} bag", "    say: That is a {colour} bag", []string{`line 49: there is no slot "colour"`}},
	"unknown slot in phrase":  {`"i want {fruit}"`, `"i want {meat}"`, []string{`line 28: there is no slot "meat"`}},
	"unknown slot to forget":  {"    forget: [fruit]\n", "    forget: [meat]\n", []string{`line 56: there is no slot "meat"`}},
	"unknown slot to ask":     {"    slot: fruit", "    slot: meat", []string{`line 46: there is no slot "meat"`}},
	"unknown step":            {"    yes: sold", "    yes: gold", []string{`line 51: there is no step "gold"`, "line 58: step sold: nothing leads to it", "step end: nothing leads"}},
	"unclosed bracket":        {`"yes (please|)"`, `"yes (please|"`, []string{`line 12: phrase "yes (please|" has a ( that is not closed`}},
	"bracket too many":        {`"yes (please|)"`, `"yes please)"`, []string{`line 12: phrase "yes please)" has a ) too many`}},
	"unclosed brace":          {`"i want {fruit}"`, `"i want {fruit"`, []string{"line 28: phrase \"i want {fruit\" has a { that is not closed"}},
	"nothing to say":          {`"yes (please|)"`, `"(yes|)"`, []string{`line 12: phrase "(yes|)" has an alternative without any words`}},
	"phrase with two senses":  {"[what does it cost]", "[order]", []string{`line 32: phrase "order" means something else in line 28`}},
	"yes and no the same":     {`["no (thank you|)"]`, `["no (thank you|)", right]`, []string{`line 13: phrase "right" means something else in line 12`}},
	"values with one name":    {"phrases: [large]", "phrases: [small]", []string{`line 24: phrase "small" means something else in line 23`}},
	"value without phrases":   {"      - {say: large, phrases: [large]}", "      - {say: large}", []string{"line 24: slot size: a value needs say and phrases"}},
	"value that names a slot": {"phrases: [large]", "phrases: [\"{fruit}\"]", []string{`line 24: phrase "{fruit}" of a value can't name a slot`}},
	"default that is none":    {"    default: large", "    default: huge", []string{`line 21: slot size: no value says "huge"`}},
	"slot without values":     {"  size:\n    default: large", "  tip:\n    phrases: [\"{tip}\"]\n  size:\n    default: large", []string{"line 20: slot tip: values are missing"}},
	"slot of two words":       {"  size:\n", "  The Size:\n", []string{`line 20: slot "The Size" must be one lower case word`}},
	"intent without phrases":  {"    phrases: [what does it cost]\n", "", []string{"line 31: intent price: phrases are missing"}},
	"intent with two ends":    {"    repeat: true", "    repeat: true\n    then: end", []string{"line 34: intent again: needs say or one of"}},
	"intent that just ends":   {"    phrases: [goodbye]\n    say: Goodbye.", "    phrases: [goodbye]", []string{"line 37: intent leave: hang_up needs say"}},
	"confirmation without no": {"    no: other\n", "", []string{"line 48: step sure: needs both yes and no"}},
	"ask without an answer":   {"    slot: fruit\n", "", []string{"line 43: step which: ask needs slot"}},
	"slot without next":       {"    slot: fruit\n    next: sure", "    slot: fruit", []string{"line 43: step which: next goes with slot"}},
	"slot and yes":            {"    yes: sold", "    yes: sold\n    slot: fruit", []string{"line 48: step sure: asks for a slot and for yes or no"}},
	"change without a yes":    {"    slot: fruit\n", "    slot: fruit\n    change: [size]\n", []string{"line 43: step which: change and open go with"}},
	"silent step":             {"    say: Never mind.\n", "", []string{"line 54: step other: says nothing"}},
	"hint without a question": {"    say: Never mind.\n", "    say: Never mind.\n    hint: Come on.\n", []string{"line 54: step other: hint goes with ask"}},
	"hang up and go on":       {"    next: end", "    next: end\n    hang_up: true", []string{"line 58: step sold: hang_up goes without ask and next"}},
	"ring of steps":           {"    next: end", "    next: sold2\n  sold2:\n    say: Again.\n    next: sold", []string{"line 58: step sold: leads back to itself", "line 61: step sold2: leads back", "step end: nothing leads"}},
	"no phrases for no":       {`no: ["no (thank you|)"]`, "", []string{"line 48: step sure: the script has no phrases for yes or for no"}},
	"two of a key":            {"question: What else?", "question: What else?\nquestion: What?", []string{"already defined"}},
	"no YAML":                 {"question: What else?", "question: [What", []string{"not YAML"}},
	"two documents":           {"question: What else?", "question: What else?\n---\na: b", []string{"must be one YAML document"}},
	"an alias":                {"question: What else?", "question: *x", []string{"line 2: must be a text"}},
}

func TestEveryFaultIsNamedWithItsLine(t *testing.T) {
	for name, c := range faulty {
		t.Run(name, func(t *testing.T) {
			if strings.Count(shop, c.old) != 1 {
				t.Fatalf("%q is %d times in the script", c.old, strings.Count(shop, c.old))
			}
			_, err := scripted.Load(strings.NewReader(strings.Replace(shop, c.old, c.new, 1)))
			if err == nil {
				t.Fatal("no fault was found")
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("got:\n%v\nwant %q in it", err, want)
				}
			}
		})
	}
}

func TestFaultsAreReportedTogetherInTheirOrder(t *testing.T) {
	text := strings.NewReplacer("yes: sold", "yes: gold", "repeat: true", "repeat: 7", "slot: fruit", "slat: fruit").Replace(shop)
	_, err := scripted.Load(strings.NewReader(text))
	if err == nil {
		t.Fatal("no fault was found")
	}
	at := -1
	for _, want := range []string{"line 36: must be", "line 46: unknown key", "line 51: there is no step"} {
		i := strings.Index(err.Error(), want)
		if i <= at {
			t.Errorf("%q is missing or too early in:\n%v", want, err)
		}
		at = i
	}
}

func TestAScriptIsBounded(t *testing.T) {
	cases := map[string]struct{ text, want string }{
		"one phrase":     {strings.Replace(shop, "[what does it cost]", "'"+strings.Repeat("(a|b)", 40)+"'", 1), "line 32: phrase"},
		"with its slots": {strings.Replace(shop, "[what does it cost]", "'"+strings.Repeat("{fruit} ", 9)+"'", 1), "line 32: phrase"},
		"all phrases":    {strings.Replace(shop, "[what does it cost]", manyPhrases(), 1), "more than 5000"},
		"size":           {shop + strings.Repeat("# more\n", 200_000), "larger than"},
		"empty":          {"", "must be one YAML document"},
		"no keys":        {"hello", "line 1: must be keys with values"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if _, err := scripted.Load(strings.NewReader(c.text)); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

// manyPhrases returns six phrases of a thousand ways each.
func manyPhrases() string {
	digit := "(a|b|c|d|e|f|g|h|i|j) "
	var out []string
	for i := range 6 {
		out = append(out, fmt.Sprintf("'%sx%d'", strings.Repeat(digit, 3), i))
	}
	return "[" + strings.Join(out, ", ") + "]"
}

func FuzzLoadEndsInAScriptOrAnError(f *testing.F) {
	f.Add(shop)
	for _, c := range faulty {
		f.Add(strings.Replace(shop, c.old, c.new, 1))
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := scripted.Load(strings.NewReader(text))
		if (s == nil) == (err == nil) {
			t.Fatalf("a script: %v, an error: %v", s != nil, err)
		}
	})
}
