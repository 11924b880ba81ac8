// Package vad finds where somebody speaks on a telephone line.
//
// A Detector cuts sound into steps of 10 ms and scores each one: by how far its
// spectrum stands out from the noise that it has learned on this line, how loud
// it is beside the loudest of the last seconds, how periodic, how steady, and
// how sudden. A network of some 600 trained constants weighs these (the program
// bench/audio/vadbench/train makes them); when speech begins and ends is decided
// by rules. A voice far below the caller's is taken for somebody's behind them.
// There is no model file. A step costs about a microsecond, and one of digital
// silence next to nothing.
//
// It starts no goroutine, reads no clock and allocates nothing: media time is
// counted in samples.
package vad
