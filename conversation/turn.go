package conversation

import (
	"slices"
	"time"
)

// State is where a conversation stands.
type State uint8

const (
	// Welcoming is the agent's greeting, until it was heard or spoken over.
	Welcoming State = iota
	// Listening is the caller's turn, speaking or not yet.
	Listening
	// Thinking is a caller who has finished, and no reply to hear yet.
	Thinking
	// Speaking is a reply that the caller hears.
	Speaking
	// Interrupted is a caller who speaks over the agent, who has stopped.
	Interrupted
	// Prompting is the agent asking a silent caller whether they are there.
	Prompting
	// Ending is the agent's last word.
	Ending
	// Over is after the agent hung up.
	Over
	// CutOff is a line that is gone and may come back.
	CutOff
)

// String returns the state's name.
func (s State) String() string {
	names := [...]string{
		"greeting", "listening", "thinking", "speaking", "interrupted", "idle", "ending", "over", "cut_off",
	}
	if int(s) < len(names) {
		return names[s]
	}
	return "invalid"
}

// maxLines bounds the transcript of one call; a longer one loses its oldest
// lines.
const maxLines = 2000

// Turn decides who speaks when in one call. It is told what happens, with the
// time, and gives out Actions; it does no I/O, reads no clock and is owned by
// one lock. Times passed to it never go back.
type Turn struct {
	manners Manners
	scribe  Role // whose words are only written down; empty in a conversation
	heard   func(time.Time) time.Duration
	state   State
	began   time.Time
	now     time.Time
	actions []Action
	lines   []Line
	log     []Exchange

	// What the caller does.
	utterance  uint64 // number of the newest utterance
	open       bool   // whether the caller is in the middle of it
	lastVoice  time.Time
	spent      time.Time // up to where what the caller said has been taken
	awaited    []awaited // utterances whose text is still to come
	pending    string    // what was said and not yet answered
	keys       []byte
	keysDue    time.Time // when the keys pressed so far are handed over
	keysWanted int
	quietSince time.Time // since when nobody has done anything

	// What the agent does.
	ask        uint64 // number of the newest reply
	asking     bool   // whether more of its text may come
	askedAt    time.Time
	progressAt time.Time // last text of the reply or sound of it
	gotText    bool
	moment     bool // whether the caller was asked to wait
	callerLine int  // index of the line that the reply answers, -1 for none
	next       Next
	split      Sentences
	queue      []Action // sentences that wait for their turn
	sentence   uint64
	voicing    bool // whether the newest sentence is being synthesized
	canned     bool // whether that sentence is a canned one
	audible    bool // whether sound of this reply has been sent
	answering  bool // whether that is more than a canned phrase
	spoken     Spoken

	// What becomes of the line.
	cut     bool // whether it is gone
	resumed bool // whether the reply under way began before it was

	// How often in a row.
	silences, unclear                       int
	recognizerFails, replyFails, speakFails int

	// How it ends.
	leaving  bool
	why      Leave
	hardStop time.Time
}

type awaited struct {
	id    uint64
	since time.Time
	began time.Duration // of the utterance, as in its Exchange
}

// NewTurn returns the conversation of one call. heard tells how much of the
// sound that the call has sent the caller has heard at a time, as media time
// in the unit of Sound; it is asked when the agent is interrupted.
func NewTurn(m Manners, heard func(now time.Time) time.Duration) *Turn {
	return &Turn{manners: m, heard: heard, callerLine: -1}
}

// Begin starts the conversation: the agent is asked for its greeting.
func (t *Turn) Begin(now time.Time) {
	t.began = now
	t.at(now)
	if t.scribe != "" {
		t.state = Listening
		return
	}
	t.request(Prompt{Kind: Greeting})
}

// State returns where the conversation stands.
func (t *Turn) State() State {
	if t.cut && t.state != Over {
		return CutOff
	}
	return t.state
}

// Resting reports whether no sound is being made right now, so that what is
// left of a packet is best sent as it is. More of the reply may still come.
func (t *Turn) Resting() bool { return !t.voicing && len(t.queue) == 0 }

// Complete reports whether all sound of the reply under way has been handed
// over. It is true as well where no reply is under way.
func (t *Turn) Complete() bool { return t.Resting() && !t.asking }

// Audible reports whether sound of the reply under way has been handed over.
// Once it is Complete too and the caller has heard it all, Played is due.
func (t *Turn) Audible() bool { return t.audible }

// Waiting reports whether the caller has finished and waits for the agent's
// sound: for a reply, or for more of the one under way.
func (t *Turn) Waiting() bool {
	if t.open || t.cut {
		return false
	}
	return t.state == Thinking || t.audible && !t.Complete()
}

// busy reports whether a reply is under way.
func (t *Turn) busy() bool { return t.audible || !t.Complete() }

// Lines returns a copy of the transcript, with what was heard by now of a
// reply under way.
func (t *Turn) Lines(now time.Time) []Line {
	lines := slices.Clone(t.lines)
	if t.audible {
		lines = append(lines, Line{Role: RoleAgent, Text: t.spoken.Text(), Heard: t.spoken.Heard(t.heard(now))})
	}
	return lines
}

// Exchanges returns a copy of the log of the call's turns.
func (t *Turn) Exchanges() []Exchange { return slices.Clone(t.log) }

// Take hands over the actions since the last Take. The slice is good until
// the next call to the Turn.
func (t *Turn) Take() []Action {
	out := t.actions
	t.actions = t.actions[:0]
	return out
}

// Tick tells the time; it is called often, and is what makes anything happen
// that waits. starved says that nothing of the agent's sound is left to send.
func (t *Turn) Tick(now time.Time, starved bool) {
	t.at(now)
	if t.state == Over {
		return
	}
	t.endpoint()
	t.giveUpHearing()
	if t.cut {
		t.guardDuration()
		return
	}
	if !t.keysDue.IsZero() && !now.Before(t.keysDue) {
		t.handOverKeys()
	}
	t.guardReply(starved)
	t.guardIdle()
	t.guardDuration()
}

// at notes the time.
func (t *Turn) at(now time.Time) { t.now = now }

func (t *Turn) do(a Action) { t.actions = append(t.actions, a) }

func (t *Turn) addLine(l Line) {
	if l.At == 0 {
		l.At = t.since(t.now)
	}
	if len(t.lines) >= maxLines {
		t.lines = slices.Delete(t.lines, 0, 1)
		t.callerLine = max(t.callerLine-1, -1)
	}
	t.lines = append(t.lines, l)
}

// since returns when an instant was in the call, zero where it wasn't.
func (t *Turn) since(at time.Time) time.Duration {
	if at.IsZero() {
		return 0
	}
	return at.Sub(t.began)
}
