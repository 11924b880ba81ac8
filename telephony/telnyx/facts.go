package telnyx

import "github.com/talkpath/talkpath/telephony"

// facts returns what the page about Telnyx tells beside its quirks.
func facts() telephony.Facts {
	return telephony.Facts{
		Product: "Media Streaming over WebSockets, opened by TeXML <Connect><Stream> in rtp mode",
		WebhookAuth: "Ed25519 over timestamp and raw body, headers telnyx-signature-ed25519 and telnyx-timestamp, " +
			"five minutes of tolerance. URL and method are not covered, so keep webhooks at POST.",
		SocketAuth: "None: TeXML has no token for a stream, and the upgrade is not signed. The ticket in the path and the parameters proves a socket.",
		RESTAuth:   "Bearer: API key.",
		Recovery: "<Connect> waits for its stream; what stands behind it is carried out when the stream has stopped, " +
			"so a <Redirect> asks Talkpath how the call goes on, and another <Connect><Stream> resumes it.",
		HangUp:   "Talkpath closes the socket and answers the <Redirect> behind the stream with <Hangup>.",
		Transfer: "TeXML <Dial> or <Refer> behind the stream; in Call Control POST /v2/calls/{id}/actions/transfer.",
		KeysIn:   "dtmf messages, without a duration.",
		KeysOut:  "None on the socket; in Call Control POST /v2/calls/{id}/actions/send_dtmf.",
		OneWay:   "<Start><Stream> with track inbound_track or both_tracks, then a <Redirect> to what the call does meanwhile.",
		Limits:   limits(),
		Lacks: []string{
			"order: messages may overtake each other",
			"a confirmation of a clear, beside the marks that come back",
			"a reason why a stream stopped",
			"translation of codecs other than between PCMU and PCMA: else the stream speaks what the call's leg speaks",
			"keys sent on the stream",
			"a fixed set of addresses that sockets come from, as far as its pages tell",
		},
		Unsure: unsure(),
		Regions: []telephony.Region{
			{Name: "worldwide", REST: "api.telnyx.com"},
			{Name: "Europe (Frankfurt)", REST: "api.telnyx.eu"},
		},
		Sources: []string{
			"https://developers.telnyx.com/api-reference/websockets/stream-call-media-over-websocket",
			"https://developers.telnyx.com/docs/voice/programmable-voice/texml-verbs/stream (and Connect, Start, Redirect, Hangup)",
			"https://developers.telnyx.com/api-reference/callbacks/texml-stream (and texml-call-initiated, -ringing, -answered, -completed, call-streaming-failed)",
			"https://developers.telnyx.com (receiving webhooks, API errors, dials-per-second limit, concurrent limits, regional endpoints)",
			"https://github.com/team-telnyx/telnyx-go (call.go, callaction.go, webhook.go, lib/webhook_verification.go)",
			"https://github.com/team-telnyx/ai (telnyx-twilio-migration, texml-verbs.md)",
			"https://github.com/pipecat-ai/pipecat (src/pipecat/serializers/telnyx.py)",
		},
	}
}

// limits returns the numbers that Telnyx sets.
func limits() []string {
	return []string{
		"30 calls placed per second, counted over 5 s; more are refused with 429 and code 90103",
		"2 calls at a time on a new account, 10 on a verified one, then as agreed",
		"4 hours per call",
		"2,000 characters per URL",
		"20 ms to 30 s of sound in one message to Telnyx, in rtp mode",
		"API rates in x-ratelimit-limit, -remaining and -reset",
		"one two-way stream per call",
	}
}

// unsure returns what Telnyx's sources leave open.
func unsure() []string {
	return []string{
		"The byte order of L16 is not stated and implementations contradict each other: little-endian unless carriers.telnyx.l16_big_endian is set.",
		"L16 is missing in the list of the TeXML verb and present in Telnyx's guide for migrants and its SDKs; PCMU is asked for by default.",
		"What follows <Connect> is promised for a stream that stops. That a socket which broke, or couldn't be opened, counts " +
			"as stopped is taken over from TwiML and not confirmed; nor is how soon Telnyx notices a peer that vanished.",
		"TeXML's pages call a stream's failure stream-error, an older text stream-failed: both are read.",
		"TeXML's status callbacks list no direction. Where none is told, it is not known whose hang-up HangupSource names, " +
			"and an ordinary end counts as the far side's.",
		"TeXML's events have no id: repeats are told by call, stream and event.",
		"Whether a webhook that is sent again carries a new timestamp and signature is not stated.",
		"TeXML's page on the stream says that CallSid is the call_control_id; Talkpath doesn't rely on it and binds the stream by its ticket.",
		"How long Telnyx waits for a socket to open, how much sound it queues and the largest message in bytes are not stated: 10 s, and 30 s of sound, are taken.",
		"The numbers of error events on the stream are not listed: they are logged as they come, and the stream goes on.",
		"G.722 and Opus are never translated: they are for connections whose legs all speak them, and a leg in another codec than was asked is refused by name. " +
			"Telnyx has AMR-WB as well, which Talkpath has not. A connection limited to PCMU and PCMA offers none of the three.",
		"What a start tells as the rate of G.722 and of Opus is not stated: 8000 and 16000, and any rate of Opus' in one or two channels, are taken, as RTP's " +
			"descriptions count. bidirectionalSamplingRate is 16000 for both, which is not confirmed either.",
		"How Opus is framed in a message to Telnyx is not stated: one packet of 20 ms each, with copies of the one before for lines that lose some.",
	}
}
