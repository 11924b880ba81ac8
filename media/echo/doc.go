// Package echo tells a caller's speech from the echo of the agent's own.
//
// Telephones and lines send back some of what they play: weaker, a while
// later, and blurred. A voice detector takes it for speech, and the agent
// would be interrupted by itself. A Guard knows what was sent and when it
// plays, hears what comes back, and says of a spurt of speech whether the echo
// explains it.
//
// It compares levels of 10 ms. For each delay up to 450 ms it keeps how
// loud an echo of that delay can be at most: an echo is there all the time, so
// that each moment in which the agent is loud and little comes back some
// hundred milliseconds later is evidence against it. What the caller says only
// adds to the sound that comes back, and so misleads nothing. Where no echo
// returns, all delays are ruled out within the first words. What is louder than
// any echo that is still possible is the caller.
package echo
