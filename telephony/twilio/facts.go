package twilio

import "github.com/talkpath/talkpath/telephony"

// facts returns what people want to know of Twilio.
func facts() telephony.Facts {
	return telephony.Facts{
		Product: "Programmable Voice, Media Streams",
		WebhookAuth: "X-Twilio-Signature: HMAC-SHA1 with the account's primary auth token over the URL and the sorted form parameters, " +
			"or over the URL with bodySHA256. It has no time: replays are told by the event's SequenceNumber.",
		SocketAuth: "The same header over the wss:// URL of the TwiML, where Twilio sends it, and the ticket as a custom parameter of the start message.",
		RESTAuth:   "HTTP Basic: account SID and auth token, or API key and secret.",
		Recovery: "A two-way stream is followed by a redirect in the same TwiML. When the stream has ended Twilio asks it, " +
			"and the answer opens another stream or hangs up.",
		HangUp:   "Talkpath closes the socket and answers the redirect behind the stream with <Hangup>. A POST of Status=completed to the call would end it too.",
		Transfer: "POST new TwiML, or its URL, to the call; that ends its two-way stream.",
		KeysIn:   "dtmf messages, on two-way streams only, without a duration.",
		KeysOut:  "None on the socket: tones are mixed into the sound. A call that is placed can have SendDigits.",
		OneWay:   "<Start><Stream> with inbound_track or both_tracks, then a redirect to the call's own TwiML; or the REST resource Streams.",
		Limits:   limits(),
		Lacks: []string{
			"any format but mu-law at 8 kHz",
			"a query in the stream's URL",
			"a word for why a stream stopped, and for who hung up",
			"a confirmation of clear, beside the marks that come back",
			"opening a socket that broke again",
			"addresses of its sockets: they may come from any",
			"a conversation in a conference: <Connect> blocks <Dial>",
		},
		Unsure: unsure(),
		Regions: []telephony.Region{
			{Name: "US1", REST: "api.twilio.com"},
			{Name: "IE1", REST: "api.dublin.ie1.twilio.com"},
			{Name: "AU1", REST: "api.sydney.au1.twilio.com"},
		},
		Sources: []string{
			"https://www.twilio.com/docs/voice/media-streams/websocket-messages",
			"https://www.twilio.com/docs/voice/twiml/stream",
			"https://www.twilio.com/docs/api/errors",
			"https://www.twilio.com/docs/usage/security",
			"https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides",
			"https://www.twilio.com/docs/global-infrastructure/firewall-configurations/media-streams-configuration",
			"https://github.com/twilio/twilio-python (request_validator.py and its tests)",
			"https://github.com/twilio/twilio-go (client/request_validator.go)",
			"https://github.com/twilio/twilio-oai (twilio_api_v2010.json)",
		},
	}
}

func limits() []string {
	return []string{
		"one two-way stream per call",
		"99 custom parameters per stream",
		"64 KB of TwiML, as others have measured; 4,000 characters of it in a REST request",
		"webhooks: 5 s to connect, 15 s for the answer, one retry, all of which the URL's fragment can change",
		"1 call per second and account placed through REST; more are queued, 24 hours of them at most",
		"ringing: 60 s unless asked otherwise, at most 600 s",
	}
}

// unsure returns what Twilio's sources contradict or leave out.
func unsure() []string {
	return []string{
		"Whether the upgrade of a media socket is signed: two pages say so, a sample of Twilio's says not. " +
			"A signature is checked where there is one; carriers.twilio.signed_sockets refuses sockets without.",
		"Which URL is signed where ports are concerned: it is tried as it stands, without a port and with the default one. " +
			"The fragment is taken to be left out.",
		"How a repeated parameter is signed: the Python library sorts its values and drops doubles, the Go library takes the first. We follow Python.",
		"Whether the verbs behind a stream are done after a socket that broke without a close. They are planted all the same.",
		"How long a call may last: 4 hours by default and 24 at most are often quoted.",
		"How large a custom parameter may be: under 500 characters for name and value is often quoted.",
		"How much sound Twilio queues: no limit is documented.",
		"How long Twilio waits for a socket to open: 10 s is taken, the most that its webhooks can be set to.",
		"The exact fields of a stream's status callback, beside StreamEvent and StreamError: none of them is required.",
	}
}
