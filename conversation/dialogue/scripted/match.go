package scripted

import (
	"maps"
	"slices"
)

// How well words have to fit, from 0 to 1. A phrase that occurs whole among
// as many other words of weight as it has itself gets 0.75.
const (
	enough    = 0.6
	stepBonus = 0.1 // what an answer to the question asked has ahead
)

// What words weigh that aren't an intent's own.
const (
	fillerWeight  = 0.1
	unknownWeight = 0.15
	leastWeight   = 0.2 // of a word that many intents share
)

// maxHeard is how many words of an utterance are looked at, from its end.
const maxHeard = 100

// meaning is a set of phrases that mean the same.
type meaning struct {
	patterns []pattern
	known    []phrase
}

// phrase is one way to say something: its words, each once, and their weight.
type phrase struct {
	words  []string
	weight float64
}

// lexicon knows what the script's words weigh and which of them name a
// slot's value.
type lexicon struct {
	weight   map[string]float64
	mentions map[string][]mention // by first word, the longest first
}

// mention is a way to name a slot's value.
type mention struct {
	words       []string
	slot, value int
}

// utterance is what the caller said, as far as the script knows the words.
type utterance struct {
	words  map[string]bool // with "{day}" too where a day was named
	weight float64         // of all words, those that name a day only as "{day}"
	named  []int           // by slot, the value that was named last, or -1
}

// listen finds the slots' values in a text and weighs its words.
func (s *Script) listen(text string) utterance {
	words := wordsOf(text)
	words = words[max(0, len(words)-maxHeard):]
	u := utterance{words: map[string]bool{}, named: slices.Repeat([]int{-1}, len(s.slots))}
	spare := map[string]bool{}
	for i := 0; i < len(words); {
		word, length := words[i], 1
		if m, ok := s.lexicon.mentionAt(words[i:]); ok {
			word, length = s.slots[m.slot].token(), len(m.words)
			u.named[m.slot] = m.value
			for _, plain := range m.words { // they may mean something else, too
				spare[plain] = true
			}
		}
		if !u.words[word] {
			u.words[word] = true
			u.weight += s.lexicon.weigh(word)
		}
		i += length
	}
	maps.Copy(u.words, spare)
	return u
}

// mentionAt returns the longest mention with which words begin.
func (l *lexicon) mentionAt(words []string) (mention, bool) {
	for _, m := range l.mentions[words[0]] {
		if len(m.words) <= len(words) && slices.Equal(m.words, words[:len(m.words)]) {
			return m, true
		}
	}
	return mention{}, false
}

func (l *lexicon) weigh(word string) float64 {
	if w, known := l.weight[word]; known {
		return w
	}
	return unknownWeight
}

// fits returns how well u fits the best of the phrases: how much of the
// phrase was said, less up to a half for what else was.
func (m *meaning) fits(u utterance, l *lexicon) float64 {
	best := 0.0
	for _, p := range m.known {
		common := 0.0
		for _, word := range p.words {
			if u.words[word] {
				common += l.weigh(word)
			}
		}
		if common > 0 {
			best = max(best, common/p.weight*(0.5+0.5*min(1, common/u.weight)))
		}
	}
	return best
}

// names returns how well u fits as an answer that names the slot.
func (s *Script) names(u utterance, slot int) float64 {
	if u.named[slot] < 0 {
		return 0
	}
	mentioned := 0.0
	for i, value := range u.named {
		if value >= 0 {
			mentioned += s.lexicon.weigh(s.slots[i].token())
		}
	}
	return 0.5 + 0.5*mentioned/u.weight
}

// refuses reports whether u has a word that no consent has.
func (s *Script) refuses(u utterance) bool {
	return slices.ContainsFunc(s.refusing, func(word string) bool { return u.words[word] })
}

// wanted returns the intent that fits best and how well, nil where none does
// well enough.
func (s *Script) wanted(u utterance) (best *intent, score float64) {
	for _, in := range s.intents {
		if fit := in.fits(u, &s.lexicon); fit >= enough && fit > score {
			best, score = in, fit
		}
	}
	return best, score
}

// learn fills the lexicon from the script's phrases.
func (s *Script) learn() {
	meanings := []*meaning{&s.yes, &s.no}
	for _, in := range s.intents {
		meanings = append(meanings, &in.meaning)
	}
	sharers := map[string]int{}
	for _, m := range meanings {
		seen := map[string]bool{}
		for _, p := range m.patterns {
			for _, words := range p.alts {
				for _, word := range words {
					if !seen[word] {
						seen[word] = true
						sharers[word]++
					}
				}
			}
		}
	}
	weight := make(map[string]float64, len(sharers))
	for word, n := range sharers {
		weight[word] = max(leastWeight, 1/float64(n))
	}
	for _, word := range s.fillers {
		weight[word] = fillerWeight
	}
	for _, sl := range s.slots {
		weight[sl.token()] = 1
	}
	s.lexicon = lexicon{weight: weight, mentions: s.mentions()}
	for _, m := range meanings {
		m.learn(&s.lexicon)
	}
}

func (m *meaning) learn(l *lexicon) {
	for _, p := range m.patterns {
		for _, words := range p.alts {
			known := phrase{words: unique(words)}
			for _, word := range known.words {
				known.weight += l.weigh(word)
			}
			m.known = append(m.known, known)
		}
	}
}

// mentions returns the ways to name the slots' values, by their first word.
func (s *Script) mentions() map[string][]mention {
	out := map[string][]mention{}
	for i, sl := range s.slots {
		for j, v := range sl.values {
			for _, p := range v.phrases {
				for _, words := range p.alts {
					out[words[0]] = append(out[words[0]], mention{words: words, slot: i, value: j})
				}
			}
		}
	}
	for _, list := range out {
		slices.SortStableFunc(list, func(a, b mention) int { return len(b.words) - len(a.words) })
	}
	return out
}

func unique(words []string) []string {
	words = slices.Clone(words)
	slices.Sort(words)
	return slices.Compact(words)
}
