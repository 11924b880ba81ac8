package exotel

import "github.com/talkpath/talkpath/telephony"

// endings returns how Exotel tells why calls and streams ended: by a call's or
// a leg's status, by who disconnected a stream, and by the answer to a request
// for a call (developer.exotel.com/docs/references/error-codes).
func endings() telephony.EndingTable {
	return telephony.EndingTable{
		// Status of a call and of its legs.
		{Code: "completed", Ending: telephony.CallerHungUp, Meaning: "the call ended in good order; who hung up isn't told"},
		{Code: "busy", Ending: telephony.Busy, Meaning: "the called line is busy"},
		{Code: "no-answer", Ending: telephony.NoAnswer, Meaning: "nobody answered in time"},
		{Code: "canceled", Ending: telephony.AgentHungUp, Meaning: "canceled before it was answered"},
		{Code: "cancelled", Ending: telephony.AgentHungUp, Meaning: "canceled before it was answered"},
		{Code: "failed", Ending: telephony.CarrierError, Meaning: "the call could not be completed"},

		// Stream[DisconnectedBy], Stream[DetailedStatus], the stop message's
		// reason, and Legs[n][AnsweredBy].
		{Code: "user", Ending: telephony.CallerHungUp, Meaning: "the caller hung up"},
		{Code: "callended", Ending: telephony.CallerHungUp, Meaning: "the caller hung up"},
		{Code: "bot", Ending: telephony.AgentHungUp, Meaning: "the server closed the stream"},
		{Code: "stopped", Ending: telephony.Transferred, Meaning: "the flow went on to its next applet"},
		{Code: "Streaming_call_throttled", Ending: telephony.Quota, Meaning: "the account has too many streams at once"},
		{Code: "machine", Ending: telephony.Voicemail, Meaning: "an answering machine answered"},

		// HTTP status of the answer to a request for a call.
		{Code: "402", Ending: telephony.Quota, Meaning: "the account's plan or credit is used up"},
		{Code: "403", Ending: telephony.Rejected, Meaning: "not allowed for this account or number"},
		{Code: "429", Ending: telephony.Quota, Meaning: "more requests than the account may make"},

		// Codes in the body of that answer, of the second API.
		{Code: "1010", Ending: telephony.CarrierError, Meaning: "the API's login was refused"},
		{Code: "1012", Ending: telephony.NoAnswer, Meaning: "the called person's device is off"},
		{Code: "1100", Ending: telephony.CarrierError, Meaning: "an error inside of Exotel"},
		{Code: "10705", Ending: telephony.Rejected, Meaning: "the number is not verified"},
		{Code: "10706", Ending: telephony.Busy, Meaning: "the called line is busy"},
		{Code: "10716", Ending: telephony.InvalidNumber, Meaning: "there is no such virtual number"},
		{Code: "10731", Ending: telephony.InvalidNumber, Meaning: "there is no such user"},
	}
}
