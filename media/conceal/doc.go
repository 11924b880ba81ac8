// Package conceal makes up the sound that a carrier or a network has lost.
//
// A Concealer continues what was heard last by repeating its newest pitch
// period, as ITU-T G.711 Appendix I does. It goes further in that it compares
// short pieces by their waveform, which follows a voice that changes; repeats
// longer pieces of sound without pitch, so that hiss doesn't hum; goes on with
// a fall in level that it finds; and leads over to comfort noise, from 30 to 80
// ms from what was heard. Where the sound behind the gap is known too it is
// continued backwards, and the two cross-fade.
//
//	c := conceal.New(8000, noise)
//	c.Played(pcm)            // what was heard, up to the gap
//	c.Bridge(length, next)   // only where both are known already
//	c.Conceal(dst)           // any number of times
//	c.Join(next)             // the sound behind the gap, smoothed in place
//
// What is made up depends on the sound alone, not on how it is cut into calls
// of Played and Conceal. Nothing is allocated after New, and while nothing is
// lost Played only copies.
package conceal
