// Package tcpbench measures what the bridge does to the caller's sound on its
// way from the carrier's socket to the recognizer: how much later it is handed
// on than it came, how much of it is lost, and whether it stands at its time.
//
// It does so twice. In virtual time a bridge.Core takes messages at the times
// of the arrival traces, and of carriers that reorder and discard; that is
// exact and the same in every run. On real TCP, calls of a simulated Twilio
// speak to a telephony/wsconn server through a link with a round trip and with
// loss: two network namespaces, each with a TUN device, and between the devices
// a relay that delays and drops packets. The relay also follows the TCP streams
// in the packets, so it knows when the link has delivered each message whole:
// that is the line's own figure, with which the bridge's is compared.
package tcpbench
