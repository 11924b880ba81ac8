package twilio

import "github.com/talkpath/talkpath/telephony"

// endings returns how Twilio tells why a call ended: by CallStatus, by who
// answered, by its own error numbers and by the SIP response of a call that
// failed.
func endings() telephony.EndingTable {
	return telephony.EndingTable{
		// CallStatus (twilio.com/docs/voice/api/call-resource).
		{Code: "completed", Ending: telephony.CallerHungUp, Meaning: "the call ended in good order; who hung up isn't told"},
		{Code: "busy", Ending: telephony.Busy, Meaning: "the called line is busy"},
		{Code: "no-answer", Ending: telephony.NoAnswer, Meaning: "nobody answered in time"},
		{Code: "canceled", Ending: telephony.AgentHungUp, Meaning: "canceled through the API before it was answered"},
		{Code: "failed", Ending: telephony.CarrierError, Meaning: "the call could not be completed"},

		// AnsweredBy (twilio.com/docs/voice/answering-machine-detection).
		{Code: "machine_start", Ending: telephony.Voicemail, Meaning: "an answering machine answered"},
		{Code: "machine_end_beep", Ending: telephony.Voicemail, Meaning: "an answering machine answered, and beeped"},
		{Code: "machine_end_silence", Ending: telephony.Voicemail, Meaning: "an answering machine answered, and fell silent"},
		{Code: "machine_end_other", Ending: telephony.Voicemail, Meaning: "an answering machine answered, and its greeting ended"},
		{Code: "fax", Ending: telephony.Voicemail, Meaning: "a fax machine answered"},

		// Error numbers (twilio.com/docs/api/errors).
		{Code: "10004", Ending: telephony.Quota, Meaning: "the account has too many calls at once"},
		{Code: "20429", Ending: telephony.Quota, Meaning: "too many requests at once; none of them was done"},
		{Code: "22005", Ending: telephony.Quota, Meaning: "calls for more than 24 hours are queued"},
		{Code: "13805", Ending: telephony.MaxDurationReached, Meaning: "a trial account's call reached 10 minutes"},
		{Code: "32015", Ending: telephony.MaxDurationReached, Meaning: "the call reached its longest duration"},
		{Code: "21205", Ending: telephony.CarrierError, Meaning: "the URL of the call's instructions is invalid"},
		{Code: "21210", Ending: telephony.Rejected, Meaning: "the caller's number is not the account's, nor verified"},
		{Code: "21211", Ending: telephony.InvalidNumber, Meaning: "the called number is invalid"},
		{Code: "21215", Ending: telephony.Rejected, Meaning: "the account may not call that country"},
		{Code: "21219", Ending: telephony.Rejected, Meaning: "a trial account may call verified numbers only"},

		// SipResponseCode (RFC 3261 section 21).
		{Code: "403", Ending: telephony.Rejected, Meaning: "forbidden"},
		{Code: "404", Ending: telephony.InvalidNumber, Meaning: "the number doesn't exist"},
		{Code: "408", Ending: telephony.NoAnswer, Meaning: "no answer of the far side's network in time"},
		{Code: "410", Ending: telephony.InvalidNumber, Meaning: "the number is gone"},
		{Code: "480", Ending: telephony.NoAnswer, Meaning: "the called phone can't be reached"},
		{Code: "484", Ending: telephony.InvalidNumber, Meaning: "the number is incomplete"},
		{Code: "486", Ending: telephony.Busy, Meaning: "the called line is busy"},
		{Code: "487", Ending: telephony.NoAnswer, Meaning: "the call was canceled while it rang"},
		{Code: "500", Ending: telephony.CarrierError, Meaning: "a server of the far side's network failed"},
		{Code: "502", Ending: telephony.CarrierError, Meaning: "a gateway of the far side's network failed"},
		{Code: "503", Ending: telephony.CarrierError, Meaning: "the far side's network is unavailable"},
		{Code: "504", Ending: telephony.CarrierError, Meaning: "a gateway of the far side's network got no answer"},
		{Code: "600", Ending: telephony.Busy, Meaning: "the called person is busy everywhere"},
		{Code: "603", Ending: telephony.Rejected, Meaning: "the called person declined"},
		{Code: "604", Ending: telephony.InvalidNumber, Meaning: "the number doesn't exist anywhere"},
	}
}
