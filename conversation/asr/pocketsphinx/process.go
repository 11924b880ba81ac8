package pocketsphinx

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"

	"github.com/talkpath/talkpath/conversation"
)

const (
	dictFile      = "words.dict"
	grammarFile   = "phrases.fsg"
	listFile      = "list"
	utteranceName = "u"

	// killWait is how long a killed process may hold its output open.
	killWait = 200 * time.Millisecond
	// maxOutput is far more than one phrase; a program that writes more is
	// not the one that we know.
	maxOutput = 64 << 10
)

// resultLine is what the program writes for an utterance: the words, its name
// and a score.
var resultLine = regexp.MustCompile(`^(.*?)\s*\(` + utteranceName + ` -?\d+\)$`)

// recognize waits for its turn, runs one process over pcm and returns the
// phrase, which is empty where none fits.
func (r *Recognizer) recognize(ctx context.Context, pcm []int16) (string, error) {
	select {
	case r.slots <- struct{}{}:
		defer func() { <-r.slots }()
	case <-ctx.Done():
		return "", fmt.Errorf("%w: no free process: %w", conversation.ErrEngine, context.Cause(ctx))
	}
	out, err := r.run(ctx, pcm)
	if err != nil {
		return "", fmt.Errorf("%w: %w", conversation.ErrEngine, err)
	}
	return r.phrase(out)
}

// run writes the sound into a folder of its own, since the program reads
// files only, and returns what the program wrote.
func (r *Recognizer) run(ctx context.Context, pcm []int16) ([]byte, error) {
	folder, err := os.MkdirTemp(r.folder, "")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	sound := prepare(pcm)
	raw := make([]byte, 0, 2*len(sound))
	for _, s := range sound {
		raw = binary.LittleEndian.AppendUint16(raw, uint16(s))
	}
	if err = os.WriteFile(filepath.Join(folder, utteranceName+".raw"), raw, 0o600); err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, r.cfg.Program, r.arguments(folder)...)
	out := bounded{left: maxOutput}
	cmd.Stdout = &out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = killWait
	err = cmd.Run()
	switch {
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%w: %s: install it with: %s", conversation.ErrMissingProgram, r.cfg.Program, install)
	case err != nil:
		return nil, fmt.Errorf("run %s: %w", filepath.Base(r.cfg.Program), err)
	}
	return out.Bytes(), nil
}

// arguments are the program's. The wide beams cost little with a small
// grammar and keep the right path alive; silence and noise removal harm sound
// that has been cut into utterances already.
func (r *Recognizer) arguments(folder string) []string {
	return []string{
		"-hmm", filepath.Join(r.cfg.Models, "en-us"),
		"-dict", r.file(dictFile), "-fsg", r.file(grammarFile),
		"-adcin", "yes", "-cepdir", folder, "-cepext", ".raw",
		"-ctl", r.file(listFile), "-hyp", "/dev/stdout", "-logfn", "/dev/null",
		"-beam", "1e-100", "-wbeam", "1e-80", "-pbeam", "1e-100",
		"-remove_silence", "no", "-remove_noise", "no", "-cmn", "batch",
	}
}

// phrase reads the program's one line. A path through the phones of the
// garbage loop, or one that broke off inside a phrase, is no phrase.
func (r *Recognizer) phrase(out []byte) (string, error) {
	match := resultLine.FindSubmatch(bytes.TrimSpace(out))
	if match == nil {
		return "", fmt.Errorf("%w: unreadable result of %d bytes", conversation.ErrEngine, len(out))
	}
	words := strings.Fields(string(match[1]))
	for _, w := range words {
		if !r.words[w] && !strings.HasPrefix(w, garbageMark) {
			return "", fmt.Errorf("%w: a word in the result that is in no phrase", conversation.ErrEngine)
		}
	}
	if text := strings.Join(words, " "); r.phrases[text] {
		return text, nil
	}
	return "", nil
}

// bounded keeps the first bytes and lets the rest go.
type bounded struct {
	bytes.Buffer
	left int
}

// Write never fails, so that the program isn't held up by its own output.
func (b *bounded) Write(p []byte) (int, error) {
	keep := min(len(p), b.left)
	b.left -= keep
	_, _ = b.Buffer.Write(p[:keep])
	return len(p), nil
}
