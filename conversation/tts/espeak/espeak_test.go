package espeak_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/talkpath/talkpath/conversation"
	"github.com/talkpath/talkpath/conversation/tts/espeak"
	"github.com/talkpath/talkpath/media"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func speak(ctx context.Context, t *testing.T, cfg espeak.Config, text string) ([]int16, error) {
	t.Helper()
	s, err := espeak.New(cfg)
	if err != nil {
		t.Fatalf("%v (make setup installs what the tests need)", err)
	}
	var pcm []int16
	err = s.Speak(ctx, text, func(part []int16) error {
		pcm = append(pcm, part...)
		return nil
	})
	return pcm, err
}

func TestASentenceBecomesSpeechWithoutSilenceAtItsEnds(t *testing.T) {
	pcm, err := speak(t.Context(), t, espeak.Config{}, "Hello, how can I help you?")
	if err != nil {
		t.Fatal(err)
	}
	if d := media.PCMDuration(len(pcm), 22050); d < time.Second || d > 3*time.Second {
		t.Errorf("six words last %v", d)
	}
	if !loudWithin(pcm[:220]) {
		t.Error("the first 10 ms are silent")
	}
	if end := len(pcm) - 22050*190/1000; !loudWithin(pcm[end:]) {
		t.Error("more than 190 ms of silence at the end")
	}
}

func loudWithin(pcm []int16) bool {
	for _, v := range pcm {
		if v > 60 || v < -60 {
			return true
		}
	}
	return false
}

func TestMarkupAndControlCharactersAreNotSpoken(t *testing.T) {
	plain, err := speak(t.Context(), t, espeak.Config{}, "one two")
	if err != nil {
		t.Fatal(err)
	}
	odd, err := speak(t.Context(), t, espeak.Config{}, "one\x00\x1b\n[[ two ]]")
	if err != nil {
		t.Fatal(err)
	}
	if len(plain) == 0 || len(odd) < len(plain)*8/10 || len(odd) > len(plain)*12/10 {
		t.Errorf("%d samples with odd characters, %d without", len(odd), len(plain))
	}
	nothing, err := speak(t.Context(), t, espeak.Config{}, " \n\t ")
	if err != nil || len(nothing) != 0 {
		t.Errorf("%d samples, %v, for no text", len(nothing), err)
	}
}

func TestWhatIsMissingIsNamedWithTheCommandThatInstallsIt(t *testing.T) {
	_, err := espeak.New(espeak.Config{Program: "no-such-program"})
	if !errors.Is(err, conversation.ErrMissingProgram) || !strings.Contains(err.Error(), "apt-get install espeak-ng") {
		t.Errorf("got %v", err)
	}
}

func TestABadVoiceOrSpeedIsRefused(t *testing.T) {
	for _, cfg := range []espeak.Config{{Voice: "--help"}, {Voice: "a b"}, {Speed: 10}, {Speed: 1000}} {
		if _, err := espeak.New(cfg); err == nil {
			t.Errorf("%+v was taken", cfg)
		}
	}
}

func TestAProgramThatFailsSaysWhy(t *testing.T) {
	cases := map[string]string{
		"dies at once": "echo sorry >&2; exit 3",
		"dies midway":  "head -c 100 /dev/zero; kill -9 $$",
		"garbage":      "echo this is no sound; cat >/dev/null",
	}
	for name, script := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := speak(t.Context(), t, espeak.Config{Program: program(t, script)}, "hello")
			if !errors.Is(err, conversation.ErrEngine) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// program writes a shell script that stands in for espeak-ng.
func program(t *testing.T, script string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "espeak-ng")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAProgramThatHangsEndsWithItsContext(t *testing.T) {
	ctx, stop := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer stop()
	_, err := speak(ctx, t, espeak.Config{Program: program(t, "sleep 60 & sleep 60")}, "hello")
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func TestWhoeverTakesTheSoundCanStopIt(t *testing.T) {
	s, err := espeak.New(espeak.Config{})
	if err != nil {
		t.Fatal(err)
	}
	enough := errors.New("enough")
	calls := 0
	err = s.Speak(t.Context(), strings.Repeat("many words ", 200), func([]int16) error {
		if calls++; calls == 3 {
			return enough
		}
		return nil
	})
	if !errors.Is(err, enough) || calls != 3 {
		t.Errorf("got %v after %d calls", err, calls)
	}
}
