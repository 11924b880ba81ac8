package pocketsphinx

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// garbageMark begins the pseudo-words of the garbage loop, one for each phone.
const garbageMark = "_"

// grammar is the smallest automaton that knows exactly the phrases: words
// shared at the start or at the end of phrases are decoded once.
type grammar struct {
	states [][]edge // by number; an edge without a word leads to the end
	known  map[string]int
	root   int
}

type edge struct {
	word string
	to   int
}

// node is a phrase tree's; end tells that a phrase ends here.
type node struct {
	next map[string]*node
	end  bool
}

func newGrammar(phrases []string) *grammar {
	root := &node{}
	for _, p := range phrases {
		n := root
		for w := range strings.FieldsSeq(p) {
			if n.next == nil {
				n.next = make(map[string]*node)
			}
			if n.next[w] == nil {
				n.next[w] = &node{}
			}
			n = n.next[w]
		}
		n.end = true
	}
	g := &grammar{known: make(map[string]int)}
	g.root = g.add(root)
	return g
}

// add returns the state of n, which is the one of any node with the same
// phrases behind it.
func (g *grammar) add(n *node) int {
	var out []edge
	for w, next := range n.next {
		out = append(out, edge{word: w, to: g.add(next)})
	}
	slices.SortFunc(out, func(a, b edge) int { return strings.Compare(a.word, b.word) })
	if n.end {
		out = append(out, edge{})
	}
	key := fmt.Sprint(out)
	if s, ok := g.known[key]; ok {
		return s
	}
	g.known[key] = len(g.states)
	g.states = append(g.states, out)
	return len(g.states) - 1
}

// fsg writes the grammar in the Sphinx finite state grammar format, with a
// loop over the phones beside the phrases where garbage, the probability of
// each phone, is above zero.
func (g *grammar) fsg(phones []string, garbage float64) []byte {
	var b bytes.Buffer
	start, final, loop := len(g.states), len(g.states)+1, len(g.states)+2
	fmt.Fprintf(&b, "FSG_BEGIN phrases\nNUM_STATES %d\nSTART_STATE %d\nFINAL_STATE %d\n", loop+1, start, final)
	fmt.Fprintf(&b, "TRANSITION %d %d 1.0\n", start, g.root)
	for from, out := range g.states {
		for _, e := range out {
			if e.word == "" {
				fmt.Fprintf(&b, "TRANSITION %d %d 1.0\n", from, final)
				continue
			}
			fmt.Fprintf(&b, "TRANSITION %d %d 1.0 %s\n", from, e.to, e.word)
		}
	}
	if garbage > 0 {
		fmt.Fprintf(&b, "TRANSITION %d %d 1.0\nTRANSITION %d %d 1.0\n", start, loop, loop, final)
		for _, p := range phones {
			fmt.Fprintf(&b, "TRANSITION %d %d %g %s%s\n", loop, loop, garbage, garbageMark, p)
		}
	}
	b.WriteString("FSG_END\n")
	return b.Bytes()
}

// normalPhrases returns phrases in lower case words, each once, in order.
func normalPhrases(phrases []string) ([]string, error) {
	var all []string
	for _, p := range phrases {
		if words := normalWords(p); len(words) > 0 {
			all = append(all, strings.Join(words, " "))
		}
	}
	slices.Sort(all)
	all = slices.Compact(all)
	if len(all) == 0 {
		return nil, errors.New("the recognizer has no phrases")
	}
	return all, nil
}

// normalWords splits p at whatever is neither a letter, a figure nor an
// apostrophe inside a word, and writes figures as words.
func normalWords(p string) []string {
	fields := strings.FieldsFunc(strings.ToLower(p), func(c rune) bool {
		return (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '\''
	})
	var words []string
	for _, f := range fields {
		if f = strings.Trim(f, "'"); f == "" {
			continue
		}
		words = append(words, inWords(f)...)
	}
	return words
}

func wordsOf(phrases []string) map[string]bool {
	words := make(map[string]bool)
	for _, p := range phrases {
		for w := range strings.FieldsSeq(p) {
			words[w] = true
		}
	}
	return words
}
