// Package fake is a recognizer that understands what it was told to, for
// tests and load: it costs next to nothing, and it can fail in each of the
// ways in which a real one does.
package fake

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/talkpath/talkpath/conversation"
)

// Fault is something that goes wrong.
type Fault uint8

// The faults.
const (
	None    Fault = iota
	Fails         // each utterance gives an error
	Hangs         // no utterance gives anything
	Garbage       // each utterance gives a megabyte of control characters
	Refuses       // Listen fails
)

// Config says what is understood, and what goes wrong.
type Config struct {
	Rate  int           // samples per second wanted; 8000 where zero
	Delay time.Duration // from the end of an utterance to its text
	Texts []string      // a call's utterances in turn, then from the first again; none gives empty texts
	Fault Fault
	After int // utterances of a call before the fault begins
	// Keep, where not nil, is told the sound of each utterance, which it may
	// keep. Without it sound is dropped at once. It may be called by many
	// calls at once.
	Keep func(pcm []int16)
}

// Recognizer is a conversation.Recognizer.
type Recognizer struct{ cfg Config }

// New returns a Recognizer.
func New(cfg Config) *Recognizer {
	if cfg.Rate == 0 {
		cfg.Rate = 8000
	}
	return &Recognizer{cfg: cfg}
}

// Rate returns the samples per second that were configured.
func (r *Recognizer) Rate() int { return r.cfg.Rate }

// Listen opens a session.
func (r *Recognizer) Listen(_ context.Context, heard func(conversation.Hearing)) (conversation.Listener, error) {
	if r.cfg.Fault == Refuses {
		return nil, fmt.Errorf("%w: told to refuse", conversation.ErrEngine)
	}
	return &listener{cfg: &r.cfg, heard: heard, over: make(chan struct{})}, nil
}

type listener struct {
	cfg   *Config
	heard func(conversation.Hearing)
	n     int // utterances so far
	pcm   []int16
	work  sync.WaitGroup
	once  sync.Once
	over  chan struct{}
	turn  sync.Mutex // one result at a time
}

func (l *listener) Write(pcm []int16) error {
	if l.cfg.Keep != nil {
		l.pcm = append(l.pcm, pcm...)
	}
	return nil
}

func (l *listener) Finish(utterance uint64) error {
	if l.cfg.Keep != nil {
		l.cfg.Keep(l.pcm)
		l.pcm = nil
	}
	h, comes := l.result(utterance)
	l.n++
	if !comes {
		return nil
	}
	l.work.Go(func() {
		delay := time.NewTimer(l.cfg.Delay)
		defer delay.Stop()
		select {
		case <-delay.C:
			l.turn.Lock()
			defer l.turn.Unlock()
			l.heard(h)
		case <-l.over:
		}
	})
	return nil
}

// result returns what utterance gives, and whether it gives anything.
func (l *listener) result(utterance uint64) (h conversation.Hearing, comes bool) {
	h = conversation.Hearing{Utterance: utterance, Final: true}
	if l.n >= l.cfg.After {
		switch l.cfg.Fault {
		case Fails:
			h.Err = fmt.Errorf("%w: told to fail", conversation.ErrEngine)
			return h, true
		case Hangs:
			return h, false
		case Garbage:
			h.Text = string(make([]byte, 1<<20))
			return h, true
		case None, Refuses:
		}
	}
	if len(l.cfg.Texts) > 0 {
		h.Text = l.cfg.Texts[l.n%len(l.cfg.Texts)]
	}
	return h, true
}

func (l *listener) Close() error {
	l.once.Do(func() { close(l.over) })
	l.work.Wait()
	return nil
}
