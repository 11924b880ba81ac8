package conversation

import (
	"strings"
	"time"
)

// perRune is how long a letter takes to speak, for sentences whose sound is
// not complete yet.
const perRune = 65 * time.Millisecond

// Spoken knows which words of a reply lie where in the agent's sound, and so
// which of them a caller has heard. Positions are media time of what the call
// sent to the carrier, the unit of the playout clock. The zero value is ready.
type Spoken struct {
	sentences []spokenSentence
}

type spokenSentence struct {
	id       uint64
	text     string
	from, to time.Duration
	began    bool // whether any sound of it came
	complete bool
	canned   bool
}

// Add notes that sentence id will be spoken.
func (s *Spoken) Add(id uint64, text string) { s.add(Action{ID: id, Text: text}) }

// add notes that the sentence of an ActSpeak will be spoken.
func (s *Spoken) add(a Action) {
	s.sentences = append(s.sentences, spokenSentence{id: a.ID, text: a.Text, canned: a.Canned})
}

// Sound notes that sound of sentence id lies from from to to; a later call
// extends it.
func (s *Spoken) Sound(id uint64, from, to time.Duration) {
	if sentence := s.find(id); sentence != nil {
		if !sentence.began {
			sentence.began, sentence.from = true, from
		}
		sentence.to = to
	}
}

// Complete notes that no more sound of sentence id comes.
func (s *Spoken) Complete(id uint64) {
	if sentence := s.find(id); sentence != nil {
		sentence.complete = true
	}
}

// Text returns all sentences.
func (s *Spoken) Text() string {
	texts := make([]string, len(s.sentences))
	for i, sentence := range s.sentences {
		texts[i] = sentence.text
	}
	return strings.Join(texts, " ")
}

// Heard returns the words whose sound ends at or before position.
func (s *Spoken) Heard(position time.Duration) string {
	var heard []string
	for _, sentence := range s.sentences {
		if words := sentence.heard(position); words != "" {
			heard = append(heard, words)
		}
	}
	return strings.Join(heard, " ")
}

func (s *Spoken) find(id uint64) *spokenSentence {
	for i := range s.sentences {
		if s.sentences[i].id == id {
			return &s.sentences[i]
		}
	}
	return nil
}

// heard returns the words that end at or before position, each taken to last
// in proportion to its letters.
func (s *spokenSentence) heard(position time.Duration) string {
	if !s.began || position <= s.from {
		return ""
	}
	lasts := s.to - s.from
	if !s.complete {
		lasts = max(lasts, time.Duration(len([]rune(s.text)))*perRune)
	} else if position >= s.to {
		return s.text
	}
	letters := len([]rune(s.text))
	if letters == 0 {
		return ""
	}
	reached := int(int64(letters) * int64(position-s.from) / int64(lasts))
	words := strings.Fields(s.text)
	end := 0
	for i, word := range words {
		end += len([]rune(word))
		if end > reached {
			return strings.Join(words[:i], " ")
		}
		end++ // the space
	}
	return s.text
}
