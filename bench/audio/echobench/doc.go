// Package echobench measures whether the agent is interrupted by the echo of
// its own voice, whether callers who speak over that are heard, and what noise
// suppression does, against libwebrtc's.
package echobench
