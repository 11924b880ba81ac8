package sim

import "time"

// manners decide when the caller speaks and when they hang up, from nothing
// but what they hear. Time comes in as what has passed.
type manners struct {
	quiet    time.Duration // silence that ends the agent's speech
	hangUp   time.Duration // the same after the last turn
	patience time.Duration
	cutIn    time.Duration // agent's speech after which the caller speaks anyway; zero waits for ever

	turns int                 // how many there are; below zero without end
	over  func(turn int) bool // whether the turn talks over the agent
	wait  struct {            // since the caller fell silent
		all, sound, rest time.Duration // in all; since the agent's first sound; since its last
		heard            bool
	}
	turn     int
	speaking bool
}

// act is what the caller does next.
type act uint8

const (
	listen act = iota
	speak      // begin the next turn
	leave      // hang up
)

// hear is told of the next stretch of time, whether the agent was heard in it,
// and returns what the caller does at its end.
func (m *manners) hear(agent bool, passed time.Duration) act {
	if m.speaking {
		return listen
	}
	w := &m.wait
	w.all += passed
	w.heard = w.heard || agent
	if w.heard {
		w.sound += passed
		w.rest += passed
	}
	if agent {
		w.rest = 0
	}
	if m.turns >= 0 && m.turn >= m.turns {
		if w.heard && w.rest >= m.hangUp || !w.heard && w.all >= m.patience {
			return leave
		}
		return listen
	}
	if m.ready() {
		m.speaking = true
		return speak
	}
	return listen
}

// ready says whether it is the caller's turn.
func (m *manners) ready() bool {
	w := &m.wait
	switch {
	case !w.heard:
		return w.all >= m.patience
	case w.rest >= m.quiet:
		return true
	case m.over != nil && m.over(m.turn) && w.sound >= overAfter:
		return true
	}
	return m.cutIn > 0 && w.all >= m.cutIn
}

// unanswered says whether the caller waits in vain: the patience is over and
// nothing was heard.
func (m *manners) unanswered() bool { return !m.wait.heard && m.wait.all >= m.patience }

// fallSilent says that the last voiced sound of the turn is out, and that an
// answer is waited for from now on.
func (m *manners) fallSilent() {
	m.speaking = false
	m.turn++
	m.wait.all, m.wait.sound, m.wait.rest, m.wait.heard = 0, 0, 0, false
}
