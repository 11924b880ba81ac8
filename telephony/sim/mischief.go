package sim

import (
	"bytes"
	"strings"
	"time"

	"github.com/talkpath/talkpath/telephony"
)

// Mischief is something that the carrier's side does wrong, so that a server
// can be seen to bear it. The zero fields of one do nothing. A Mischief may
// remember what it did: each call needs its own.
type Mischief struct {
	// From and Until bound the media time in which it acts; Until zero means
	// to the call's end. What is sent before the stream's start has time 0.
	From, Until time.Duration
	// Before changes an event before it is encoded, and says whether it is
	// to be encoded at all.
	Before func(ev telephony.Event) (telephony.Event, bool)
	// After returns what is sent in place of a message; nothing drops it.
	After func(sent Sent) []telephony.Message
	// Close, where not zero, ends the call at From without a Stopped, with
	// that RFC 6455 code; CloseAbnormal breaks the socket without a word.
	Close int
}

// Sent is a message as the carrier would rightly send it.
type Sent struct {
	Event    telephony.Event
	Message  telephony.Message
	StreamID string
}

// acts says whether m acts at a media time.
func (m Mischief) acts(at time.Duration) bool {
	return at >= m.From && (m.Until == 0 || at < m.Until)
}

// spoil returns what is encoded in place of ev at a media time, if anything.
func spoil(all []Mischief, at time.Duration, ev telephony.Event) (telephony.Event, bool) {
	encode := true
	for _, m := range all {
		if m.Before != nil && encode && m.acts(at) {
			ev, encode = m.Before(ev)
		}
	}
	return ev, encode
}

// tamper returns what is sent in place of sent at a media time.
func tamper(all []Mischief, at time.Duration, sent Sent) []telephony.Message {
	messages := []telephony.Message{sent.Message}
	for _, m := range all {
		if m.After == nil || !m.acts(at) {
			continue
		}
		var changed []telephony.Message
		for _, msg := range messages {
			changed = append(changed, m.After(Sent{Event: sent.Event, Message: msg, StreamID: sent.StreamID})...)
		}
		messages = changed
	}
	return messages
}

// NoStart never sends the stream's start, but all that follows it.
func NoStart() Mischief {
	return Mischief{After: func(sent Sent) []telephony.Message {
		if sent.Event.Kind == telephony.Started {
			return nil
		}
		return []telephony.Message{sent.Message}
	}}
}

// MediaBeforeStart holds the start back until n audio messages are out.
func MediaBeforeStart(n int) Mischief {
	var start []telephony.Message
	return Mischief{After: func(sent Sent) []telephony.Message {
		if sent.Event.Kind == telephony.Started {
			start = []telephony.Message{{Data: bytes.Clone(sent.Message.Data)}}
			return nil
		}
		if sent.Event.Kind != telephony.Audio {
			return []telephony.Message{sent.Message}
		}
		if n--; n > 0 || start == nil {
			return []telephony.Message{sent.Message}
		}
		both := append([]telephony.Message{sent.Message}, start...)
		start = nil
		return both
	}}
}

// StartTwice sends the start again at a media time.
func StartTwice(at time.Duration) Mischief {
	var start []byte
	again := once(telephony.Audio, func(sent Sent) []telephony.Message {
		return []telephony.Message{{Data: start}, sent.Message}
	})
	return Mischief{After: func(sent Sent) []telephony.Message {
		if sent.Event.Kind == telephony.Started {
			start = bytes.Clone(sent.Message.Data)
		}
		if sent.Event.Kind == telephony.Audio && sent.Event.Frame.At < at {
			return []telephony.Message{sent.Message}
		}
		return again(sent)
	}}
}

// WrongStream gives the messages between two media times the id of another
// stream.
func WrongStream(from, until time.Duration) Mischief {
	return Mischief{From: from, Until: until, After: func(sent Sent) []telephony.Message {
		other := strings.Repeat("0", len(sent.StreamID))
		return []telephony.Message{{
			Binary: sent.Message.Binary,
			Data:   bytes.ReplaceAll(sent.Message.Data, []byte(sent.StreamID), []byte(other)),
		}}
	}}
}

// Stray sends messages that are no part of the protocol, once, ahead of the
// next audio message: text that is no JSON, a binary message, anything.
func Stray(at time.Duration, messages ...telephony.Message) Mischief {
	return Mischief{From: at, After: once(telephony.Audio, func(sent Sent) []telephony.Message {
		return append(append([]telephony.Message{}, messages...), sent.Message)
	})}
}

// Payload puts text in place of one message's base64: an odd number of bytes,
// letters that are none of base64's, a megabyte. It fits carriers that send
// their sound as JSON.
func Payload(at time.Duration, base64 string) Mischief {
	return Mischief{From: at, After: once(telephony.Audio, func(sent Sent) []telephony.Message {
		const key = `"payload":"`
		head, rest, found := strings.Cut(string(sent.Message.Data), key)
		if !found {
			return []telephony.Message{sent.Message}
		}
		_, tail, _ := strings.Cut(rest, `"`)
		return []telephony.Message{{Data: []byte(head + key + base64 + `"` + tail)}}
	})}
}

// Lost encodes the messages between two media times and doesn't send them, so
// that sequence numbers and timestamps have a gap.
func Lost(from, until time.Duration) Mischief {
	return Mischief{From: from, Until: until, After: func(Sent) []telephony.Message { return nil }}
}

// Shifted moves the timestamps of the sound between two media times, back
// where by is negative, never below zero.
func Shifted(from, until, by time.Duration) Mischief {
	return Mischief{From: from, Until: until, Before: func(ev telephony.Event) (telephony.Event, bool) {
		if ev.Kind == telephony.Audio {
			ev.Frame.At = max(0, ev.Frame.At+by)
		}
		return ev, true
	}}
}

// Hush sends nothing between two media times, and counts on as if there had
// been nothing to send.
func Hush(from, until time.Duration) Mischief {
	return Mischief{From: from, Until: until, Before: func(ev telephony.Event) (telephony.Event, bool) {
		return ev, false
	}}
}

// Vanish breaks the socket at a media time without a word.
func Vanish(at time.Duration) Mischief {
	return Mischief{From: at, Close: telephony.CloseAbnormal}
}

// once lets change act on the first message of a kind.
func once(kind telephony.Kind, change func(Sent) []telephony.Message) func(Sent) []telephony.Message {
	done := false
	return func(sent Sent) []telephony.Message {
		if done || sent.Event.Kind != kind {
			return []telephony.Message{sent.Message}
		}
		done = true
		return change(sent)
	}
}
