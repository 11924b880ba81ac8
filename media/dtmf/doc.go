// Package dtmf finds and makes the tones of telephone keys in sound: pairs of
// one low and one high tone, as ITU-T Q.23 has them.
//
// A Detector brings sound down to 4000 samples per second and looks at it in
// hops of 5 ms. Their spectra name the pair that could be sounding. That
// pair is then measured: its frequencies, its levels, what else sounds beside
// it, and for how long it has been there. What speech and music have in common
// with a key ends at one of these. A key is found about 35 ms after its tones
// began. All of 40 ms and none of 23 ms are keys, as Q.24 asks of receivers.
//
// A Generator makes the tones.
//
// Both belong to one goroutine, read no clock and allocate nothing after they
// were made. Positions are counted in samples, so that how sound is cut into
// blocks changes nothing.
package dtmf
