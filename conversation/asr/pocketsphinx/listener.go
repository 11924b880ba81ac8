package pocketsphinx

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/talkpath/talkpath/conversation"
	"github.com/talkpath/talkpath/media"
)

const (
	// MaxUtterance is the longest utterance; what comes after it is cut off.
	MaxUtterance = 30 * time.Second
	// MinUtterance is the shortest sound that is looked at; shorter ones are
	// clicks and breaths and come back as an empty text at once.
	MinUtterance = 150 * time.Millisecond

	// maxWaiting is how many utterances of one call may wait. A caller who
	// speaks faster than this is not a caller.
	maxWaiting = 16
)

// Listener is one call's session. It keeps the samples of the utterance that
// is being spoken and nothing between utterances.
type Listener struct {
	rec     *Recognizer
	heard   func(conversation.Hearing)
	closing chan struct{}
	running sync.WaitGroup

	// of the goroutine that writes
	pcm    []int16
	cut    bool
	closed bool

	// shared with work, under mu
	mu      sync.Mutex
	waiting []utterance
	working bool
}

// utterance is what Finish hands over.
type utterance struct {
	number   uint64
	pcm      []int16
	deadline time.Time
}

// Write takes the next samples of the utterance.
func (l *Listener) Write(pcm []int16) error {
	if l.closed {
		return fmt.Errorf("%w: written after close", conversation.ErrEngine)
	}
	room := media.PCMSamples(MaxUtterance, Rate) - len(l.pcm)
	if len(pcm) > room {
		if !l.cut {
			l.rec.cut.Add(1)
		}
		l.cut = true
		pcm = pcm[:room]
	}
	l.pcm = append(l.pcm, pcm...)
	return nil
}

// Finish hands the utterance to a process. Utterances of one call are heard
// in their order. It returns an error where more than a call can speak are
// waiting already; no Hearing follows then.
func (l *Listener) Finish(number uint64) error {
	if l.closed {
		return fmt.Errorf("%w: finished after close", conversation.ErrEngine)
	}
	u := utterance{number: number, pcm: l.pcm, deadline: time.Now().Add(l.rec.cfg.Timeout)}
	l.pcm, l.cut = nil, false
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.waiting) >= maxWaiting {
		return fmt.Errorf("%w: %d utterances are waiting", conversation.ErrEngine, len(l.waiting))
	}
	l.waiting = append(l.waiting, u)
	if !l.working {
		l.working = true
		l.running.Go(l.work)
	}
	return nil
}

// Close kills what runs and waits until it is gone. Utterances that have not
// been heard by now never are.
func (l *Listener) Close() error {
	if !l.closed {
		l.closed = true
		close(l.closing)
	}
	l.running.Wait()
	return nil
}

// work recognizes what waits and ends when nothing does.
func (l *Listener) work() {
	for {
		u, ok := l.next()
		if !ok {
			return
		}
		h := conversation.Hearing{Utterance: u.number, Final: true}
		h.Text, h.Err = l.recognize(u)
		select {
		case <-l.closing:
		default:
			l.heard(h)
		}
	}
}

func (l *Listener) next() (u utterance, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.waiting) == 0 {
		l.working, l.waiting = false, nil
		return utterance{}, false
	}
	u = l.waiting[0]
	l.waiting = l.waiting[1:]
	return u, true
}

// recognize runs a process for u, until u's deadline or Close.
func (l *Listener) recognize(u utterance) (string, error) {
	if media.PCMDuration(len(u.pcm), Rate) < MinUtterance {
		return "", nil
	}
	ctx, stop := context.WithDeadline(context.Background(), u.deadline)
	defer stop()
	done := make(chan struct{})
	defer close(done)
	l.running.Go(func() {
		select {
		case <-l.closing:
			stop()
		case <-done:
		}
	})
	return l.rec.recognize(ctx, u.pcm)
}
