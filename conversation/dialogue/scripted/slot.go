package scripted

import "strings"

// slot is something that the caller can name, such as a day.
type slot struct {
	at        int
	name      string
	preset    ref       // the value that holds until the caller names one
	answers   []pattern // ways to name it
	values    []value
	byDefault int
}

// value is one of the things that a slot can hold.
type value struct {
	at      int
	say     string    // as the agent says it
	phrases []pattern // as the caller does
	key     string
}

// token returns what stands for the slot in a phrase.
func (s *slot) token() string { return "{" + s.name + "}" }

// keyed returns the value of a key, -1 for none.
func (s *slot) keyed(key string) int {
	for i, v := range s.values {
		if v.key != "" && v.key == key {
			return i
		}
	}
	return -1
}

// hasKeys reports whether any value has a key.
func (s *slot) hasKeys() bool {
	for _, v := range s.values {
		if v.key != "" {
			return true
		}
	}
	return false
}

// line is a text that the agent says; it may name slots in braces.
type line struct {
	at    int
	text  string
	slots []int // those that it names
}

// names returns what stands in braces in the text.
func (l line) names() []string {
	var out []string
	for rest := l.text; ; {
		_, from, found := strings.Cut(rest, "{")
		if !found {
			return out
		}
		name, behind, closed := strings.Cut(from, "}")
		if !closed {
			return append(out, from)
		}
		out, rest = append(out, name), behind
	}
}

// with returns the text with the slots' values; values holds, for each slot,
// its value or -1.
func (l line) with(slots []*slot, values []int) string {
	text := l.text
	for _, i := range l.slots {
		v := values[i]
		if v < 0 {
			v = slots[i].byDefault
		}
		text = strings.ReplaceAll(text, slots[i].token(), slots[i].values[v].say)
	}
	return text
}
