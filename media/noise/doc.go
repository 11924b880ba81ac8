// Package noise knows the sound of a line on which nobody speaks: it measures
// it, describes it in a few bytes (RFC 3389), and makes it again.
//
// A Description is the level and the spectrum of a noise. An Analyzer finds it
// in a line's own sound, FromBands in the powers of a few bands, Parse in the
// payload of an RTP packet. A Generator makes sound from it, for gaps in which
// nothing came. A Sender decides which frames of a line are worth sending, and
// a Receiver makes the whole of what it sent (discontinuous transmission).
//
// All are plain values of one call: no goroutine, no clock, no lock.
package noise
