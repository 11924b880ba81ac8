package conversation

import "time"

// Exchange is the log of one turn: what asked for a reply and how long each
// step took. Times are since the conversation began; zero where it didn't
// come to that.
type Exchange struct {
	Kind        PromptKind
	CallerStart time.Duration // the caller's first voiced sample
	CallerEnd   time.Duration // the caller's last voiced sample
	Recognized  time.Duration // the text came
	Asked       time.Duration // the dialogue was asked
	FirstText   time.Duration // the reply's first text came
	FirstSound  time.Duration // its first sound was handed to the carrier
	Interrupted bool

	closed bool // answered, if only by nothing
}

// maxExchanges bounds the log of one call.
const maxExchanges = 1000

// current returns the newest exchange.
func (t *Turn) current() *Exchange {
	if len(t.log) == 0 {
		t.log = append(t.log, Exchange{})
	}
	return &t.log[len(t.log)-1]
}

// exchange opens a new exchange, or returns the newest where that one has not
// been answered yet.
func (t *Turn) exchange() *Exchange {
	if n := len(t.log); n > 0 && !t.log[n-1].closed && t.log[n-1].FirstSound == 0 && t.log[n-1].CallerStart != 0 {
		return &t.log[n-1]
	}
	if len(t.log) < maxExchanges {
		t.log = append(t.log, Exchange{})
	}
	return t.current()
}
