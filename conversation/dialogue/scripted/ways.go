package scripted

import (
	"slices"
	"strings"
)

// checkWays reports steps to which nothing leads, and rings of steps in which
// the agent would never stop to listen.
func (s *Script) checkWays(d *document) {
	reached := map[*step]bool{}
	var reach func(st *step)
	reach = func(st *step) {
		if st == nil || reached[st] {
			return
		}
		reached[st] = true
		reach(st.onYes)
		reach(st.onNo)
		reach(st.then)
	}
	for _, in := range s.intents {
		reach(in.step)
	}
	for _, st := range s.steps {
		if !reached[st] {
			d.wrong(st.at, "step %s: nothing leads to it", st.name)
		}
		seen := 0
		for on := st.then; on != nil && seen <= len(s.steps); on = on.then {
			if seen++; on == st {
				d.wrong(st.at, "step %s: leads back to itself without a yes or no between", st.name)
				break
			}
		}
	}
}

// checkSame reports phrases that mean two things.
func (s *Script) checkSame(d *document) {
	type use struct{ owner, at int }
	wanted, named := map[string]use{}, map[string]use{}
	note := func(taken map[string]use, owner int, patterns []pattern) {
		for _, p := range patterns {
			for _, words := range p.alts {
				text := strings.Join(words, " ")
				before, found := taken[text]
				if found && before.owner != owner {
					d.wrong(p.at, "phrase %q means something else in line %d", text, before.at)
					break
				}
				taken[text] = use{owner: owner, at: p.at}
			}
		}
	}
	for i, in := range s.intents {
		note(wanted, i, in.patterns)
	}
	owner := 0
	for _, sl := range s.slots {
		for _, v := range sl.values {
			owner++
			note(named, owner, v.phrases)
		}
	}
	both := map[string]use{}
	note(both, 0, s.yes.patterns)
	note(both, 1, s.no.patterns)
}

// expand writes out all phrases with the slots filled in.
func (s *Script) expand(d *document) {
	values := map[string][][]string{}
	for _, sl := range s.slots {
		for _, v := range sl.values {
			for _, p := range v.phrases {
				if !p.silent {
					values[sl.token()] = append(values[sl.token()], p.alts...)
				}
			}
		}
	}
	all := slices.Concat(s.yes.patterns, s.no.patterns)
	for _, in := range s.intents {
		all = append(all, in.patterns...)
	}
	for _, sl := range s.slots {
		all = append(all, sl.answers...)
	}
	seen := map[string]bool{}
	for _, p := range all {
		if p.silent {
			continue
		}
		for _, words := range p.alts {
			full, err := filled(words, values)
			if err != nil || len(s.phrases) > maxPhrases {
				d.wrong(p.at, "phrase %q: all phrases together are more than %d", p.text, maxPhrases)
				return
			}
			for _, f := range full {
				if text := strings.Join(f, " "); !seen[text] {
					seen[text] = true
					s.phrases = append(s.phrases, text)
				}
			}
		}
	}
	if len(s.phrases) > maxPhrases {
		d.wrong(1, "all phrases together are more than %d", maxPhrases)
	}
}

// filled returns words with each way to say the slots that they name.
func filled(words []string, values map[string][][]string) (out [][]string, err error) {
	out = [][]string{nil}
	for _, word := range words {
		ways := [][]string{{word}}
		if fill, ok := values[word]; ok {
			ways = fill
		}
		if out, err = join(out, ways); err != nil {
			return nil, err
		}
	}
	return out, nil
}
