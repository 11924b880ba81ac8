// Package denoise takes steady noise out of speech.
//
// A Suppressor turns steps of 10 ms into spectra, learns how much of each bin
// is noise, and weakens the bins in which there is little else, by 14 dB at
// most. What it gives out lags 6 ms behind. It helps a recognizer that was not
// taught with noise; those that were do better without.
//
// The gain is the one that minimizes the error of the logarithm of the
// amplitude (Ephraim and Malah 1985), of an a-priori signal-to-noise ratio that
// is found decision-directed (Ephraim and Malah 1984). The noise is followed by
// the probability of speech in each bin (Gerkmann and Hendriks 2012), within
// bounds of minimum statistics (Martin 2001).
package denoise
