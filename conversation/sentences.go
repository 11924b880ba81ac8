package conversation

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxSentence is the longest run of text, in bytes, that waits for its end
// before it is spoken; a longer one is spoken in parts.
const maxSentence = 400

// Sentences cuts text that comes in pieces into sentences to speak, so that
// the first can be spoken while the rest still comes. The zero value is ready.
type Sentences struct {
	rest string
}

// Push takes the next piece of text and returns the sentences that are
// complete with it. A sentence is complete when a space follows its end mark:
// "3.5" and "10:30" are not cut.
func (s *Sentences) Push(text string) []string {
	s.rest += strings.ToValidUTF8(text, "")
	var out []string
	for {
		end := sentenceEnd(s.rest)
		if end < 0 && len(s.rest) > maxSentence {
			end = breakBefore(s.rest, maxSentence)
		}
		if end < 0 {
			return out
		}
		if sentence := clean(s.rest[:end]); sentence != "" {
			out = append(out, sentence)
		}
		s.rest = s.rest[end:]
	}
}

// Flush returns the sentence that is left at the end of the text, or "".
func (s *Sentences) Flush() string {
	last := clean(s.rest)
	s.rest = ""
	return last
}

// sentenceEnd returns the index behind the first sentence that a space or a
// line break follows, or -1.
func sentenceEnd(text string) int {
	for i, r := range text {
		if r == '\n' {
			return i + 1
		}
		if !strings.ContainsRune(".?!;。？！।", r) {
			continue
		}
		behind := i + utf8.RuneLen(r)
		next, size := utf8.DecodeRuneInString(text[behind:])
		if size > 0 && unicode.IsSpace(next) && !abbreviation(text[:behind]) {
			return behind
		}
	}
	return -1
}

// abbreviation reports whether text ends in a word whose full stop doesn't
// end a sentence.
func abbreviation(text string) bool {
	word := strings.ToLower(text[strings.LastIndexFunc(text, unicode.IsSpace)+1:])
	switch word {
	case "mr.", "mrs.", "ms.", "dr.", "st.", "no.", "e.g.", "i.e.":
		return true
	}
	return false
}

// breakBefore returns the index of the last space in text[:limit], or the
// last rune border where there is none.
func breakBefore(text string, limit int) int {
	if i := strings.LastIndexByte(text[:limit], ' '); i > 0 {
		return i
	}
	for limit > 1 && !utf8.RuneStart(text[limit]) {
		limit--
	}
	return limit
}

// clean folds white space and drops control characters.
func clean(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, text)
	text = strings.Join(strings.Fields(text), " ")
	if !strings.ContainsFunc(text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
		return ""
	}
	return text
}
