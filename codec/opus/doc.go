// Package opus is the codec of speech on the Internet, RFC 6716, over libopus:
// at 8, 12, 16, 24 and 48 kHz, mono, in packets of 20 ms.
//
// It is libopus that encodes and decodes, so the package needs cgo; without it
// only [HasFEC] is left, and a program is built without Opus.
//
// An encoder can put a coarser copy of each packet into the one that follows
// (in-band FEC, section 2.1.7). Whether it does depends on the bitrate and the
// loss that it expects, not on a switch alone: HasFEC tells of a packet.
package opus
