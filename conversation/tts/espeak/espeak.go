// Package espeak speaks through espeak-ng, a process for each sentence. It
// needs no account and no network, and its first sound comes after some 20 ms.
package espeak

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unicode"

	"github.com/talkpath/talkpath/conversation"
	"github.com/talkpath/talkpath/media/wav"
)

// Program is what is run, and Package the Debian package that brings it.
const (
	Program = "espeak-ng"
	Package = "espeak-ng"
)

const (
	// rate is espeak-ng's, in samples per second.
	rate = 22050
	// maxText is the longest text that is spoken, in bytes; the rest is cut.
	maxText = 4000
	// stopWait is how long a process that was killed may take to go.
	stopWait = time.Second
	// block is how many samples are read at a time: 50 ms.
	block = rate / 20
)

// Config says how to speak.
type Config struct {
	Voice string // as "espeak-ng --voices" lists them; en-us where empty
	Speed int    // words per minute, 80 to 450; 160 where zero
	// Program is run in place of espeak-ng where not empty.
	Program string
}

// Synthesizer is a conversation.Synthesizer.
type Synthesizer struct {
	cfg  Config
	path string
}

// New returns a Synthesizer, or an error that wraps
// conversation.ErrMissingProgram and tells how to install what is missing.
func New(cfg Config) (*Synthesizer, error) {
	if cfg.Voice == "" {
		cfg.Voice = "en-us"
	}
	if cfg.Speed == 0 {
		cfg.Speed = 160
	}
	if cfg.Program == "" {
		cfg.Program = Program
	}
	if cfg.Speed < 80 || cfg.Speed > 450 {
		return nil, fmt.Errorf("espeak: speed is %d, must be from 80 to 450", cfg.Speed)
	}
	if strings.HasPrefix(cfg.Voice, "-") || strings.ContainsFunc(cfg.Voice, unicode.IsSpace) {
		return nil, fmt.Errorf("espeak: %q is no voice", cfg.Voice)
	}
	path, err := exec.LookPath(cfg.Program)
	if err != nil {
		return nil, fmt.Errorf("%w: %s; install it with: apt-get install %s", conversation.ErrMissingProgram, cfg.Program, Package)
	}
	return &Synthesizer{cfg: cfg, path: path}, nil
}

// Rate returns 22,050 samples per second.
func (s *Synthesizer) Rate() int { return rate }

// Speak brings the sound of text, with espeak-ng's silence at both ends cut
// to what joins sentences well. A process that fails gives an error that wraps
// conversation.ErrEngine.
func (s *Synthesizer) Speak(ctx context.Context, text string, out func([]int16) error) error {
	text = plain(text)
	if text == "" {
		return ctx.Err()
	}
	cmd := exec.CommandContext(ctx, s.path, "-v", s.cfg.Voice, "-s", strconv.Itoa(s.cfg.Speed), "-z", "--stdin", "--stdout")
	cmd.Stdin = strings.NewReader(text + "\n")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = stopWait
	var complaint limited
	cmd.Stderr = &complaint
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return fmt.Errorf("%w: espeak: %w", conversation.ErrEngine, err)
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("%w: espeak: %w", conversation.ErrEngine, err)
	}
	read := pass(stdout, out)
	if read != nil {
		_ = cmd.Cancel()
	}
	waited := cmd.Wait()
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(read, errOut):
		return errors.Unwrap(read)
	case waited != nil:
		return fmt.Errorf("%w: espeak: %w: %s", conversation.ErrEngine, waited, complaint.String())
	case read != nil:
		return fmt.Errorf("%w: espeak: %w", conversation.ErrEngine, read)
	}
	return nil
}

// errOut marks an error of the one who takes the sound.
var errOut = errors.New("sound not taken")

// outError is an error of the one who takes the sound.
type outError struct{ error }

func (e outError) Unwrap() error      { return e.error }
func (outError) Is(target error) bool { return target == errOut }

// pass reads the sound from a WAV stream and passes it on.
func pass(r io.Reader, out func([]int16) error) error {
	sound, err := wav.NewReader(r)
	if err != nil {
		return err
	}
	if sound.Rate() != rate {
		return fmt.Errorf("speaks at %d samples per second, not at %d", sound.Rate(), rate)
	}
	trim := trimmer{out: out}
	buf := make([]int16, block)
	for {
		n, err := sound.ReadPCM(buf)
		if passErr := trim.push(buf[:n]); passErr != nil {
			return outError{passErr}
		}
		if errors.Is(err, io.EOF) {
			if passErr := trim.end(); passErr != nil {
				return outError{passErr}
			}
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// plain returns text as one line without what espeak-ng takes for phonemes.
func plain(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	text = strings.NewReplacer("[", " ", "]", " ").Replace(text)
	text = strings.Join(strings.Fields(text), " ")
	if len(text) > maxText {
		text = strings.ToValidUTF8(text[:maxText], "")
	}
	return text
}

// limited keeps the first bytes of what a program complains.
type limited struct{ text []byte }

func (l *limited) Write(p []byte) (int, error) {
	const most = 200
	if room := most - len(l.text); room > 0 {
		l.text = append(l.text, p[:min(room, len(p))]...)
	}
	return len(p), nil
}

func (l *limited) String() string { return strings.TrimSpace(string(l.text)) }
