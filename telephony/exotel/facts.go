package exotel

import "github.com/talkpath/talkpath/telephony"

// facts returns what people want to know of Exotel.
func facts() telephony.Facts {
	return telephony.Facts{
		Product: "AgentStream: the applets Voicebot (two-way) and Stream (one-way), and Connect Voice AI",
		WebhookAuth: "Exotel signs nothing. A secret as last segment of each URL's path proves a request, and the sender's address where " +
			"Exotel's support has told the ranges; HTTP Basic where there is no secret.",
		SocketAuth: "HTTP Basic, from the login in the stream's URL, the sender's address, and the ticket.",
		RESTAuth:   "HTTP Basic: API key and API token.",
		Recovery: "The flow has a Passthru applet behind the Voicebot. It tells how the stream ended, and the answer's status takes the branch: " +
			"200 back to the Voicebot, 302 on. A call that streams to a URL directly, without a flow, ends with its stream.",
		HangUp:   "Talkpath closes the socket and answers the Passthru with 302; what the flow has there hangs up.",
		Transfer: "Close the socket; Passthru's answer takes the branch to a Connect applet.",
		KeysIn:   "dtmf messages with their duration, of the Voicebot applet only.",
		KeysOut:  "None on the socket.",
		OneWay:   "The Stream applet, with the same dynamic URL; the flow goes on beside it.",
		Limits:   limits(),
		Lacks: []string{
			"signatures",
			"a REST request that ends or changes a call",
			"addresses that are published",
			"keys, marks and clear on a one-way stream, and what the caller hears as a track of its own",
			"a confirmation of clear",
			"a stream's events, beside Passthru",
			"opening a socket that broke again",
		},
		Unsure: unsure(),
		Regions: []telephony.Region{
			{Name: "Singapore", REST: "api.exotel.com"},
			{Name: "Mumbai", REST: "api.in.exotel.com"},
		},
		Sources: []string{
			"https://support.exotel.com/support/solutions/articles/3000108630 (Stream and Voicebot applets)",
			"https://support.exotel.com/support/solutions/articles/3000132269 (Passthru with AgentStream)",
			"https://support.exotel.com/support/solutions/articles/48283 (Passthru)",
			"https://docs.exotel.com/exotel-agentstream",
			"https://developer.exotel.com/docs/references/error-codes",
			"https://developer.exotel.com/docs/references/webhooks",
			"https://github.com/exotel/Agent-Stream (docs/AGENTSTREAM_WSS_PROTOCOL.md, docs/CONNECT_VOICE_AI.md)",
			"https://github.com/pipecat-ai/pipecat (src/pipecat/serializers/exotel.py)",
		},
	}
}

func limits() []string {
	return []string{
		"3 custom parameters and 256 characters in a stream URL's query, the rate and the mark of a one-way stream among them",
		"600 characters in the URL of Connect Voice AI",
		"sound in multiples of 320 bytes, 3,200 at least and 100,000 at most in one message",
		"10 s for the socket to open, and one more attempt",
		"a stream of 60 minutes",
		"concurrent streams by the account's plan",
		"200 requests per minute to the voice API",
		"15 s for the answer to a StatusCallback, then up to 2 more attempts",
		"a certificate that is publicly valid",
	}
}

// unsure returns what Exotel's sources contradict or leave out.
func unsure() []string {
	return []string{
		"Which parameters a dynamic URL is asked with: none is required, GET and POST are taken.",
		"Whether the login of a URL is sent to webhooks too: it is asked of them only where no secret is configured.",
		"Spelling and types of the messages' fields: every form is taken, and messages to Exotel have both spellings; carriers.exotel.minimal_messages leaves that out.",
		"How much sound a message has: 100 ms by the documentation, 200 ms by other pages. Any length is taken.",
		"Whether a clear brings pending marks back: nobody waits for them.",
		"How much sound Exotel queues: the documentation names no limit, long greetings sent at once went together with hang-ups.",
		"Whether calls that run through a flow have status callbacks: two pages disagree. Passthru tells of their streams.",
		"In which zone times are told: they are not read.",
		"Whether the call's id of a REST request is that of the stream: the ticket joins them.",
		"How Passthru words a socket that broke: everything but the caller's own hang-up asks for another stream.",
		"How long a call may last: 60 minutes for a stream by one page, 14,400 s for a call by another.",
		"Whether a one-way stream also has what the caller hears: it is taken as the caller's.",
		"What happens to messages on a one-way stream: none is sent.",
	}
}
