package scripted

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
)

// pattern is a phrase of the script with its alternatives written out: each
// of them is a list of words, where "{day}" stands for a slot.
type pattern struct {
	at     int
	text   string
	alts   [][]string
	silent bool // begins with ~: understood, but not among Phrases
}

var (
	errTooMany = fmt.Errorf("expands to more than %d phrases", maxPhrases)
	errNothing = errors.New("has an alternative without any words")
)

// parsePattern expands a phrase such as "(a|b|) word {slot}".
func parsePattern(text string, at int) (pattern, error) {
	p := pattern{at: at, text: text, silent: strings.HasPrefix(text, "~")}
	rest, alts, err := parseAlternatives(strings.ToLower(text), false)
	if err == nil && rest != "" {
		err = errors.New("has a ) too many")
	}
	if err != nil {
		return p, err
	}
	for _, words := range alts {
		if len(words) == 0 {
			return p, errNothing
		}
	}
	p.alts = alts
	return p, nil
}

// parseAlternatives reads up to the end of the text or, inside brackets, to
// the closing one, and returns what is left behind it.
func parseAlternatives(text string, inside bool) (rest string, alts [][]string, err error) {
	branch := [][]string{nil}
	for text != "" {
		switch text[0] {
		case ')':
			if !inside {
				return text, nil, nil
			}
			return text[1:], append(alts, branch...), nil
		case '|':
			alts, branch, text = append(alts, branch...), [][]string{nil}, text[1:]
			continue
		case '(':
			var group [][]string
			if text, group, err = parseAlternatives(text[1:], true); err != nil {
				return "", nil, err
			}
			branch, err = join(branch, group)
		default:
			var words []string
			if text, words, err = parseWords(text); err == nil {
				branch, err = join(branch, [][]string{words})
			}
		}
		if err != nil {
			return "", nil, err
		}
	}
	if inside {
		return "", nil, errors.New("has a ( that is not closed")
	}
	return "", append(alts, branch...), nil
}

// parseWords reads plain words, or one slot.
func parseWords(text string) (rest string, words []string, err error) {
	if text[0] == '{' {
		name, behind, closed := strings.Cut(text[1:], "}")
		if !closed {
			return "", nil, errors.New("has a { that is not closed")
		}
		return behind, []string{"{" + name + "}"}, nil
	}
	end := strings.IndexAny(text, "(|){")
	if end < 0 {
		end = len(text)
	}
	return text[end:], wordsOf(text[:end]), nil
}

// join returns each of the heads with each of the tails behind it.
func join(heads, tails [][]string) ([][]string, error) {
	if len(heads)*len(tails) > maxPhrases {
		return nil, errTooMany
	}
	out := make([][]string, 0, len(heads)*len(tails))
	for _, head := range heads {
		for _, tail := range tails {
			out = append(out, append(head[:len(head):len(head)], tail...))
		}
	}
	return out, nil
}

// wordsOf returns the words of a text in lower case. Apostrophes belong to
// the word that they are in.
func wordsOf(text string) []string {
	text = strings.ReplaceAll(strings.ToLower(text), "’", "'")
	words := strings.FieldsFunc(text, func(r rune) bool {
		return r != '\'' && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
	})
	out := words[:0]
	for _, w := range words {
		if w = strings.Trim(w, "'"); w != "" {
			out = append(out, w)
		}
	}
	return out
}
