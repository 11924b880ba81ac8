// Package vadbench is experiment 5: how well vad.Detector tells speech from
// everything else on a telephone line, how soon, and at what cost, beside the
// voice detector of libwebrtc on the same sound.
//
// The constants of the detector's score come from the program in train, which
// sees the tuning half of the test sets alone.
package vadbench
