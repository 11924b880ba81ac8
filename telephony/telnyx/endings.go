package telnyx

import "github.com/talkpath/talkpath/telephony"

// endings returns how Telnyx tells why calls ended: the CallStatus of TeXML,
// the hangup_cause of Call Control, which TeXML calls HangupCause, and the
// error codes that keep a call from being placed, which TeXML calls ErrorCode.
func endings() telephony.EndingTable {
	return telephony.EndingTable{
		// hangup_cause (team-telnyx/telnyx-go: webhook.go).
		{Code: "normal_clearing", Ending: telephony.CallerHungUp, Meaning: "one side hung up; HangupSource tells which"},
		{Code: "originator_cancel", Ending: telephony.CallerHungUp, Meaning: "the calling side gave up before an answer"},
		{Code: "call_rejected", Ending: telephony.Rejected, Meaning: "the called side refused the call"},
		{Code: "user_busy", Ending: telephony.Busy, Meaning: "the called side was busy"},
		{Code: "no_answer", Ending: telephony.NoAnswer, Meaning: "nobody answered"},
		{Code: "timeout", Ending: telephony.NoAnswer, Meaning: "it rang for as long as timeout_secs allows"},
		{Code: "time_limit", Ending: telephony.MaxDurationReached, Meaning: "the call reached time_limit_secs, four hours by default"},
		{Code: "not_found", Ending: telephony.InvalidNumber, Meaning: "there is no such number"},
		{Code: "unspecified", Ending: telephony.CarrierError, Meaning: "Telnyx tells no cause"},
		// CallStatus (developers.telnyx.com: callbacks, texml-call-completed).
		{Code: "completed", Ending: telephony.CallerHungUp, Meaning: "an answered call ended in good order"},
		{Code: "canceled", Ending: telephony.CallerHungUp, Meaning: "the calling side gave up before an answer"},
		{Code: "busy", Ending: telephony.Busy, Meaning: "the called side was busy"},
		{Code: "no-answer", Ending: telephony.NoAnswer, Meaning: "nobody answered"},
		{Code: "failed", Ending: telephony.CarrierError, Meaning: "the call could not be connected"},
		// Error codes (developers.telnyx.com: api-errors).
		{Code: "10011", Ending: telephony.Quota, Meaning: "too many requests to the API"},
		{Code: "90103", Ending: telephony.Quota, Meaning: "more than 30 calls placed in a second"},
		{Code: "D1", Ending: telephony.Quota, Meaning: "more calls at one time than the account may have"},
		{Code: "10016", Ending: telephony.InvalidNumber, Meaning: "the number is not in E.164 form"},
	}
}

// ended is what Telnyx tells of a call's end; every part may be missing.
type ended struct {
	failure   string // ErrorCode
	cause     string // hangup_cause
	status    string // CallStatus
	source    string // hangup_source: caller, callee or unknown
	direction string // of the call
}

// why returns the ending, and Telnyx's word for it. A cause that says next to
// nothing counts after the status.
func (e ended) why() (telephony.Ending, string) {
	codes := []string{e.failure, e.cause, e.status}
	if e.cause == "normal_clearing" || e.cause == "unspecified" {
		codes = []string{e.failure, e.status, e.cause}
	}
	row, found := endings().Find(codes...)
	if !found {
		for _, code := range codes {
			if code != "" {
				return telephony.CarrierError, code
			}
		}
		return telephony.CarrierError, ""
	}
	cause := row.Code
	if row.Ending == telephony.CallerHungUp && e.ours() {
		return telephony.AgentHungUp, cause
	}
	return row.Ending, cause
}

// ours reports whether it was our side that hung up: the called one of a call
// that came in, the calling one of a call that went out. Where no direction is
// told, it is not known which side is ours.
func (e ended) ours() bool {
	switch e.direction {
	case "inbound", "incoming":
		return e.source == "callee"
	case "outbound", "outbound-api", "outgoing":
		return e.source == "caller"
	}
	return false
}
