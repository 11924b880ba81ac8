package telephonytest

import (
	"testing"

	"github.com/talkpath/talkpath/telephony"
)

// FuzzDocuments feeds c's peer with any documents: none makes it panic, and no
// stream comes without an address. Our own documents are the seeds; more are
// bodies.
func FuzzDocuments(f *testing.F, c telephony.Carrier, more ...string) {
	doc, err := c.Webhook.Answer(streamTo(c, "7fQzTicket0123456789ab"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(doc.ContentType, doc.Body)
	for _, body := range more {
		f.Add(doc.ContentType, []byte(body))
	}
	if c.Recovery != nil {
		if doc, err = c.Recovery.Leave(); err != nil {
			f.Fatal(err)
		}
		f.Add(doc.ContentType, doc.Body)
	}
	f.Fuzz(func(t *testing.T, kind string, body []byte) {
		doc := telephony.Document{ContentType: kind, Body: body}
		if s, err := c.Peer.ReadAnswer(doc); err == nil && s.URL == "" {
			t.Fatalf("a stream to nowhere: %+v", s)
		}
		if s, again, err := c.Peer.ReadRecover(doc); err == nil && !again && s.URL == "" {
			t.Fatalf("another stream to nowhere: %+v", s)
		}
	})
}
