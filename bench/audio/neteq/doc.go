// Package neteq measures WebRTC's NetEq, the reference for playout buffers, on
// arrival traces: as it is inside the prebuilt libwebrtc of the npm package
// @roamhq/wrtc, in real time, with the statistics that WebRTC itself keeps.
package neteq
