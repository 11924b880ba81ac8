package wav_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/talkpath/talkpath/media/wav"
)

func TestAFileComesBackAndLeavesNothingBeside(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "heard.wav")
	for _, want := range [][]int16{make([]int16, 20000), {1, 2, 3}} { // the second replaces the first
		if err := wav.WriteFile(path, 16000, want); err != nil {
			t.Fatal(err)
		}
		got, rate, err := wav.ReadFile(path)
		if err != nil || rate != 16000 || !slices.Equal(got, want) {
			t.Fatalf("read %d samples at %d, %v", len(got), rate, err)
		}
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("the folder holds %v, %v", entries, err)
	}
}

func TestAFailedWriteKeepsTheOldFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "heard.wav")
	if err := wav.WriteFile(path, 8000, []int16{1, 2}); err != nil {
		t.Fatal(err)
	}
	if err := wav.WriteFile(path, 0, []int16{3}); !errors.Is(err, wav.ErrFormat) {
		t.Errorf("the error is %v, want one that wraps ErrFormat", err)
	}
	if got, _, err := wav.ReadFile(path); err != nil || !slices.Equal(got, []int16{1, 2}) {
		t.Errorf("the old file holds %v, %v", got, err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("the folder holds %v, %v", entries, err)
	}
}

func TestPlacesThatAreNotThereAreNamed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "no", "such.wav")
	if _, _, err := wav.ReadFile(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("ReadFile gives %v", err)
	}
	if err := wav.WriteFile(path, 8000, nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("WriteFile gives %v", err)
	}
}

func TestAFileThatIsNoWAVIsRefusedByName(t *testing.T) {
	path := filepath.Join(t.TempDir(), "page.html")
	if err := os.WriteFile(path, []byte("<!doctype html><title>404</title>"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := wav.ReadFile(path); !errors.Is(err, wav.ErrFormat) {
		t.Errorf("the error is %v, want one that wraps ErrFormat", err)
	}
}
