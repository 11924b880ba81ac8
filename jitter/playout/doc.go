// Package playout turns the packets of a stream that a person listens to into
// sound on an even beat, with as little delay as the network allows.
//
// A Buffer holds each packet until it is due. How long that is follows from how
// late packets were of late: the delay is set where a little more of it would
// no longer pay, by the number of times that sound would be missing (see
// Config.Patience). One stall raises nothing; stalls that come again do. The
// delay is lost and regained by leaving out or repeating pitch periods, never
// by more than a quarter, and at any speed in silence. What still is missing is
// concealed, and media time stays true: what was lost is filled by its
// timestamps, what comes late is played and then caught up with.
//
// A Buffer starts no goroutine, takes no lock and never reads the clock: it is
// owned by one goroutine at a time, and time comes in as an argument. It
// allocates nothing after New.
package playout
