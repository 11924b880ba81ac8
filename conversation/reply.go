package conversation

import (
	"context"
	"errors"
	"slices"
	"time"
)

// maxFails is how often in a row an engine may fail before the call ends.
const maxFails = 3

// request asks the dialogue for a reply to p.
func (t *Turn) request(p Prompt) {
	if t.busy() {
		t.interrupt()
	}
	p.History = slices.Clone(t.lines)
	if p.Kind == Speech || p.Kind == Keys {
		t.noteCaller(p.Text)
		if t.callerLine >= 0 {
			p.History = p.History[:min(t.callerLine, len(p.History))]
		}
	}
	e := t.exchange()
	e.Kind, e.Asked = p.Kind, t.since(t.now)
	t.ask++
	t.asking, t.gotText, t.moment = true, false, false
	t.askedAt, t.progressAt = t.now, t.now
	t.next, t.spoken, t.split, t.resumed = Next{}, Spoken{}, Sentences{}, false
	t.state = stateFor(p.Kind)
	t.do(Action{Kind: ActAsk, ID: t.ask, Prompt: p})
}

// stateFor returns the state in which a prompt's reply is made.
func stateFor(k PromptKind) State {
	switch k {
	case Greeting:
		return Welcoming
	case Silence:
		return Prompting
	case Farewell:
		return Ending
	case Speech, Keys, Unclear:
		return Thinking
	}
	return Thinking
}

// noteCaller writes what the caller said into the transcript, over the line
// that no reply has answered yet where there is one.
func (t *Turn) noteCaller(text string) {
	line := Line{Role: RoleCaller, Text: text, Heard: text}
	if t.callerLine >= 0 && t.callerLine < len(t.lines) {
		t.lines[t.callerLine] = line
		return
	}
	t.addLine(line)
	t.callerLine = len(t.lines) - 1
}

// ReplyText takes the next piece of reply id.
func (t *Turn) ReplyText(now time.Time, id uint64, text string) {
	t.at(now)
	if id != t.ask || !t.asking {
		return
	}
	if !t.gotText {
		t.gotText = true
		t.current().FirstText = t.since(now)
	}
	t.progressAt = now
	for _, sentence := range t.split.Push(text) {
		t.queue = append(t.queue, Action{Kind: ActSpeak, Text: sentence})
	}
	t.speakNext()
}

// ReplyDone takes the end of reply id: how the call goes on, or why there is
// no more of it.
func (t *Turn) ReplyDone(now time.Time, id uint64, next Next, err error) {
	t.at(now)
	if id != t.ask || !t.asking {
		return
	}
	t.asking = false
	t.flush()
	if err != nil && !errors.Is(err, context.Canceled) {
		t.replyFailed()
		return
	}
	t.replyFails = 0
	t.next, t.keysWanted = next, next.Digits
	t.speakNext()
	t.settle()
}

// flush takes the last sentence of a reply, which no space followed.
func (t *Turn) flush() {
	if last := t.split.Flush(); last != "" {
		t.queue = append(t.queue, Action{Kind: ActSpeak, Text: last})
	}
}

// replyFailed goes on after a reply that broke off: what there is of it is
// spoken, an apology where there is nothing.
func (t *Turn) replyFailed() {
	t.replyFails++
	if t.replyFails >= maxFails && !t.leaving {
		t.leave(LeaveEngineFailed)
		return
	}
	if !t.gotText || len(t.queue) == 0 && !t.audible && !t.voicing {
		t.say(t.apology())
	}
	t.speakNext()
	t.settle()
}

// apology returns the phrase that fits: at the end of a call it is a goodbye.
func (t *Turn) apology() string {
	if t.leaving || t.next.HangUp {
		return t.manners.Phrases.Bye
	}
	return t.manners.Phrases.Sorry
}

// say puts a canned phrase behind what is still to be spoken.
func (t *Turn) say(phrase string) {
	if phrase != "" {
		t.queue = append(t.queue, Action{Kind: ActSpeak, Text: phrase, Canned: true})
	}
}

// speakNext has the next sentence synthesized, one at a time.
func (t *Turn) speakNext() {
	if t.voicing || t.cut || len(t.queue) == 0 {
		return
	}
	a := t.queue[0]
	t.queue = slices.Delete(t.queue, 0, 1)
	t.sentence++
	a.ID = t.sentence
	t.voicing, t.canned, t.progressAt = true, a.Canned, t.now
	t.spoken.add(a)
	t.do(a)
}

// Sound tells that sound of sentence id now lies from from to to in what the
// call sends, the unit of the playout clock.
func (t *Turn) Sound(now time.Time, id uint64, from, to time.Duration) {
	t.at(now)
	if id != t.sentence || !t.voicing {
		return
	}
	t.progressAt = now
	t.spoken.Sound(id, from, to)
	t.answering = t.answering || !t.canned
	if t.audible {
		return
	}
	t.audible = true
	if !t.resumed {
		t.current().FirstSound = t.since(now)
	}
	if t.state == Thinking {
		t.state = Speaking
	}
}

// SpeakDone tells that sentence id has been synthesized, or why not.
func (t *Turn) SpeakDone(now time.Time, id uint64, err error) {
	t.at(now)
	if id != t.sentence || !t.voicing {
		return
	}
	t.voicing = false
	t.spoken.Complete(id)
	if err != nil && !errors.Is(err, context.Canceled) {
		t.speakFailed()
		return
	}
	if !t.canned {
		t.speakFails = 0
	}
	t.speakNext()
	t.settle()
}

// speakFailed goes on after a sentence that could not be spoken: the rest of
// the reply is dropped for an apology that needs no engine.
func (t *Turn) speakFailed() {
	t.speakFails++
	t.cancelAsk()
	t.queue, t.split = t.queue[:0], Sentences{}
	switch {
	case t.canned: // even that failed: nothing more to say
	case t.speakFails >= maxFails-1 && !t.leaving:
		t.leave(LeaveEngineFailed)
		return
	default:
		t.say(t.apology())
	}
	t.speakNext()
	t.settle()
}

// settle ends a reply that brought nothing to hear.
func (t *Turn) settle() {
	if t.Complete() && !t.audible {
		t.Played(t.now)
	}
}

// Played tells that the caller has heard all of the reply under way.
func (t *Turn) Played(now time.Time) {
	t.at(now)
	if !t.Complete() || t.state == Over || t.open {
		return
	}
	t.closeReply(t.spoken.Text())
	t.current().closed = true
	t.callerLine, t.pending = -1, ""
	t.quietSince = now
	switch {
	case t.leaving:
		t.hangUp(t.why)
	case t.next.HangUp:
		t.hangUp(LeaveDone)
	case len(t.awaited) == 0:
		t.state = Listening
	}
}

// closeReply writes the reply into the transcript, with what was heard of it.
func (t *Turn) closeReply(heard string) {
	if text := t.spoken.Text(); text != "" && heard != "" {
		t.addLine(Line{Role: RoleAgent, Text: text, Heard: heard})
	}
	if t.answering && heard != "" {
		t.callerLine, t.pending = -1, "" // what was said has been answered
	}
	t.spoken, t.audible, t.answering, t.resumed = Spoken{}, false, false, false
}

// cancelAsk takes the reply under way back.
func (t *Turn) cancelAsk() {
	if t.asking {
		t.asking = false
		t.do(Action{Kind: ActCancelAsk, ID: t.ask})
	}
}

// guardReply keeps a reply that is late from leaving the caller in silence.
func (t *Turn) guardReply(starved bool) {
	waited := t.now.Sub(t.progressAt)
	switch {
	case t.voicing:
		if starved && waited >= t.manners.VoiceWait {
			t.do(Action{Kind: ActCancelSpeak, ID: t.sentence})
			t.SpeakDone(t.now, t.sentence, ErrEngine)
		}
	case !t.asking:
	case waited >= t.manners.Ceiling && starved:
		t.cancelAsk()
		t.flush()
		t.replyFailed()
	case !t.gotText && !t.moment && t.owesAWord():
		t.moment = true
		t.say(t.manners.Phrases.Moment)
		t.speakNext()
	}
}

// owesAWord reports whether a caller who waits for a reply must be told so: the
// dialogue has had its time, or the silence, in which the recognizer may have
// had its share, comes near its ceiling.
func (t *Turn) owesAWord() bool {
	if t.state != Thinking && t.state != Welcoming {
		return false
	}
	silent := t.began
	for _, at := range []time.Time{t.lastVoice, t.quietSince} {
		if at.After(silent) {
			silent = at
		}
	}
	const left = time.Second // for the word itself to be heard
	return t.now.Sub(t.askedAt) >= t.manners.DialogueWait || t.now.Sub(silent) >= t.manners.Ceiling-left
}

// elapsed returns how long the conversation lasts.
func (t *Turn) elapsed() time.Duration { return t.now.Sub(t.began) }
