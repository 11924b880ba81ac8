// Package pace times what the agent says: a Wheel gives all calls of a process
// one common beat to send on, and a Playout keeps account, for one call, of
// how much of what was sent the caller has heard.
package pace
