// Package e2e holds tests of the whole program as a user runs it: the built
// binary, real speech engines, real sockets, real time. They run with the
// build tag e2e, by make e2e.
package e2e
