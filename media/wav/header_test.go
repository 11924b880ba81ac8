package wav_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/media/wav"
)

func TestBadHeadersSayWhatIsWrong(t *testing.T) {
	data := chunk("data", 2, 1, 2)
	for want, file := range map[string][]byte{
		"first 12 bytes":        []byte("RIFF"),
		`"RIFX"`:                append([]byte("RIFX"), riff(4, mono(), data)[4:]...),
		`"<!do"`:                []byte("<!doctype html><title>404</title>"),
		"before a data chunk":   riff(100, mono()),
		"before its fmt chunk":  riff(100, chunk("fmt ", 16, 1, 0)),
		"before the fmt chunk":  riff(100, data),
		"has 14 bytes":          riff(100, described(fmtBody(1, 1, 8000, 16)[:14]), data),
		"tag 0x3 with 32 bits":  riff(100, described(fmtBody(3, 1, 8000, 32)), data),
		"tag 0x1 with 8 bits":   riff(100, described(fmtBody(1, 1, 8000, 8)), data),
		"tag 0x1 with 24 bits":  riff(100, described(fmtBody(1, 1, 8000, 24)), data),
		"tag 0x55":              riff(100, described(fmtBody(0x55, 1, 8000, 0)), data),
		"names no format":       riff(100, described(fmtBody(0xfffe, 1, 8000, 16)), data),
		"0 channels":            riff(100, described(fmtBody(1, 0, 8000, 16)), data),
		"6 channels":            riff(100, described(fmtBody(1, 6, 8000, 16)), data),
		"2 channels; PCMU":      riff(100, described(fmtBody(7, 2, 8000, 8)), data),
		"L16/0":                 riff(100, described(fmtBody(1, 1, 0, 16)), data),
		"media format: L16/107": riff(100, described(fmtBody(1, 1, 0xffffffff, 16)), data),
		"3 bytes to a block":    riff(100, described(slices.Replace(fmtBody(1, 1, 8000, 16), 12, 13, 3)), data),
	} {
		_, err := wav.NewReader(bytes.NewReader(file))
		if !errors.Is(err, wav.ErrFormat) || !strings.Contains(err.Error(), want) {
			t.Errorf("the error is %q, want one that wraps ErrFormat and says %q", err, want)
		}
	}
}

func FuzzReader(f *testing.F) {
	f.Add(riff(40, mono(), chunk("data", 4, 1, 0, 2, 0)))
	f.Add(riff(0x7ffff024, mono(), chunk("data", 0x7ffff000, 1, 0)))
	f.Add(riff(0, described(fmtBody(7, 1, 8000, 8)), chunk("data", 3, 1, 2, 3)))
	f.Add(riff(0, described(extensible(1, 2, 48000, 16)), chunk("LIST", 3, 1, 2, 3), chunk("data", 4, 1, 2, 3, 4)))
	f.Add(riff(0, chunk("fmt ", 0xffffffff, 1, 0, 1, 0), chunk("data", 0)))
	f.Fuzz(func(t *testing.T, file []byte) {
		pcm, sound, err := readAll(bytes.NewReader(file), 333)
		if sound == nil {
			if !errors.Is(err, wav.ErrFormat) {
				t.Fatalf("the error is %v, want one that wraps ErrFormat", err)
			}
			return
		}
		if bad := sound.Format().Check(); bad != nil {
			t.Fatal(bad)
		}
		if sound.Format().Encoding != media.L16 {
			if !errors.Is(err, wav.ErrEncoded) {
				t.Fatalf("ReadPCM gives %v for %v", err, sound.Format())
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if most := len(file) / (2 * sound.Channels()); len(pcm) > most {
			t.Fatalf("%d samples from %d bytes", len(pcm), len(file))
		}
		again, _, err := readAll(iotest.OneByteReader(bytes.NewReader(file)), 333)
		if err != nil || !slices.Equal(again, pcm) {
			t.Fatalf("byte by byte it reads %d samples and %v, else %d", len(again), err, len(pcm))
		}
	})
}
