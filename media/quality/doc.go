// Package quality measures how good a call sounds, in both directions, and
// says in plain words whose fault it is where it doesn't.
//
// A Meter is fed with what happens to one call: when messages of sound came,
// how loud they were, when sound was sent, what was waited for. It costs some
// tens of nanoseconds a message. Its Measures are numbers; Assess turns them
// into Ratings by the E-model (ITU-T G.107), Findings with the hop that is to
// blame, and a summary of one sentence.
//
// On a WebSocket nothing gets lost between two ends: TCP sends again, and what
// was lost comes late. So late sound counts by the hole that it leaves in what
// a listener hears; see Rating.
//
// Nothing in this package starts a goroutine, takes a lock or reads a clock.
package quality
