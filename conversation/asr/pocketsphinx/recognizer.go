// Package pocketsphinx recognizes speech with the pocketsphinx_batch program,
// one process for each utterance, against a grammar of the phrases that a
// dialogue expects. It needs no account and no network.
//
// The acoustic model was trained on sound up to 6.8 kHz, the telephone ends
// below 4 kHz. Each utterance is therefore brought to one level, widened by
// mirroring its band into the empty one above, and laid over a faint noise;
// measured with seven synthetic voices through mu-law this takes the share of
// phrases that come back word for word from 80 to 91 of 100.
//
// Speech that fits no phrase is caught by a loop of all phones that competes
// with the grammar, see Config.Garbage.
package pocketsphinx

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/talkpath/talkpath/conversation"
)

// Rate is the samples per second that the recognizer wants: the telephone's
// own. Wider sound would have to be folded down, see the package's comment.
const Rate = 8000

const (
	// DefaultTimeout is how long an utterance may take, waiting included.
	DefaultTimeout = 2 * time.Second
	// DefaultGarbage is the probability of each phone in the loop that
	// catches unknown speech. With the demo agent's thousand phrases and
	// seven voices it catches 84 of 100 strange sentences and costs 1 of 100
	// expected ones; at twice that it catches 92 and costs 4.
	DefaultGarbage = 0.015

	program = "pocketsphinx_batch"
	models  = "/usr/share/pocketsphinx/model/en-us"
	install = "apt-get install pocketsphinx pocketsphinx-en-us"
)

// Config says what to recognize and with what.
type Config struct {
	// Phrases are what callers may say: words, in any case; figures are
	// taken as the words they are read as.
	Phrases []string
	// Timeout is how long an utterance may take from Finish to its Hearing,
	// the wait for a free process included; zero means DefaultTimeout.
	Timeout time.Duration
	// Parallel is the number of processes at one time over all calls; zero
	// means one for each processor.
	Parallel int
	// Garbage is how readily speech is taken to fit no phrase, as the
	// probability of each phone in a loop of all phones: zero means
	// DefaultGarbage, a negative number switches the loop off, so that any
	// sound becomes the nearest phrase.
	Garbage float64
	// Program is the path or name of pocketsphinx_batch; empty means that
	// name, looked up in PATH. Models is the folder of the model "en-us" and
	// its dictionary; empty means where Debian keeps it.
	Program string
	Models  string
}

// Recognizer recognizes the phrases of one dialogue, for any number of calls.
// It implements conversation.Recognizer.
type Recognizer struct {
	cfg     Config
	folder  string          // holds the grammar, the dictionary and each utterance
	phrases map[string]bool // as they may be returned
	words   map[string]bool // that may be in a result
	slots   chan struct{}   // holds one token for each process that runs
	cut     atomic.Uint64
}

// New builds the grammar and the cut-down dictionary in a private temporary
// folder, which Close removes. It returns an error that wraps
// conversation.ErrMissingProgram where the program or its model is not
// installed, and one that names every word that the dictionary doesn't have.
func New(cfg Config) (*Recognizer, error) {
	fillDefaults(&cfg)
	path, err := exec.LookPath(cfg.Program)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: install it with: %s", conversation.ErrMissingProgram, cfg.Program, install)
	}
	cfg.Program = path
	if _, err = os.Stat(filepath.Join(cfg.Models, "en-us", "mdef")); err != nil {
		return nil, fmt.Errorf("%w: the model in %s: install it with: %s", conversation.ErrMissingProgram, cfg.Models, install)
	}
	phrases, err := normalPhrases(cfg.Phrases)
	if err != nil {
		return nil, err
	}
	dict, err := readDictionary(filepath.Join(cfg.Models, "cmudict-en-us.dict"), wordsOf(phrases))
	if err != nil {
		return nil, err
	}
	r := &Recognizer{
		cfg:     cfg,
		phrases: make(map[string]bool, len(phrases)),
		words:   wordsOf(phrases),
		slots:   make(chan struct{}, cfg.Parallel),
	}
	for _, p := range phrases {
		r.phrases[p] = true
	}
	return r, r.writeFolder(phrases, dict)
}

func fillDefaults(cfg *Config) {
	if cfg.Timeout <= 0 {
		cfg.Timeout = DefaultTimeout
	}
	if cfg.Parallel <= 0 {
		cfg.Parallel = runtime.NumCPU()
	}
	if cfg.Garbage == 0 {
		cfg.Garbage = DefaultGarbage
	}
	if cfg.Program == "" {
		cfg.Program = program
	}
	if cfg.Models == "" {
		cfg.Models = models
	}
}

// writeFolder makes the private folder and what every process reads.
func (r *Recognizer) writeFolder(phrases []string, dict *dictionary) error {
	folder, err := os.MkdirTemp("", "talkpath-asr-")
	if err != nil {
		return fmt.Errorf("make the recognizer's folder: %w", err)
	}
	r.folder = folder
	err = errors.Join(
		os.WriteFile(r.file(dictFile), dict.entries(r.cfg.Garbage > 0), 0o600),
		os.WriteFile(r.file(grammarFile), newGrammar(phrases).fsg(dict.phones, r.cfg.Garbage), 0o600),
		os.WriteFile(r.file(listFile), []byte(utteranceName+"\n"), 0o600),
	)
	if err != nil {
		return errors.Join(fmt.Errorf("write the grammar: %w", err), r.Close())
	}
	return nil
}

func (r *Recognizer) file(name string) string { return filepath.Join(r.folder, name) }

// Rate returns the samples per second that it wants.
func (r *Recognizer) Rate() int { return Rate }

// Listen opens a session for one call. heard is called from a goroutine of
// the session, which lives only while utterances are being recognized.
func (r *Recognizer) Listen(ctx context.Context, heard func(conversation.Hearing)) (conversation.Listener, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return &Listener{rec: r, heard: heard, closing: make(chan struct{})}, nil
}

// Cut returns how many utterances were longer than MaxUtterance and lost their
// end.
func (r *Recognizer) Cut() uint64 { return r.cut.Load() }

// Close removes the folder. The sessions must have been closed before.
func (r *Recognizer) Close() error { return os.RemoveAll(r.folder) }
