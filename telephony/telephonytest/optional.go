package telephonytest

import (
	"testing"

	"github.com/talkpath/talkpath/telephony"
)

// missing ends a test of what c doesn't have yet.
func missing(t *testing.T, what string) {
	t.Helper()
	t.Skipf("this carrier has no %s", what)
}

// reporting returns c's side that tells of calls, and ours that reads it.
func reporting(t *testing.T, c telephony.Carrier) (telephony.PeerReporter, telephony.StatusReader) {
	t.Helper()
	reporter, tells := c.Peer.(telephony.PeerReporter)
	reader, reads := c.Webhook.(telephony.StatusReader)
	if tells != reads {
		t.Fatalf("the peer reports: %v; the webhook reads reports: %v", tells, reads)
	}
	if !tells {
		missing(t, "status events")
	}
	return reporter, reader
}
