package plivo

import "github.com/talkpath/talkpath/telephony"

// facts returns what people want to know of Plivo.
func facts() telephony.Facts {
	return telephony.Facts{
		Product: "Audio Streaming (AudioStream)",
		WebhookAuth: "X-Plivo-Signature-V3 with a nonce: HMAC-SHA256 with the auth token over the URL, the sorted query and the sorted form. " +
			"It has no time: replays are told by the nonce. A request with signature V2 only is refused, since V2 covers no body.",
		SocketAuth: "The same headers on the upgrade request, over one of several forms of the socket's URL, and the ticket in the path and the extra headers.",
		RESTAuth:   "HTTP Basic: auth ID and auth token.",
		Recovery: "A two-way stream has keepCallAlive and is followed by a redirect: when the stream has ended, for whatever reason, " +
			"Plivo asks it, and the answer opens another stream or hangs up. Plivo also opens a broken socket again by itself, with the same ids.",
		HangUp:   "Talkpath closes the socket and answers the redirect behind the stream with <Hangup>. A DELETE of the call would end it too.",
		Transfer: "POST of the call with another URL, answered with 202; then close the socket.",
		KeysIn:   "dtmf messages, without a duration.",
		KeysOut:  "sendDTMF on the socket.",
		OneWay:   "<Stream> that is not bidirectional, with audioTrack inbound or both, then a redirect to the document that the call goes on with.",
		Limits:   limits(),
		Lacks: []string{
			"24 kHz: no page about streams confirms it",
			"a message at the end of a stream: mostly the socket just closes",
			"characters other than letters and digits in extra headers",
			"checkpoints of sound that was cleared",
			"the stream's id, and why it ended, in the request of a redirect",
			"a pause: what is queued can only be cleared and sent again",
			"regions of its API, and a choice of the region that streams",
			"a time in its signatures",
		},
		Unsure: unsure(),
		Regions: []telephony.Region{
			{Name: "everywhere", REST: "api.plivo.com"},
		},
		Sources: []string{
			"https://www.plivo.com/docs/voice/xml/audio-streaming",
			"https://docs.plivo.com/docs/voice/xml/audiostream",
			"https://www.plivo.com/docs/voice-agents/audio-streaming/concepts",
			"https://docs.plivo.com/docs/voice/concepts/account-limits",
			"https://docs.plivo.com/docs/voice/concepts/callback-configurations",
			"https://www.plivo.com/docs/voice/troubleshooting/hangup-causes",
			"https://github.com/plivo/plivo-go (utils.go and its tests)",
			"https://github.com/plivo/plivo-python (plivo/utils/signature_v3.py)",
			"https://github.com/plivo/plivo-stream-sdk-python",
			"https://github.com/plivo/plivo-stream-sdk-node",
		},
	}
}

func limits() []string {
	return []string{
		"one stream per call",
		"extra headers: 512 bytes",
		"stream URL: 2,048 characters",
		"document: 100 KB, answered within 15 s",
		"message to Plivo: 64 KB, of which 16 KB of base64 are advised",
		"sound that Plivo queues: 40 s",
		"outbound calls: 2 per second by default, more are queued; inbound 10 per second, more are refused",
		"REST: 300 requests in 5 seconds",
		"call: 4 hours by default, 24 at most; stream: 24 hours by default",
		"Indian accounts: 25 calls at once for each call per second, more are refused with code 5030",
		"webhooks: one retry by default, timeouts and retries by the URL's fragment",
	}
}

// unsure returns what Plivo's sources contradict or leave out.
func unsure() []string {
	return []string{
		"Which URL the upgrade of a socket is signed over: http, https, wss or ws, as it is or with /websocket behind the path. " +
			"All are taken; which one matched is logged.",
		"How a repeated field is signed: Python sorts its values, Go takes the first. We follow Python.",
		"Text that ends in & or a dot is cut by the Go SDK before it is signed, and by no other. We don't cut.",
		"Whether paths are signed decoded: SDKs differ, so paths should be plain ASCII.",
		"The default of contentType: L16 on one page, mu-law on another. It is always set.",
		"The byte order of audio/x-l16: taken as little-endian, as everybody does.",
		"Whether timestamps count from 1970 or from the stream's start: only differences are used.",
		"The shape of extra_headers in messages: an object, JSON in a string, or a list with ; or , are all read.",
		"The names of a stream's events: StartStream or started, StopStream or stopped, DroppedStream or failed. Both are read.",
		"Which field of DegradedStream says how full the buffer is: any that holds 30, 60 or 90 counts.",
		"Whether a socket that breaks once it is open is opened again: newer text says so. The same ids are taken as a resumption.",
		"How much sound Plivo queues: 40 s on one page, about 60 s on another.",
		"How long Plivo waits for a socket to open: 10 s is taken, the most that its webhooks can be set to.",
		"Whether messages named stop, error or playFailed are ever sent: stop is read, the others are counted.",
	}
}
