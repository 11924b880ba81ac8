package pocketsphinx

import (
	"bufio"
	"bytes"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
)

// dictionary holds how the phrases' words are pronounced.
type dictionary struct {
	lines  []string // as in the model's dictionary
	phones []string // all of the model's, sorted, without silence
}

// readDictionary takes the entries of words out of the model's dictionary.
// The error names every word that isn't there.
func readDictionary(path string, words map[string]bool) (*dictionary, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open the dictionary: %w", err)
	}
	defer func() { _ = f.Close() }()
	d := &dictionary{}
	phones, missing := make(map[string]bool), maps.Clone(words)
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		entry, sounds, ok := strings.Cut(lines.Text(), " ")
		if !ok {
			continue
		}
		for p := range strings.FieldsSeq(sounds) {
			phones[p] = true
		}
		word, _, _ := strings.Cut(entry, "(") // "read(2)" is another way to say "read"
		if words[word] {
			d.lines = append(d.lines, lines.Text())
			delete(missing, word)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read the dictionary: %w", err)
	}
	if len(missing) > 0 {
		return nil, fmt.Errorf("not in the recognizer's dictionary: %s", strings.Join(slices.Sorted(maps.Keys(missing)), ", "))
	}
	delete(phones, "SIL")
	d.phones = slices.Sorted(maps.Keys(phones))
	return d, nil
}

// entries returns the dictionary's text, with a pseudo-word for each phone
// where the grammar has the garbage loop.
func (d *dictionary) entries(garbage bool) []byte {
	var b bytes.Buffer
	for _, line := range d.lines {
		b.WriteString(line + "\n")
	}
	if garbage {
		for _, p := range d.phones {
			b.WriteString(garbageMark + p + " " + p + "\n")
		}
	}
	return b.Bytes()
}

const (
	smallNumbers = "zero one two three four five six seven eight nine ten eleven twelve thirteen " +
		"fourteen fifteen sixteen seventeen eighteen nineteen"
	tensNumbers = "zero ten twenty thirty forty fifty sixty seventy eighty ninety"
)

// inWords returns a word as itself and a number as it is read: up to 99 as a
// number, anything else that holds a figure piece by piece.
func inWords(word string) []string {
	if !strings.ContainsAny(word, "0123456789") {
		return []string{word}
	}
	ones, tens := strings.Fields(smallNumbers), strings.Fields(tensNumbers)
	if n, err := strconv.Atoi(word); err == nil && n < 100 && word[0] != '0' {
		switch {
		case n < 20:
			return []string{ones[n]}
		case n%10 == 0:
			return []string{tens[n/10]}
		}
		return []string{tens[n/10], ones[n%10]}
	}
	var out []string
	letters := ""
	for _, c := range word {
		if c < '0' || c > '9' {
			letters += string(c)
			continue
		}
		if letters != "" {
			out, letters = append(out, letters), ""
		}
		out = append(out, ones[c-'0'])
	}
	if letters != "" {
		out = append(out, letters)
	}
	return out
}
