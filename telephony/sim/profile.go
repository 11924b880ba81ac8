package sim

import (
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/talkpath/talkpath/telephony"
)

// Profile is what lies between the carrier and the server, and what the
// carrier itself does to a call's messages. The zero Profile does nothing.
// Every random choice of it follows from a seed. The keys in its tags are
// those of a file that holds a Profile.
type Profile struct {
	// Name is how reports call it.
	Name string `yaml:"name"`
	// ToServer and FromServer are the two directions of the socket.
	ToServer   Path `yaml:"to_server"`
	FromServer Path `yaml:"from_server"`
	// Drift is how much faster than real time the carrier's sample clock
	// runs: it takes, sends and plays its packets by that.
	Drift PPM `yaml:"drift_ppm"`
	// Dropped is the caller's sound that the carrier never sends.
	Dropped Drops `yaml:"dropped"`
	// Reordered is the caller's sound that the carrier sends out of order,
	// where its quirks have a ReorderWait.
	Reordered Reordering `yaml:"reordered"`
	// EarlyMedia is how many messages of sound come before the stream's
	// start, and nothing but sound.
	EarlyMedia int `yaml:"early_media"`
	// Breaks end the socket without a word.
	Breaks Breaks `yaml:"breaks"`
	// SecondSocket is the media time at which the carrier opens the same URL
	// again, with the same ids, and abandons the first socket; zero for never.
	// Only a carrier whose quirks say that it redials does.
	SecondSocket time.Duration `yaml:"second_socket"`
}

// Path is how long messages take in one direction of a socket. TCP keeps their
// order: one that is late holds up those behind it.
type Path struct {
	// Delay is what every message takes, and Jitter the standard deviation of
	// the normal distribution around it. No message takes less than nothing.
	Delay  time.Duration `yaml:"delay"`
	Jitter time.Duration `yaml:"jitter"`
	// Burst gathers what arrives in so much time and hands it over at once;
	// zero for no such thing.
	Burst time.Duration `yaml:"burst"`
	// Stalls are times in which nothing arrives, of 16 kinds at most.
	Stalls []Stall `yaml:"stalls"`
	// Lost are segments that TCP has to send again.
	Lost Retransmits `yaml:"lost_segments"`
}

// Stall is a time in which nothing arrives, again and again; all that was held
// up arrives at its end. Its length is drawn evenly between Shortest and
// Longest.
type Stall struct {
	// Every is the time from one stall's beginning to the next's; where
	// Random, the mean time from the end of one to the next, which is then
	// exponentially distributed. The first comes at a random time within it.
	Every    time.Duration `yaml:"every"`
	Shortest time.Duration `yaml:"shortest"`
	Longest  time.Duration `yaml:"longest"`
	Random   bool          `yaml:"random"`
}

// Retransmits are lost segments. A message in one comes Hole later, and with
// it all behind it: about one and a half round trips and 20 ms.
type Retransmits struct {
	Share float64       `yaml:"share"` // of the messages, from 0 to 1
	Hole  time.Duration `yaml:"hole"`
}

// Drops are messages of sound that a carrier encodes and never sends, so that
// counters and timestamps have a gap.
type Drops struct {
	// Share is how much of the sound is lost, from 0 to 1, in runs of 1 to
	// Run messages; 1 where Run is zero.
	Share float64 `yaml:"share"`
	Run   int     `yaml:"run"`
	// Backlog is the sound that the carrier holds for a socket that takes
	// nothing; it drops what comes on top (Twilio, warning 31930). Sound on its
	// way counts as well, so that it must be longer than the Delay; zero for
	// no limit.
	Backlog time.Duration `yaml:"backlog"`
}

// Reordering lets messages of sound be overtaken.
type Reordering struct {
	Share  float64 `yaml:"share"`  // of the messages, from 0 to 1
	Window int     `yaml:"window"` // by how many at most; 1 where zero
}

// Breaks are when the socket vanishes. Both may be set.
type Breaks struct {
	At        time.Duration `yaml:"at"`         // media time, zero for never
	PerMinute float64       `yaml:"per_minute"` // how often in the mean, at random
}

// PPM is how much faster than real time a clock runs, in millionths; below
// zero it is slower.
type PPM int

// Media returns the time that has passed by the clock while real time passed,
// rounded towards zero.
func (p PPM) Media(real time.Duration) time.Duration {
	const million = 1_000_000
	return real + real/million*time.Duration(p) + real%million*time.Duration(p)/million
}

// Real returns the real time in which d passes by the clock, rounded up.
func (p PPM) Real(d time.Duration) time.Duration {
	if p == 0 {
		return d
	}
	return time.Duration(math.Ceil(float64(d) / (1 + float64(p)/1e6)))
}

// The bounds of a profile.
const (
	longestDelay = 10 * time.Second
	longestStall = time.Minute
	leastEvery   = 10 * time.Millisecond // between two stalls
	mostStalls   = 16                    // kinds of them
	mostPPM      = 100_000
	mostEarly    = 50
	mostRun      = 1000
	mostWindow   = 16
	mostBreaks   = 60 // a minute
	longestCall  = 24 * time.Hour
)

// ProfileError is a part of a Profile that is out of its bounds.
type ProfileError struct {
	Key  string // as in a file: "to_server.stalls[0].every"
	Rule string
}

func (e *ProfileError) Error() string { return e.Key + ": " + e.Rule }

// Check returns all that is wrong, joined: each part is a *ProfileError.
func (p Profile) Check() error {
	wrong := append(p.ToServer.check("to_server"), p.FromServer.check("from_server")...)
	for _, f := range []*ProfileError{
		within("drift_ppm", p.Drift, -mostPPM, mostPPM),
		share("dropped.share", p.Dropped.Share),
		within("dropped.run", p.Dropped.Run, 0, mostRun),
		within("dropped.backlog", p.Dropped.Backlog, 0, longestStall),
		share("reordered.share", p.Reordered.Share),
		within("reordered.window", p.Reordered.Window, 0, mostWindow),
		within("early_media", p.EarlyMedia, 0, mostEarly),
		within("breaks.at", p.Breaks.At, 0, longestCall),
		within("breaks.per_minute", p.Breaks.PerMinute, 0, mostBreaks),
		within("second_socket", p.SecondSocket, 0, longestCall),
	} {
		wrong = addFault(wrong, f)
	}
	if b := p.Dropped.Backlog; b != 0 && b <= p.ToServer.Delay {
		wrong = addFault(wrong, &ProfileError{"dropped.backlog", fmt.Sprintf("is %v, must be longer than to_server.delay", b)})
	}
	return errors.Join(wrong...)
}

// check returns what is wrong with one direction.
func (p Path) check(key string) (wrong []error) {
	for _, f := range []*ProfileError{
		within(key+".delay", p.Delay, 0, longestDelay),
		within(key+".jitter", p.Jitter, 0, longestDelay),
		within(key+".burst", p.Burst, 0, longestDelay),
		share(key+".lost_segments.share", p.Lost.Share),
		within(key+".lost_segments.hole", p.Lost.Hole, 0, longestDelay),
	} {
		wrong = addFault(wrong, f)
	}
	if n := len(p.Stalls); n > mostStalls {
		return addFault(wrong, &ProfileError{key + ".stalls", fmt.Sprintf("are %d, must be %d at most", n, mostStalls)})
	}
	for i, s := range p.Stalls {
		at := fmt.Sprintf("%s.stalls[%d]", key, i)
		wrong = addFault(wrong, within(at+".every", s.Every, leastEvery, longestCall))
		wrong = addFault(wrong, within(at+".shortest", s.Shortest, time.Millisecond, longestStall))
		most := longestStall
		if !s.Random {
			most = min(most, s.Every/2)
		}
		wrong = addFault(wrong, within(at+".longest", s.Longest, s.Shortest, most))
	}
	return wrong
}

// addFault appends a fault, where there is one.
func addFault(wrong []error, f *ProfileError) []error {
	if f == nil {
		return wrong
	}
	return append(wrong, f)
}

// within returns a fault where is lies outside of its bounds, or is no number.
func within[N PPM | int | float64 | time.Duration](key string, is, least, most N) *ProfileError {
	if is >= least && is <= most {
		return nil
	}
	return &ProfileError{key, fmt.Sprintf("is %v, must be from %v to %v", is, least, most)}
}

func share(key string, is float64) *ProfileError { return within(key, is, 0, 1) }

// clean says whether p does nothing.
func (p Profile) clean() bool {
	return p.ToServer.straight() && p.FromServer.straight() && p.Drift == 0 && p.Dropped == Drops{} &&
		p.Reordered == Reordering{} && p.EarlyMedia == 0 && p.Breaks == Breaks{} && p.SecondSocket == 0
}

// straight says whether messages take no time.
func (p Path) straight() bool {
	return p.Delay == 0 && p.Jitter == 0 && p.Burst == 0 && len(p.Stalls) == 0 && p.Lost == Retransmits{}
}

// SecondSocketOn returns when a carrier opens a second socket, zero for a
// carrier that never does.
func (p Profile) SecondSocketOn(q telephony.Quirks) time.Duration {
	if !q.Redials {
		return 0
	}
	return p.SecondSocket
}
