package conversation

import "time"

// Lost tells that the line is gone, and may come back. position is how much of
// the sound that the call has sent the caller is sure to have heard. What the
// agent was saying is kept from the first word that was not heard; what the
// caller was saying is taken as it is. Until Back nothing is spoken and nobody
// is thought to be silent, but what was asked goes on being answered.
func (t *Turn) Lost(now time.Time, position time.Duration) {
	t.at(now)
	if t.cut || t.state == Over {
		return
	}
	t.cut = true
	if t.open {
		t.closeUtterance()
	}
	if t.voicing {
		t.voicing = false
		t.do(Action{Kind: ActCancelSpeak, ID: t.sentence})
	}
	heard := t.spoken.Heard(position)
	if heard != "" {
		t.addLine(Line{Role: RoleAgent, Text: heard, Heard: heard})
		if t.answering {
			t.callerLine, t.pending = -1, ""
		}
	}
	t.queue = append(t.spoken.rest(position), t.queue...)
	t.spoken, t.audible, t.answering = Spoken{}, false, false
}

// Back tells that the line is there again. The agent says so, and goes on with
// what it was saying.
func (t *Turn) Back(now time.Time) {
	t.at(now)
	if !t.cut {
		return
	}
	t.cut = false
	if t.began.IsZero() {
		return // nothing was said that could go on
	}
	t.quietSince, t.lastVoice, t.spent = now, now, now
	t.askedAt, t.progressAt = now, now
	for i := range t.awaited {
		t.awaited[i].since = now
	}
	if len(t.keys) > 0 {
		t.keysDue = now.Add(t.manners.DigitPause)
	}
	if t.state == Over {
		return
	}
	t.resumed = t.current().FirstSound != 0
	if phrase := t.manners.Phrases.Back; phrase != "" && !t.leaving {
		back := Action{Kind: ActSpeak, Text: phrase, Canned: true}
		t.queue = append([]Action{back}, t.queue...)
	}
	if t.leaving {
		t.hardStop = now.Add(lastWords)
	}
	t.speakNext()
	t.settle()
}

// rest returns what of the reply was not heard at position, to be spoken: whole
// sentences, and the end of one of which a part was heard. A canned phrase is
// not taken up in the middle.
func (s *Spoken) rest(position time.Duration) []Action {
	var rest []Action
	for _, sentence := range s.sentences {
		heard := sentence.heard(position)
		if heard == sentence.text || sentence.canned && heard != "" {
			continue
		}
		if text := clean(sentence.text[len(heard):]); text != "" {
			rest = append(rest, Action{Kind: ActSpeak, Text: text, Canned: sentence.canned})
		}
	}
	return rest
}
