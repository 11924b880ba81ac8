// Package e2e holds tests of the whole program as a user runs it: the built
// binary, real speech engines, real sockets, real time. They run with the
// build tag e2e, by make e2e.
//
// Beside them, the carriers' own SDKs, in the Node program sdk/sdk.mjs, tell
// whether what we sign, check and write is what the carriers sign, check and
// take.
package e2e
