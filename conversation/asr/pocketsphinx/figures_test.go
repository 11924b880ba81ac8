package pocketsphinx_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/talkpath/talkpath/conversation"
	"github.com/talkpath/talkpath/conversation/asr/pocketsphinx"
)

var (
	figures = flag.String("figures", "", "file with the phrases of a grammar, one a line")
	spoken  = flag.String("spoken", "", "file with those of -figures that all voices speak; all where empty")
	garbage = flag.Float64("garbage", 0, "the garbage probability for -figures")
)

// tally counts what one voice's speech came back as.
type tally struct{ right, empty, said, caught, strange int }

// measure speaks every text of said and of strange with every voice to a
// recognizer that knows phrases.
func measure(t *testing.T, cfg pocketsphinx.Config, said, strange []string) (all tally) {
	r := open(t, cfg)
	var (
		mu     sync.Mutex
		took   time.Duration
		totals = map[voice]*tally{}
		work   errgroup.Group
	)
	work.SetLimit(2)
	speak := func(v voice, text string, count func(*tally, string)) {
		work.Go(func() error {
			pcm := v.telephone(t, text)
			l, hearings := session(t, r)
			begin := time.Now()
			say(t, l, 1, pcm)
			h := <-hearings
			mu.Lock()
			defer mu.Unlock()
			took += time.Since(begin)
			if h.Err != nil {
				t.Errorf("%v said %q: %v", v, text, h.Err)
			}
			count(totals[v], h.Text)
			if h.Text != text {
				t.Logf("%v said %q, heard %q", v, text, h.Text)
			}
			return nil
		})
	}
	for _, v := range voices {
		totals[v] = &tally{said: len(said), strange: len(strange)}
	}
	for _, v := range voices {
		for _, text := range said {
			speak(v, text, func(s *tally, heard string) {
				switch heard {
				case text:
					s.right++
				case "":
					s.empty++
				}
			})
		}
		for _, text := range strange {
			speak(v, text, func(s *tally, heard string) {
				if heard == "" {
					s.caught++
				}
			})
		}
	}
	_ = work.Wait()
	for _, v := range voices {
		s := totals[v]
		t.Logf("%-18v right %d of %d, empty %d; strange caught %d of %d", v, s.right, s.said, s.empty, s.caught, s.strange)
		all = tally{all.right + s.right, all.empty + s.empty, all.said + s.said, all.caught + s.caught, all.strange + s.strange}
	}
	t.Logf("all: right %d of %d, empty %d; strange caught %d of %d; %v each", all.right, all.said, all.empty,
		all.caught, all.strange, took/time.Duration(max(all.said+all.strange, 1)))
	return all
}

// list reads a file with one text a line.
func list(t *testing.T, path string) []string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSpace(string(text)), "\n")
}

// TestMostIsRecognizedAndMostOfTheRestIsNot speaks a part of a grammar of some
// three hundred phrases, and sentences that it doesn't hold.
func TestMostIsRecognizedAndMostOfTheRestIsNot(t *testing.T) {
	phrases, strange := list(t, filepath.Join("testdata", "phrases.txt")), list(t, filepath.Join("testdata", "strange.txt"))
	said := []string{
		"i would like to book an appointment", "yes please", "i want to speak to an agent",
		"i want to cancel my appointment", "i need to move my appointment", "goodbye",
		"no thank you", "tomorrow morning", "what are your opening hours",
	}
	all := measure(t, pocketsphinx.Config{Phrases: phrases, Timeout: time.Minute}, said, strange[:6])
	if all.right*100 < all.said*95 {
		t.Errorf("%d of %d were right, want 95 of 100", all.right, all.said)
	}
	if all.caught*100 < all.strange*75 {
		t.Errorf("%d of %d that are no phrase were caught, want 75 of 100", all.caught, all.strange)
	}
}

// TestFigures measures a whole grammar, for whoever changes it:
//
//	go test -run TestFigures -v -figures phrases.txt
func TestFigures(t *testing.T) {
	if *figures == "" {
		t.Skip("it takes minutes; -figures runs it")
	}
	phrases := list(t, *figures)
	said := phrases
	if *spoken != "" {
		said = list(t, *spoken)
	}
	measure(t, pocketsphinx.Config{Phrases: phrases, Timeout: time.Minute, Garbage: *garbage}, said,
		list(t, filepath.Join("testdata", "strange.txt")))
}

var _ conversation.Recognizer = (*pocketsphinx.Recognizer)(nil)
