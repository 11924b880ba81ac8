// Package vad finds where somebody speaks on a telephone line.
//
// A Detector cuts sound into steps of 10 ms, compares each step's spectrum to
// the noise that it has learned on this line, band by band, and calls speech
// what stays above that noise for long enough. It uses no model file: a step
// costs about half a microsecond, and one of digital silence next to nothing.
// It starts no goroutine, reads no clock and allocates nothing: media time is
// counted in samples.
package vad
