package main

import (
	"github.com/talkpath/talkpath/ledger"
	"github.com/talkpath/talkpath/telephony"
)

// toldOf returns a carrier's status event as the ledger keeps it.
func toldOf(s telephony.Status) ledger.Told {
	told := ledger.Told{DurationMS: s.Duration.Milliseconds()}
	if s.State != telephony.StateUnknown {
		told.State = s.State.String()
	}
	if s.State == telephony.StateEnded {
		told.Ending, told.Cause, told.EndedAt = string(s.Ending), s.Cause, s.At
	}
	if s.Fault != "" {
		told.Faults = []string{s.Fault}
	}
	return told
}
