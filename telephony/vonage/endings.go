package vonage

import "github.com/talkpath/talkpath/telephony"

// endings returns how Vonage tells why calls ended: by an event's status
// together with its detail, or with who disconnected it, and else by the
// status alone.
//
// Source: developer.vonage.com/en/voice/voice-api/webhook-reference.
func endings() telephony.EndingTable {
	return telephony.EndingTable{
		{Code: "completed", Ending: telephony.CallerHungUp, Meaning: "Answered, and over"},
		{Code: "completed/user", Ending: telephony.CallerHungUp, Meaning: "Hung up by the far side"},
		{Code: "completed/platform", Ending: telephony.AgentHungUp, Meaning: "Hung up through the API, or at the end of the NCCO"},
		{Code: "busy", Ending: telephony.Busy, Meaning: "Busy"},
		{Code: "cancelled", Ending: telephony.AgentHungUp, Meaning: "Cancelled before it was answered"},
		{Code: "unanswered", Ending: telephony.NoAnswer, Meaning: "No answer"},
		{Code: "unanswered/unavailable", Ending: telephony.NoAnswer, Meaning: "Not available"},
		{Code: "unanswered/timeout", Ending: telephony.NoAnswer, Meaning: "Rang for too long"},
		{Code: "timeout", Ending: telephony.NoAnswer, Meaning: "The ringing timer ran out"},
		{Code: "rejected", Ending: telephony.Rejected, Meaning: "Rejected before it was connected"},
		{Code: "rejected/invalid_number", Ending: telephony.InvalidNumber, Meaning: "Invalid number"},
		{Code: "rejected/restricted", Ending: telephony.Rejected, Meaning: "Restricted"},
		{Code: "rejected/declined", Ending: telephony.Rejected, Meaning: "Declined"},
		{Code: "failed", Ending: telephony.CarrierError, Meaning: "Failed"},
		{Code: "failed/cannot_route", Ending: telephony.InvalidNumber, Meaning: "No route to the number"},
		{Code: "failed/number_out_of_service", Ending: telephony.InvalidNumber, Meaning: "Number out of service"},
		{Code: "failed/internal_error", Ending: telephony.CarrierError, Meaning: "Vonage's internal error"},
		{Code: "failed/carrier_timeout", Ending: telephony.CarrierError, Meaning: "Carrier timeout"},
		// It tells who answered, and doesn't end the call by itself.
		{Code: "machine", Ending: telephony.Voicemail, Meaning: "A machine answered"},
	}
}
