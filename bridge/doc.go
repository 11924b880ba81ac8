// Package bridge carries one call from a carrier's socket to the engines of a
// conversation and back.
//
// Core is the call without its surroundings: messages' events, ticks and what
// engines brought go in with their time, and what is to be done comes out. It
// has no clock, goroutine, I/O or log, so that whole calls run in tests in
// microseconds. Call is the shell around it: socket, engines, timers and
// counts. Read Call.Run and Core.Step for the way of a call from top to
// bottom. Switchboard holds the calls of a process.
package bridge
