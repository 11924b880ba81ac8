package conversation

import (
	"strings"
	"time"
)

// maxKeys is the most key presses that are collected before they are handed
// over.
const maxKeys = 64

// Voice tells what the voice detector found at now: whether somebody speaks,
// since onset, and the end of the last voiced sound. Speech that began when
// the caller could not have the turn gets it as soon as they can.
func (t *Turn) Voice(now time.Time, speech bool, onset, last time.Time) {
	t.at(now)
	if speech && !t.open && last.After(t.spent) {
		t.openUtterance(onset)
	}
	if t.open && last.After(t.lastVoice) {
		t.lastVoice = last
	}
	t.endpoint()
}

// openUtterance takes the turn for the caller, stopping the agent where it
// speaks.
func (t *Turn) openUtterance(onset time.Time) {
	if t.state == Over || t.leaving || (t.audible && !t.manners.BargeIn) {
		return
	}
	t.silences = 0
	busy := t.busy()
	if busy {
		t.interrupt()
	}
	t.open, t.lastVoice = true, t.now
	t.utterance++
	e := t.exchange()
	if onset.Before(t.spent) {
		onset = t.now // the spurt's beginning belongs to the utterance before
	}
	if e.CallerStart == 0 {
		e.CallerStart = t.since(onset)
	}
	t.do(Action{Kind: ActHear, ID: t.utterance})
	if !busy && t.state != Thinking {
		t.state = Listening
	}
}

// interrupt stops the agent. What the caller said before and no reply was
// heard to is kept, to be answered together with what comes.
func (t *Turn) interrupt() {
	t.cancelAsk()
	if t.audible {
		t.current().Interrupted = true
	}
	t.hush()
	t.state = Interrupted
}

// hush stops the agent's sound and closes the reply at what the caller heard.
func (t *Turn) hush() {
	t.queue, t.split, t.voicing = t.queue[:0], Sentences{}, false
	t.do(Action{Kind: ActHush})
	t.closeReply(t.spoken.Heard(t.heard(t.now)))
}

// endpoint ends the utterance when the caller has been silent long enough.
func (t *Turn) endpoint() {
	if !t.open || t.now.Sub(t.lastVoice) < t.manners.Endpointing {
		return
	}
	t.closeUtterance()
}

// closeUtterance ends the utterance that is open, and awaits its text.
func (t *Turn) closeUtterance() {
	t.open, t.spent = false, t.lastVoice
	t.current().CallerEnd = t.since(t.lastVoice)
	t.awaited = append(t.awaited, awaited{
		id: t.utterance, since: t.now, began: t.current().CallerStart,
	})
	t.do(Action{Kind: ActFinish, ID: t.utterance})
	t.state = Thinking
}

// Heard takes what the recognizer understood. Partial results and results
// that came too late change nothing.
func (t *Turn) Heard(now time.Time, h Hearing) {
	t.at(now)
	if !h.Final {
		return
	}
	utterance, owed := t.forget(h.Utterance)
	if !owed {
		return
	}
	t.current().Recognized = t.since(now)
	if h.Err != nil {
		t.recognizerFails++
	} else {
		t.recognizerFails = 0
	}
	t.understood(h.Text, utterance.began)
}

// understood takes the text of an utterance that began at a time; it is empty
// where there is none.
func (t *Turn) understood(text string, began time.Duration) {
	text = clean(text)
	if t.scribe != "" {
		t.writeDown(text, began)
		return
	}
	if text != "" {
		t.pending = strings.TrimSpace(t.pending + " " + text)
	}
	if t.open || len(t.awaited) > 0 || t.leaving || t.state == Over {
		return
	}
	switch {
	case t.pending != "":
		t.silences, t.unclear = 0, 0
		t.request(Prompt{Kind: Speech, Text: t.pending})
	case t.recognizerFails >= maxFails:
		t.leave(LeaveEngineFailed)
	default:
		t.unclear++
		t.request(Prompt{Kind: Unclear, Count: t.unclear})
	}
}

// giveUpHearing goes on without the text of an utterance that the recognizer
// owes for too long.
func (t *Turn) giveUpHearing() {
	for len(t.awaited) > 0 && t.now.Sub(t.awaited[0].since) >= t.manners.RecognizerWait {
		late := t.awaited[0]
		t.awaited = t.awaited[1:]
		t.recognizerFails++
		t.understood("", late.began)
	}
}

// forget drops an utterance from those whose text is owed, and returns it
// where it was one.
func (t *Turn) forget(id uint64) (utterance awaited, owed bool) {
	for i, a := range t.awaited {
		if a.id == id {
			t.awaited = append(t.awaited[:i], t.awaited[i+1:]...)
			return a, true
		}
	}
	return awaited{}, false
}

// Key takes a key press.
func (t *Turn) Key(now time.Time, digit byte) {
	t.at(now)
	if t.state == Over || t.leaving || t.scribe != "" {
		return
	}
	if t.busy() {
		t.interrupt()
		t.state = Listening
	}
	t.silences = 0
	t.quietSince = now
	if digit != '#' || len(t.keys) == 0 {
		t.keys = append(t.keys, digit)
	}
	full := len(t.keys) >= maxKeys || t.keysWanted > 0 && len(t.keys) >= t.keysWanted
	if digit == '#' || full {
		t.handOverKeys()
		return
	}
	t.keysDue = now.Add(t.manners.DigitPause)
}

// dropSpeech forgets what the caller is saying and what is still to be
// recognized: the keys count, whose tones may even be taken for speech.
func (t *Turn) dropSpeech() {
	if t.open {
		t.open, t.spent = false, t.now
		t.do(Action{Kind: ActFinish, ID: t.utterance})
	}
	t.awaited = t.awaited[:0]
}

// handOverKeys asks the dialogue about the keys pressed so far.
func (t *Turn) handOverKeys() {
	keys := string(t.keys)
	t.keys, t.keysDue = t.keys[:0], time.Time{}
	if keys == "" || t.leaving {
		return
	}
	t.dropSpeech()
	t.pending, t.unclear = "", 0
	t.request(Prompt{Kind: Keys, Text: keys})
}
