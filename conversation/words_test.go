package conversation_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/talkpath/talkpath/conversation"
)

func TestTextIsCutWhereSentencesEnd(t *testing.T) {
	cases := map[string]struct {
		pieces []string
		want   []string
	}{
		"whole":         {[]string{"One. Two? Three!"}, []string{"One.", "Two?", "Three!"}},
		"letter pieces": {strings.Split("One. Two.", ""), []string{"One.", "Two."}},
		"number":        {[]string{"It costs 3.50 today. Fine."}, []string{"It costs 3.50 today.", "Fine."}},
		"title":         {[]string{"Ask Dr. Jones. Now."}, []string{"Ask Dr. Jones.", "Now."}},
		"lines":         {[]string{"One\nTwo"}, []string{"One", "Two"}},
		"marks only":    {[]string{"... ! Hello."}, []string{"Hello."}},
		"hindi":         {[]string{"नमस्ते। कैसे हैं?"}, []string{"नमस्ते।", "कैसे हैं?"}},
		"control":       {[]string{"A\x00b\x1b c. "}, []string{"A b c."}},
		"empty":         {[]string{"", "  "}, nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if got := cut(c.pieces); !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestCuttingKeepsEveryWordAndBoundsEveryPart(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		words := rapid.SliceOfN(rapid.StringMatching(`[a-z]{1,12}[.?,]?`), 0, 200).Draw(r, "words")
		text := strings.Join(words, " ")
		at := rapid.IntRange(0, len(text)).Draw(r, "split")
		got := cut([]string{text[:at], text[at:]})
		if joined := strings.Join(got, " "); joined != text {
			r.Fatalf("got %q of %q", joined, text)
		}
		for _, part := range got {
			if len(part) > 420 {
				r.Fatalf("a part of %d bytes", len(part))
			}
		}
	})
}

func cut(pieces []string) []string {
	var s conversation.Sentences
	var got []string
	for _, p := range pieces {
		got = append(got, s.Push(p)...)
	}
	if last := s.Flush(); last != "" {
		got = append(got, last)
	}
	return got
}

func TestOnlyWordsWhoseSoundHasEndedWereHeard(t *testing.T) {
	var s conversation.Spoken
	s.Add(1, "one two three")
	s.Sound(1, 0, 500*time.Millisecond)
	s.Sound(1, 500*time.Millisecond, 1300*time.Millisecond)
	s.Complete(1)
	s.Add(2, "four")
	s.Sound(2, 1300*time.Millisecond, 1700*time.Millisecond)
	for ms, want := range map[int]string{
		0: "", 250: "", 300: "one", 690: "one", 710: "one two", 1299: "one two",
		1300: "one two three", 1500: "one two three", 1700: "one two three four",
	} {
		if got := s.Heard(time.Duration(ms) * time.Millisecond); got != want {
			t.Errorf("at %d ms heard %q, want %q", ms, got, want)
		}
	}
}

func TestASentenceStillBeingSpokenIsNotTakenForShort(t *testing.T) {
	var s conversation.Spoken
	s.Add(1, "a sentence of which only the very beginning has been synthesized")
	s.Sound(1, 0, 200*time.Millisecond)
	if got := s.Heard(200 * time.Millisecond); got != "a" {
		t.Errorf("heard %q, want the first word", got)
	}
}
