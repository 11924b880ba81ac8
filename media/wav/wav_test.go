package wav_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"slices"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/media/wav"
)

// chunk returns a RIFF chunk, filled to an even length.
func chunk(id string, size uint32, body ...byte) []byte {
	b := binary.LittleEndian.AppendUint32([]byte(id), size)
	b = append(b, body...)
	if len(body)%2 != 0 {
		b = append(b, 0)
	}
	return b
}

// fmtBody returns a fmt chunk's 16 bytes.
func fmtBody(tag, channels uint16, rate uint32, bits uint16) []byte {
	le := binary.LittleEndian
	b := le.AppendUint16(nil, tag)
	b = le.AppendUint16(b, channels)
	b = le.AppendUint32(b, rate)
	align := channels * bits / 8
	b = le.AppendUint32(b, rate*uint32(align))
	b = le.AppendUint16(b, align)
	return le.AppendUint16(b, bits)
}

// extensible returns a fmt chunk's 40 bytes that name tag in its GUID.
func extensible(tag, channels uint16, rate uint32, bits uint16) []byte {
	b := fmtBody(0xfffe, channels, rate, bits)
	b = append(b, 22, 0, byte(bits), 0, 4, 0, 0, 0, byte(tag), byte(tag>>8))
	return append(b, "\x00\x00\x00\x00\x10\x00\x80\x00\x00\xaa\x00\x38\x9b\x71"...)
}

// riff returns a file of chunks whose outer length is total.
func riff(total uint32, chunks ...[]byte) []byte {
	b := binary.LittleEndian.AppendUint32([]byte("RIFF"), total)
	return append(append(b, "WAVE"...), bytes.Join(chunks, nil)...)
}

// described returns a fmt chunk with body.
func described(body []byte) []byte { return chunk("fmt ", uint32(len(body)), body...) }

// mono is the fmt chunk of 16-bit mono at 22.05 kHz.
func mono() []byte { return described(fmtBody(1, 1, 22050, 16)) }

// readAll reads a file's samples in blocks of n.
func readAll(r io.Reader, n int) ([]int16, *wav.Reader, error) {
	sound, err := wav.NewReader(r)
	if err != nil {
		return nil, nil, err
	}
	var pcm []int16
	block := make([]int16, n)
	for {
		n, err := sound.ReadPCM(block)
		pcm = append(pcm, block[:n]...)
		if errors.Is(err, io.EOF) {
			return pcm, sound, nil
		}
		if err != nil {
			return pcm, sound, err
		}
	}
}

func TestWriteMakesTheCanonicalHeader(t *testing.T) {
	var file bytes.Buffer
	if err := wav.Write(&file, 8000, []int16{1, -2}); err != nil {
		t.Fatal(err)
	}
	want := "RIFF\x28\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00" +
		"\x40\x1f\x00\x00\x80\x3e\x00\x00\x02\x00\x10\x00data\x04\x00\x00\x00\x01\x00\xfe\xff"
	if file.String() != want {
		t.Errorf("the file is %q, want %q", file.String(), want)
	}
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOfN(rapid.Int16(), 0, 10000).Draw(t, "pcm")
		rate := rapid.IntRange(1000, 192000).Draw(t, "rate")
		var file bytes.Buffer
		if err := wav.Write(&file, rate, want); err != nil {
			t.Fatal(err)
		}
		if file.Len() != 44+2*len(want) {
			t.Fatalf("%d samples make %d bytes", len(want), file.Len())
		}
		got, sound, err := readAll(&file, rapid.IntRange(1, 5000).Draw(t, "block"))
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got, want) || sound.Rate() != rate || sound.Channels() != 1 {
			t.Fatalf("read %d samples at %d with %d channels", len(got), sound.Rate(), sound.Channels())
		}
	})
}

func TestUnusableRateIsNotWritten(t *testing.T) {
	var file bytes.Buffer
	if err := wav.Write(&file, 0, nil); !errors.Is(err, wav.ErrFormat) {
		t.Errorf("the error is %v, want one that wraps ErrFormat", err)
	}
	if file.Len() != 0 {
		t.Errorf("%d bytes were written all the same", file.Len())
	}
}

func TestPlaceholderLengthsMeanToTheEnd(t *testing.T) {
	sound := []byte{1, 0, 2, 0, 3, 0}
	for name, file := range map[string][]byte{
		"espeak-ng":  riff(0x7ffff024, mono(), chunk("data", 0x7ffff000, sound...)),
		"sox":        riff(0x7fffffff, mono(), chunk("data", 0x7fffffff-36, sound...)),
		"ffmpeg":     riff(0xffffffff, mono(), chunk("LIST", 2, 'a', 'b'), chunk("data", 0xffffffff, sound...)),
		"zeros":      riff(0, mono(), chunk("data", 0, sound...)),
		"half zeros": riff(0xffffffff, mono(), chunk("data", 0, sound...)),
		"cut short":  riff(1000, mono(), chunk("data", 1000, sound...)),
		"outer only": riff(0xffffffff, mono(), chunk("data", 6, sound...)),
	} {
		got, _, err := readAll(bytes.NewReader(file), 100)
		if err != nil || !slices.Equal(got, []int16{1, 2, 3}) {
			t.Errorf("%s: read %v, %v", name, got, err)
		}
	}
}

func TestWhatFollowsTheSoundIsNotSound(t *testing.T) {
	file := riff(60, mono(), chunk("data", 2, 7, 0), chunk("LIST", 4, 1, 2, 3, 4))
	if got, _, err := readAll(bytes.NewReader(file), 100); err != nil || !slices.Equal(got, []int16{7}) {
		t.Errorf("read %v, %v", got, err)
	}
	empty := riff(60, mono(), chunk("data", 0), chunk("LIST", 4, 1, 2, 3, 4))
	if got, _, err := readAll(bytes.NewReader(empty), 100); err != nil || len(got) != 0 {
		t.Errorf("read %v, %v from a file without sound", got, err)
	}
}

func TestChunksThatSayNothingHereAreSkipped(t *testing.T) {
	long := append(fmtBody(1, 1, 8000, 16), make([]byte, 31)...) // 47 bytes: odd, and more than any field
	file := riff(200, chunk("JUNK", 3, 1, 2, 3), described(long), chunk("fact", 4, 0, 0, 0, 0), chunk("data", 2, 9, 0))
	got, sound, err := readAll(bytes.NewReader(file), 100)
	if err != nil || !slices.Equal(got, []int16{9}) || sound.Rate() != 8000 {
		t.Errorf("read %v, %v", got, err)
	}
}

func TestStereoIsMixedToTheMean(t *testing.T) {
	file := riff(100, described(fmtBody(1, 2, 8000, 16)), chunk("data", 12,
		10, 0, 20, 0 /* */, 0xff, 0x7f, 0xff, 0x7f /* */, 0, 0x80, 0, 0x80))
	got, sound, err := readAll(iotest.OneByteReader(bytes.NewReader(file)), 2)
	if err != nil || !slices.Equal(got, []int16{15, 32767, -32768}) {
		t.Errorf("read %v, %v", got, err)
	}
	if sound.Channels() != 2 {
		t.Errorf("Channels gives %d", sound.Channels())
	}
}

func TestExtensibleNamesTheRealFormat(t *testing.T) {
	for tag, want := range map[uint16]media.Encoding{1: media.L16, 6: media.PCMA, 7: media.PCMU} {
		bits := uint16(8 * want.SampleSize())
		file := riff(100, described(extensible(tag, 1, 16000, bits)), chunk("data", 2, 1, 2))
		sound, err := wav.NewReader(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		if got := sound.Format(); got != (media.Format{Encoding: want, Rate: 16000}) {
			t.Errorf("tag %d is read as %v", tag, got)
		}
	}
}

func TestG711IsGivenAsBytesWithItsEncoding(t *testing.T) {
	for tag, want := range map[uint16]media.Encoding{6: media.PCMA, 7: media.PCMU} {
		file := riff(100, described(append(fmtBody(tag, 1, 8000, 8), 0, 0)), chunk("data", 3, 1, 2, 3), chunk("LIST", 2, 1, 2))
		sound, err := wav.NewReader(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		if got := sound.Format(); got != (media.Format{Encoding: want, Rate: 8000}) {
			t.Errorf("tag %d is read as %v", tag, got)
		}
		if _, err = sound.ReadPCM(make([]int16, 4)); !errors.Is(err, wav.ErrEncoded) {
			t.Errorf("ReadPCM gives %v, want an error that wraps ErrEncoded", err)
		}
		if got, err := io.ReadAll(sound); err != nil || !bytes.Equal(got, []byte{1, 2, 3}) {
			t.Errorf("read % x, %v", got, err)
		}
	}
}

func TestAPartOfASampleAtTheEndIsDropped(t *testing.T) {
	file := riff(0, mono(), chunk("data", 0))
	got, _, err := readAll(iotest.HalfReader(bytes.NewReader(append(file, 4, 0, 5))), 10)
	if err != nil || !slices.Equal(got, []int16{4}) {
		t.Errorf("read %v, %v", got, err)
	}
}

func TestAFaultOfTheSourceIsNotAFaultOfTheFile(t *testing.T) {
	broken := errors.New("pipe broke")
	file := riff(100, mono(), chunk("data", 100, 1, 0, 2, 0))
	for n := range len(file) {
		source := io.MultiReader(bytes.NewReader(file[:n]), iotest.ErrReader(broken))
		_, _, err := readAll(source, 10)
		if !errors.Is(err, broken) || errors.Is(err, wav.ErrFormat) {
			t.Fatalf("after %d bytes the error is %v", n, err)
		}
	}
}

func TestASourceThatGivesNothingIsGivenUp(t *testing.T) {
	source := io.MultiReader(bytes.NewReader(riff(0, mono(), chunk("data", 0))), stuck{})
	if _, _, err := readAll(source, 10); !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("the error is %v, want io.ErrNoProgress", err)
	}
}

// stuck is a reader that never gives anything.
type stuck struct{}

func (stuck) Read([]byte) (int, error) { return 0, nil }

func TestReadPCMDoesNotAllocate(t *testing.T) {
	file := riff(0, mono(), chunk("data", 0, make([]byte, 1<<20)...))
	sound, err := wav.NewReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	block := make([]int16, 441)
	if n := testing.AllocsPerRun(100, func() { _, _ = sound.ReadPCM(block) }); n != 0 {
		t.Errorf("%v allocations per frame", n)
	}
}
