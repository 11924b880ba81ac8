package plivo

import (
	"strconv"

	"github.com/talkpath/talkpath/telephony"
)

// endings returns how Plivo tells why calls ended: by HangupCauseCode, where
// need be together with HangupSource, and else by CallStatus.
//
// Source: plivo.com/docs/voice/troubleshooting/hangup-causes.
func endings() telephony.EndingTable {
	table := telephony.EndingTable{
		{Code: "0", Ending: telephony.CarrierError, Meaning: "Unknown"},
		{Code: "1000", Ending: telephony.AgentHungUp, Meaning: "Cancelled through the API before it was answered"},
		{Code: "1010", Ending: telephony.Quota, Meaning: "Out of credits"},
		{Code: "1020", Ending: telephony.Quota, Meaning: "Limit of calls dialled at once"},
		{Code: "2000", Ending: telephony.InvalidNumber, Meaning: "Invalid destination"},
		{Code: "2010", Ending: telephony.InvalidNumber, Meaning: "Destination out of service"},
		{Code: "2020", Ending: telephony.NoAnswer, Meaning: "SIP endpoint not registered"},
		{Code: "2030", Ending: telephony.Rejected, Meaning: "Destination's country barred"},
		{Code: "2040", Ending: telephony.Rejected, Meaning: "Premium number barred"},
		{Code: "2050", Ending: telephony.Rejected, Meaning: "Prefix barred"},
		{Code: "2060", Ending: telephony.Rejected, Meaning: "Loop"},
		{Code: "2070", Ending: telephony.Rejected, Meaning: "Media not anchored in India"},
		{Code: "3000", Ending: telephony.NoAnswer, Meaning: "No answer"},
		{Code: "3010", Ending: telephony.Busy, Meaning: "Busy"},
		{Code: "3020", Ending: telephony.Rejected, Meaning: "Rejected"},
		{Code: "3030", Ending: telephony.Rejected, Meaning: "Unknown caller ID"},
		{Code: "3040", Ending: telephony.Rejected, Meaning: "Forbidden"},
		{Code: "3050", Ending: telephony.InvalidNumber, Meaning: "Unallocated number"},
		{Code: "3070", Ending: telephony.CarrierError, Meaning: "Carrier timeout"},
		{Code: "3080", Ending: telephony.CarrierError, Meaning: "Carrier error"},
		{Code: "3090", Ending: telephony.CarrierError, Meaning: "Carrier congestion"},
		{Code: "3100", Ending: telephony.Busy, Meaning: "Busy everywhere"},
		{Code: "3110", Ending: telephony.Rejected, Meaning: "Declined"},
		{Code: "3120", Ending: telephony.InvalidNumber, Meaning: "No such user"},
		{Code: "3130", Ending: telephony.Rejected, Meaning: "Blocked as spam"},
		{Code: "3140", Ending: telephony.Rejected, Meaning: "Caller ID on a do-not-originate list"},
		{Code: "4000", Ending: telephony.CallerHungUp, Meaning: "Normal hang-up"},
		{Code: "4000/API Request", Ending: telephony.AgentHungUp, Meaning: "Hung up through the API"},
		{Code: "4000/Answer XML", Ending: telephony.AgentHungUp, Meaning: "Hung up by our XML"},
		{Code: "4000/Error", Ending: telephony.CarrierError, Meaning: "Hung up over an error"},
		{Code: "4010", Ending: telephony.AgentHungUp, Meaning: "End of XML"},
		{Code: "4020", Ending: telephony.AgentHungUp, Meaning: "Conference ended"},
		{Code: "4030", Ending: telephony.AgentHungUp, Meaning: "Kicked out of a conference"},
		{Code: "5000", Ending: telephony.CarrierError, Meaning: "Network error"},
		{Code: "5010", Ending: telephony.CarrierError, Meaning: "Plivo's internal error"},
		{Code: "5020", Ending: telephony.CarrierError, Meaning: "Routing error"},
		{Code: "5030", Ending: telephony.Quota, Meaning: "Over the Indian concurrency"},
		{Code: "6000", Ending: telephony.MaxDurationReached, Meaning: "Time limit reached"},
		{Code: "6010", Ending: telephony.NoAnswer, Meaning: "Ring timeout"},
		{Code: "6020", Ending: telephony.MediaLost, Meaning: "No media packets for 60 s"},
		{Code: "9000", Ending: telephony.NoAnswer, Meaning: "Another phone that was dialled at once answered first"},
		{Code: "9100", Ending: telephony.Voicemail, Meaning: "Machine detected"},
		{Code: "9110", Ending: telephony.Rejected, Meaning: "Confirmation key not pressed"},
	}
	return append(append(table, ourFaults()...), byCallStatus()...)
}

// ourFaults returns the endings over a document of ours: one that couldn't be
// fetched, or that couldn't be read.
func ourFaults() telephony.EndingTable {
	fault := func(code, meaning string) telephony.EndingRow {
		return telephony.EndingRow{Code: code, Ending: telephony.InternalError, Meaning: meaning}
	}
	table := telephony.EndingTable{
		fault("8011", "Invalid answer XML"), fault("8012", "Invalid action XML"),
		fault("8013", "Invalid transfer XML"), fault("8014", "Invalid redirect XML"),
		fault("7011", "Answer URL unreachable"), fault("7012", "Action URL unreachable"),
		fault("7013", "Transfer URL unreachable"), fault("7014", "Redirect URL unreachable"),
	}
	// Given as a range without a meaning for each.
	for code := 7022; code <= 7034; code++ {
		table = append(table, fault(strconv.Itoa(code), "Invalid URL or method of an action, transfer or redirect"))
	}
	return table
}

// byCallStatus returns the endings for calls whose code tells nothing.
func byCallStatus() telephony.EndingTable {
	return telephony.EndingTable{
		{Code: "completed", Ending: telephony.CallerHungUp, Meaning: "Answered, and over"},
		{Code: "completed/API Request", Ending: telephony.AgentHungUp, Meaning: "Hung up through the API"},
		{Code: "completed/Answer XML", Ending: telephony.AgentHungUp, Meaning: "Hung up by our XML"},
		{Code: "busy", Ending: telephony.Busy, Meaning: "Busy"},
		{Code: "failed", Ending: telephony.CarrierError, Meaning: "Failed"},
		{Code: "timeout", Ending: telephony.NoAnswer, Meaning: "Rang for too long"},
		{Code: "no-answer", Ending: telephony.NoAnswer, Meaning: "No answer"},
	}
}

// endingOf returns why a call ended. A code of 0 tells less than the status.
func endingOf(code, source, status string) telephony.Ending {
	tried := []string{code + "/" + source, code, status + "/" + source, status}
	if code == "0" {
		tried = []string{status + "/" + source, status, code}
	}
	row, found := endings().Find(tried...)
	if !found {
		return telephony.CarrierError
	}
	return row.Ending
}
