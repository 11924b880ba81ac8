package pocketsphinx_test

import (
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/zaf/g711"

	"github.com/talkpath/talkpath/codec/resample"
	"github.com/talkpath/talkpath/conversation/asr/pocketsphinx"
	"github.com/talkpath/talkpath/media/wav"
)

// voice is a program and one of its voices.
type voice struct{ program, name string }

// voices are as different as the two programs allow.
var voices = []voice{
	{"espeak-ng", "en-us"},
	{"espeak-ng", "en-us+f3"},
	{"espeak-ng", "en-gb"},
	{"flite", "slt"},
	{"flite", "rms"},
	{"flite", "awb"},
	{"flite", "kal"},
}

func (v voice) String() string { return v.program + " " + v.name }

// telephone returns text as it sounds through mu-law at 8 kHz.
func (v voice) telephone(t testing.TB, text string) []int16 {
	t.Helper()
	file := filepath.Join(t.TempDir(), "speech.wav")
	args := []string{"-voice", v.name, "-t", text, "-o", file}
	if v.program == "espeak-ng" {
		args = []string{"-v", v.name, "-s", "150", "-w", file, text}
	}
	if out, err := exec.CommandContext(t.Context(), v.program, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v: %s (make setup installs it)", v.program, err, out)
	}
	return narrow(t, file)
}

// narrow reads a WAV file and sends it through mu-law at 8 kHz.
func narrow(t testing.TB, file string) []int16 {
	t.Helper()
	pcm, rate, err := wav.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	pcm = append(pcm, make([]int16, rate/10)...) // pushes out what the resampler holds
	if rate != pocketsphinx.Rate {
		r, err := resample.New(rate, pocketsphinx.Rate)
		if err != nil {
			t.Fatal(err)
		}
		pcm = r.Resample(nil, pcm)
	}
	for i, s := range pcm {
		pcm[i] = g711.DecodeUlawFrame(g711.EncodeUlawFrame(s))
	}
	return pcm
}
