package vonage

import "github.com/talkpath/talkpath/telephony"

// facts returns what people want to know of Vonage.
func facts() telephony.Facts {
	return telephony.Facts{
		Product: "Voice API, WebSockets",
		WebhookAuth: "A JSON Web Token in Authorization, HS256 with the account's signature secret, good for five minutes and once. " +
			"Its payload_hash is the SHA-256 of a POST's body as sent, or of a GET's query as a JSON object. " +
			"A request that comes without one is answered with 503, so that it is sent again.",
		SocketAuth: "None unless the NCCO asks for it. The ticket in the path and in the NCCO's headers proves a socket.",
		RESTAuth:   "A JSON Web Token, RS256 with the application's private key, for 15 minutes.",
		Recovery: "The connect action's events are synchronous: when the socket couldn't be opened, was closed or broke, Vonage posts that to us, " +
			"and the NCCO in the answer opens another stream, or ends the call where it has no action.",
		HangUp:   "Talkpath closes the socket and answers the event that asks with an empty NCCO. A PUT of the call with action hangup would end it too.",
		Transfer: "PUT of the call with action transfer and another NCCO, or an NCCO for the event of the closed socket.",
		KeysIn:   "websocket:dtmf messages with the key and how long it was down.",
		KeysOut:  "PUT of the call's dtmf through REST; none on the socket.",
		OneWay:   "None: a socket is a leg of the conversation, which hears all others and is heard by all.",
		Limits:   limits(),
		Lacks: []string{
			"ids on the socket: neither the call's nor the stream's, so that the NCCO's headers must hold them",
			"counters and timestamps of sound",
			"a message at the end of a stream",
			"mu-law; messages of sound that are longer or shorter than 20 ms",
			"one-way streams, and the two sides of a call apart",
			"keys sent on the socket",
			"a status URL in the document: the application's is set at Vonage",
			"headers named event or content-type",
		},
		Unsure:  unsure(),
		Regions: regions(),
		Sources: []string{
			"https://developer.vonage.com/en/voice/voice-api/guides/websockets",
			"https://developer.vonage.com/en/voice/voice-api/ncco-reference",
			"https://developer.vonage.com/en/voice/voice-api/webhook-reference",
			"https://developer.vonage.com/en/getting-started/concepts/webhooks",
			"https://api.support.vonage.com/hc/en-us/articles/19033783342876",
			"https://api.support.vonage.com/hc/en-us/articles/17498678806044",
			"https://github.com/Nexmo/nexmo-developer",
			"https://github.com/Vonage/vonage-python-sdk (jwt)",
			"https://github.com/Vonage/vonage-node-sdk (issues 124, 137 and 150)",
			"https://github.com/vocodedev/vocode-core (issue 727)",
		},
	}
}

func limits() []string {
	return []string{
		"message of sound to Vonage: exactly 20 ms, or the socket breaks",
		"sound that Vonage queues: 3,072 messages, about a minute; older pages say 1,024",
		"headers: 512 bytes of JSON",
		"socket: 60 s to open unless the action's timeout says otherwise",
		"call and connect action: 2 hours unless their limit says otherwise",
		"3 calls placed or connected per second, 15 other requests per second; more are refused",
		"answer webhook: 1 s to connect, 5 s to answer; event webhook: 10 s; one retry",
		"webhooks are sent again after 429, 503 and 504, not after other errors",
	}
}

// unsure returns what Vonage's sources contradict or leave out.
func unsure() []string {
	return []string{
		"Whether 24 kHz is offered: the OpenAPI document and the Node SDK have it, the NCCO page has not. carriers.vonage.rate or ?sample-rate= asks for it.",
		"What the hash of a GET covers: by one support article the query's parameters as a JSON object, in their order. " +
			"A hash of an empty body, or none, is taken too; where in doubt, set the webhooks to POST.",
		"Whether parameters of our own in a GET's URL are part of that object: taken as yes.",
		"Whether a clear brings pending notifications back: taken as no, so that nobody waits for them.",
		"Whether frames go on coming in silence: gaps are coped with.",
		"In which order events come: none is promised, so that a call that has ended stays so.",
		"Whether an event returns the NCCO's headers in an object or beside its own fields: both are read.",
		"Whether a socket that we close asks for another NCCO when the call itself is ending: where it does, the empty NCCO does no harm.",
	}
}

// regions are the hosts of Vonage's API. A call lives on the one that placed it.
func regions() []telephony.Region {
	return []telephony.Region{
		{Name: "nearest", REST: "api.nexmo.com"},
		{Name: "na-east", REST: "api-us-3.vonage.com"},
		{Name: "na-west", REST: "api-us-4.vonage.com"},
		{Name: "eu-west", REST: "api-eu-3.vonage.com"},
		{Name: "eu-east", REST: "api-eu-4.vonage.com"},
		{Name: "apac-sng", REST: "api-ap-3.vonage.com"},
		{Name: "apac-australia", REST: "api-ap-4.vonage.com"},
	}
}
