package pocketsphinx_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/talkpath/talkpath/conversation"
	"github.com/talkpath/talkpath/conversation/asr/pocketsphinx"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// phrases are those of a small dialogue.
var phrases = []string{
	"i would like to book an appointment", "i want to cancel my appointment",
	"i need to move my appointment", "i want to speak to an agent",
	"what are your opening hours", "yes please", "no thank you", "goodbye",
	"tomorrow morning", "friday at ten", "thank you",
}

func open(t *testing.T, cfg pocketsphinx.Config) *pocketsphinx.Recognizer {
	t.Helper()
	if cfg.Phrases == nil {
		cfg.Phrases = phrases
	}
	r, err := pocketsphinx.New(cfg)
	if err != nil {
		t.Fatalf("%v (make setup installs what the tests need)", err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

// session is a call's session whose hearings come out of a channel.
func session(t *testing.T, r *pocketsphinx.Recognizer) (conversation.Listener, <-chan conversation.Hearing) {
	t.Helper()
	hearings := make(chan conversation.Hearing, 100)
	l, err := r.Listen(t.Context(), func(h conversation.Hearing) { hearings <- h })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l, hearings
}

// say gives pcm to a session, in 20 ms pieces.
func say(t *testing.T, l conversation.Listener, number uint64, pcm []int16) {
	t.Helper()
	for len(pcm) > 0 {
		n := min(160, len(pcm))
		if err := l.Write(pcm[:n]); err != nil {
			t.Fatal(err)
		}
		pcm = pcm[n:]
	}
	if err := l.Finish(number); err != nil {
		t.Fatal(err)
	}
}

func wait(t *testing.T, hearings <-chan conversation.Hearing) conversation.Hearing {
	t.Helper()
	select {
	case h := <-hearings:
		return h
	case <-time.After(20 * time.Second):
		t.Fatal("nothing was heard")
		return conversation.Hearing{}
	}
}

// noise is sound that is no speech, long enough to be looked at.
func noise(d time.Duration) []int16 {
	pcm := make([]int16, int(d*pocketsphinx.Rate/time.Second))
	for i := range pcm {
		pcm[i] = int16(i*7919%2000 - 1000)
	}
	return pcm
}

func TestSpeechOnTheTelephoneIsRecognized(t *testing.T) {
	r := open(t, pocketsphinx.Config{Timeout: 20 * time.Second})
	l, hearings := session(t, r)
	var number uint64
	for _, v := range []voice{{"espeak-ng", "en-us"}, {"flite", "rms"}} {
		for _, want := range phrases {
			number++
			say(t, l, number, v.telephone(t, want))
			h := wait(t, hearings)
			if h.Utterance != number || h.Text != want || !h.Final || h.Err != nil {
				t.Errorf("%v said %q, heard %+v as utterance %d", v, want, h, number)
			}
		}
	}
}

func TestSpeechThatFitsNoPhraseIsNotUnderstood(t *testing.T) {
	l, hearings := session(t, open(t, pocketsphinx.Config{Timeout: 20 * time.Second}))
	strange := []string{
		"my dog ran away last night", "the train to london leaves from platform seven",
		"how do i reset my password", "she bought a new green bicycle",
		"the children are playing in the garden",
	}
	for i, text := range strange {
		say(t, l, uint64(i), voice{"flite", "rms"}.telephone(t, text))
		if h := wait(t, hearings); h.Text != "" || h.Err != nil {
			t.Errorf("%q was heard as %+v", text, h)
		}
	}
}

func TestAnySoundIsTheNearestPhraseWithoutGarbage(t *testing.T) {
	l, hearings := session(t, open(t, pocketsphinx.Config{Timeout: 20 * time.Second, Garbage: -1}))
	say(t, l, 1, voice{"flite", "rms"}.telephone(t, "i would like a pizza with cheese"))
	if h := wait(t, hearings); h.Text == "" || h.Err != nil {
		t.Errorf("heard %+v", h)
	}
}

func TestPhrasesAreTakenInAnySpellingAndFiguresAsWords(t *testing.T) {
	r := open(t, pocketsphinx.Config{
		Timeout: 20 * time.Second, Phrases: []string{"  Friday, at 10!", "extension 42", "room 305", "Yes."},
	})
	l, hearings := session(t, r)
	say(t, l, 1, voice{"flite", "rms"}.telephone(t, "friday at ten"))
	if h := wait(t, hearings); h.Text != "friday at ten" {
		t.Errorf("heard %+v", h)
	}
	say(t, l, 2, voice{"flite", "rms"}.telephone(t, "room three zero five"))
	if h := wait(t, hearings); h.Text != "room three zero five" {
		t.Errorf("heard %+v", h)
	}
}

func TestEveryWordThatTheDictionaryLacksIsNamed(t *testing.T) {
	_, err := pocketsphinx.New(pocketsphinx.Config{Phrases: []string{"book a zzyzzx", "qqwwq please"}})
	if err == nil || !strings.Contains(err.Error(), "zzyzzx") || !strings.Contains(err.Error(), "qqwwq") ||
		strings.Contains(err.Error(), "please") {
		t.Errorf("got %v", err)
	}
}

func TestARecognizerWithoutPhrasesIsRefused(t *testing.T) {
	if _, err := pocketsphinx.New(pocketsphinx.Config{Phrases: []string{" ", "?!"}}); err == nil {
		t.Error("it was made")
	}
}

func TestWhatIsMissingIsNamedWithTheCommandThatInstallsIt(t *testing.T) {
	for _, cfg := range []pocketsphinx.Config{
		{Phrases: phrases, Program: "no-such-program"},
		{Phrases: phrases, Models: t.TempDir()},
	} {
		_, err := pocketsphinx.New(cfg)
		if !errors.Is(err, conversation.ErrMissingProgram) ||
			!strings.Contains(err.Error(), "apt-get install pocketsphinx pocketsphinx-en-us") {
			t.Errorf("got %v", err)
		}
	}
}

func TestSoundTooShortForSpeechIsEmptyWithoutAProcess(t *testing.T) {
	r := open(t, pocketsphinx.Config{Program: stand(t, "exit 1")})
	l, hearings := session(t, r)
	say(t, l, 7, noise(149*time.Millisecond))
	if h := wait(t, hearings); h.Text != "" || h.Err != nil || h.Utterance != 7 || !h.Final {
		t.Errorf("heard %+v", h)
	}
	say(t, l, 8, noise(150*time.Millisecond))
	if h := wait(t, hearings); !errors.Is(h.Err, conversation.ErrEngine) {
		t.Errorf("heard %+v, though the program fails", h)
	}
}

// stand writes a shell script that stands in for the program.
func stand(t *testing.T, script string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "pocketsphinx_batch")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAProgramThatFailsIsAnEngineErrorAndTheNextUtteranceIsHeard(t *testing.T) {
	cases := map[string]string{
		"dies":             "kill -9 $$",
		"fails":            "exit 3",
		"says nothing":     "true",
		"garbage":          "head -c 1000000 /dev/urandom",
		"an unknown word":  `echo "rm everything (u -1)"`,
		"hangs":            "sleep 60 & sleep 60",
		"holds its output": "setsid sleep 5 & exit 0",
	}
	for name, script := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			once := filepath.Join(t.TempDir(), "once")
			r := open(t, pocketsphinx.Config{
				Timeout: 500 * time.Millisecond,
				Program: stand(t, "[ -e "+once+" ] && { echo 'yes please (u -1)'; exit; }; touch "+once+"; "+script),
			})
			l, hearings := session(t, r)
			say(t, l, 1, noise(time.Second))
			if h := wait(t, hearings); !errors.Is(h.Err, conversation.ErrEngine) || h.Text != "" || h.Utterance != 1 {
				t.Errorf("heard %+v", h)
			}
			say(t, l, 2, noise(time.Second))
			if h := wait(t, hearings); h.Err != nil || h.Text != "yes please" || h.Utterance != 2 {
				t.Errorf("then heard %+v", h)
			}
		})
	}
}

func TestAPathThatLeavesTheGrammarIsNotUnderstood(t *testing.T) {
	for _, result := range []string{"_AA _B _AY (u -5)", "i would like (u -5)", " (u 0)", "yes please _K (u -5)"} {
		l, hearings := session(t, open(t, pocketsphinx.Config{Program: stand(t, "echo '"+result+"'")}))
		say(t, l, 1, noise(time.Second))
		if h := wait(t, hearings); h.Text != "" || h.Err != nil {
			t.Errorf("%q was heard as %+v", result, h)
		}
	}
}

func TestUtterancesOfACallAreHeardInOrderOneAtATime(t *testing.T) {
	r := open(t, pocketsphinx.Config{Timeout: 10 * time.Second, Program: stand(t, "echo 'yes please (u -1)'")})
	var (
		mu    sync.Mutex
		order []uint64
		all   = make(chan struct{})
	)
	l, err := r.Listen(t.Context(), func(h conversation.Hearing) {
		if !mu.TryLock() {
			t.Error("two hearings at a time")
			return
		}
		defer mu.Unlock()
		if order = append(order, h.Utterance); len(order) == 5 {
			close(all)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range uint64(5) {
		say(t, l, i, noise(200*time.Millisecond))
	}
	<-all
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	for i, n := range order {
		if n != uint64(i) {
			t.Fatalf("heard in the order %v", order)
		}
	}
}

func TestCloseKillsWhatRunsAndNothingIsHeardAfterIt(t *testing.T) {
	started := filepath.Join(t.TempDir(), "started")
	r := open(t, pocketsphinx.Config{
		Timeout: time.Minute, Program: stand(t, "echo $$ >"+started+".new; mv "+started+".new "+started+"; sleep 60"),
	})
	l, hearings := session(t, r)
	say(t, l, 1, noise(time.Second))
	say(t, l, 2, noise(time.Second))
	until(t, func() bool { _, err := os.Stat(started); return err == nil })
	begin := time.Now()
	for range 2 {
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("close took %v", took)
	}
	select {
	case h := <-hearings:
		t.Errorf("heard %+v", h)
	default:
	}
	if err := l.Write(noise(time.Second)); err == nil {
		t.Error("a closed session took sound")
	}
	if err := l.Finish(3); err == nil {
		t.Error("a closed session took an utterance")
	}
}

// until waits for a process outside to have got somewhere.
func until(t *testing.T, there func() bool) {
	t.Helper()
	for tick := time.NewTicker(2 * time.Millisecond); ; {
		select {
		case <-tick.C:
			if there() {
				tick.Stop()
				return
			}
		case <-t.Context().Done():
			t.Fatal("it never got there")
		}
	}
}

func TestWaitingForAFreeProcessCountsAgainstTheDeadline(t *testing.T) {
	r := open(t, pocketsphinx.Config{Timeout: 300 * time.Millisecond, Parallel: 1, Program: stand(t, "sleep 60")})
	first, firstHeard := session(t, r)
	second, secondHeard := session(t, r)
	say(t, first, 1, noise(time.Second))
	say(t, second, 1, noise(time.Second))
	for _, hearings := range []<-chan conversation.Hearing{firstHeard, secondHeard} {
		if h := wait(t, hearings); !errors.Is(h.Err, conversation.ErrEngine) || !errors.Is(h.Err, context.DeadlineExceeded) {
			t.Errorf("heard %+v", h)
		}
	}
}

func TestACallThatFinishesMoreThanItCanSpeakIsTurnedDown(t *testing.T) {
	l, _ := session(t, open(t, pocketsphinx.Config{Timeout: time.Minute, Program: stand(t, "sleep 60")}))
	for range 100 {
		if err := l.Write(noise(200 * time.Millisecond)); err != nil {
			t.Fatal(err)
		}
		if err := l.Finish(1); err != nil {
			if !errors.Is(err, conversation.ErrEngine) {
				t.Errorf("got %v", err)
			}
			return
		}
	}
	t.Error("a hundred utterances wait")
}

func TestAnUtteranceThatNeverEndsIsCutAndCounted(t *testing.T) {
	size := filepath.Join(t.TempDir(), "size")
	r := open(t, pocketsphinx.Config{
		Timeout: 10 * time.Second,
		// The folder of the sound is the argument behind -cepdir.
		Program: stand(t, `while [ "$1" != -cepdir ]; do shift; done; wc -c <"$2/u.raw" >`+size+`; echo ' (u 0)'`),
	})
	l, hearings := session(t, r)
	for range 35 {
		if err := l.Write(noise(time.Second)); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Finish(1); err != nil {
		t.Fatal(err)
	}
	if h := wait(t, hearings); h.Err != nil {
		t.Fatal(h.Err)
	}
	if r.Cut() != 1 {
		t.Errorf("%d utterances counted as cut", r.Cut())
	}
	text, err := os.ReadFile(size)
	if err != nil || strings.TrimSpace(string(text)) != "982400" { // 30.7 s at 16 kHz in 16 bits
		t.Errorf("the program got %q bytes, %v", text, err)
	}
}

func TestNothingOfACallIsLeftOnDisk(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	r, err := pocketsphinx.New(pocketsphinx.Config{Phrases: phrases, Timeout: 10 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	l, hearings := session(t, r)
	count := func() (n int) {
		_ = filepath.WalkDir(temp, func(string, os.DirEntry, error) error { n++; return nil })
		return n
	}
	before := count()
	say(t, l, 1, noise(time.Second))
	wait(t, hearings)
	if n := count(); n != before {
		t.Errorf("%d files before the utterance, %d after it", before, n)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if n := count(); n != 1 {
		t.Errorf("%d files are left", n-1)
	}
}
