package conversation

import "time"

// NewScribe returns a Turn that says nothing and writes down what one party of
// a call says, role, in the place of an agent who could not be heard.
func NewScribe(m Manners, role Role) *Turn {
	t := NewTurn(m, nil)
	t.scribe = role
	return t
}

// Stop tells that nothing more will be heard: what was said up to now ends an
// utterance.
func (t *Turn) Stop(now time.Time) {
	t.at(now)
	if t.open {
		t.closeUtterance()
	}
}

// Owes reports whether the text of an utterance is still to come.
func (t *Turn) Owes() bool { return len(t.awaited) > 0 }

// writeDown takes the text of an utterance that began at a time.
func (t *Turn) writeDown(text string, began time.Duration) {
	if text != "" {
		t.addLine(Line{Role: t.scribe, Text: text, Heard: text, At: began})
	}
	if !t.open && len(t.awaited) == 0 {
		t.current().closed = true
		t.state = Listening
	}
	if t.recognizerFails >= maxFails {
		t.leave(LeaveEngineFailed)
	}
}
