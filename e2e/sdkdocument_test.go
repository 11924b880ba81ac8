//go:build e2e

package e2e_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/talkpath/talkpath/telephony"
)

// documented are streams for which both write a document.
func documented() map[string]telephony.Stream {
	const (
		socket = "wss://bridge.example.com/media/x/4xYqkzG6VfRb0mHn9TjLcP"
		base   = "https://bridge.example.com/telephony/x/"
	)
	return map[string]telephony.Stream{
		"plain":  {URL: socket},
		"params": {URL: socket, Params: map[string]string{"agent": "a1", "ticket": "4xYqkzG6VfRb0mHn9TjLcP"}},
		"odd params": {URL: socket, Params: map[string]string{
			"caller name": `Zoë "Z" <O'Hara> & sons`, "tab": "a\tb\nc", "greeting": "नमस्ते 😀", "empty": "",
		}},
		"watched":   {URL: socket, StatusURL: base + "status?stream=1&of=2"},
		"recovered": {URL: socket, Params: map[string]string{"ticket": "abc"}, RecoverURL: base + "recover?ticket=abc&n=1"},
		"both": {
			URL: socket, Params: map[string]string{"ticket": "abc"},
			RecoverURL: base + "recover?ticket=abc", StatusURL: base + "status?ticket=abc",
		},
		"copy of the caller": {URL: socket, Listen: telephony.ListenCaller, Next: base + "answer?next=1&of=2"},
		"copy of both":       {URL: socket, Listen: telephony.ListenBoth, Next: base + "answer?next=1", StatusURL: base + "status"},
	}
}

// asked returns a stream as the SDKs' builders are asked for it.
func asked(stream telephony.Stream, contentType string) question {
	of := map[string]any{"url": stream.URL}
	for key, value := range map[string]string{
		"recoverURL": stream.RecoverURL, "statusURL": stream.StatusURL,
		"listen": stream.Listen.String(), "next": stream.Next, "contentType": contentType,
	} {
		if value != "" {
			of[key] = value
		}
	}
	// Our own mark of a stream that is a copy travels as a parameter.
	params := maps.Clone(stream.Params)
	if stream.Listen != telephony.ListenNone {
		if params == nil {
			params = map[string]string{}
		}
		params[telephony.ListenParam] = stream.Listen.String()
	}
	if len(params) > 0 {
		of["params"] = params
	}
	return question{"stream": of}
}

// sameXML compares our document with that of the SDK's builder, and what our
// simulator reads in both.
func sameXML(t *testing.T, carrier telephony.Carrier, stream telephony.Stream, theirs string) {
	t.Helper()
	ours, err := carrier.Webhook.Answer(stream)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(readElement(t, theirs), readElement(t, string(ours.Body))); diff != "" {
		t.Errorf("the SDK's builder and ours differ (-SDK +ours):\n%s", diff)
	}
	sameReading(t, carrier, ours, theirs)
}

// sameLeave compares our document that ends a call with that of the SDK's
// builder.
func sameLeave(t *testing.T, carrier telephony.Carrier, theirs string) {
	t.Helper()
	ours, err := carrier.Recovery.Leave()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(readElement(t, theirs), readElement(t, string(ours.Body))); diff != "" {
		t.Errorf("the SDK's builder and ours differ (-SDK +ours):\n%s", diff)
	}
}

// sameReading lets our simulator read both documents.
func sameReading(t *testing.T, carrier telephony.Carrier, ours telephony.Document, theirs string) {
	t.Helper()
	read, err := carrier.Peer.ReadAnswer(ours)
	if err != nil {
		t.Fatalf("our simulator refuses our document: %v", err)
	}
	ours.Body = []byte(theirs)
	readTheirs, err := carrier.Peer.ReadAnswer(ours)
	if err != nil {
		t.Fatalf("our simulator refuses the SDK's document: %v\n%s", err, theirs)
	}
	if diff := cmp.Diff(readTheirs, read); diff != "" {
		t.Errorf("our simulator reads them differently (-SDK +ours):\n%s", diff)
	}
}

// element is an XML element without what has no meaning: the order of its
// attributes, and blanks around its text.
type element struct {
	Name       string
	Attributes []string
	Text       string
	Children   []element
}

// readElement reads a document of one element.
func readElement(t *testing.T, document string) element {
	t.Helper()
	dec := xml.NewDecoder(bytes.NewReader([]byte(document)))
	open := []element{{}}
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%v in %s", err, document)
		}
		last := len(open) - 1
		switch token := token.(type) {
		case xml.StartElement:
			e := element{Name: token.Name.Local}
			for _, a := range token.Attr {
				e.Attributes = append(e.Attributes, a.Name.Local+"="+a.Value)
			}
			slices.Sort(e.Attributes)
			open = append(open, e)
		case xml.CharData:
			open[last].Text = strings.TrimSpace(open[last].Text + string(token))
		case xml.EndElement:
			open[last-1].Children = append(open[last-1].Children, open[last])
			open = open[:last]
		}
	}
	if len(open[0].Children) != 1 {
		t.Fatalf("%d root elements in %s", len(open[0].Children), document)
	}
	return open[0].Children[0]
}
