package telephonytest

import (
	"testing"
	"time"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
)

// opusBytes is how long the packets of Opus are here, and opusHead their first
// byte: one frame of 20 ms of wideband speech (RFC 6716, section 3.1).
const (
	opusBytes = 60
	opusHead  = 9 << 3
)

// size returns how many bytes of f last d: for Opus those of a packet, which
// is all that a message holds.
func size(f media.Format, d time.Duration) int {
	if f.Encoding == media.Opus {
		return opusBytes
	}
	return f.Bytes(d)
}

// chunk returns how many bytes of f a message of n bytes of sound must be
// filled up to, by any kind of rule.
func chunk(rules telephony.Chunk, f media.Format, n int) int {
	if f.Encoding == media.Opus {
		return max(n, 1)
	}
	if rules.Exact > 0 {
		return f.Bytes(rules.Exact)
	}
	return rules.Fit(max(n, f.Bytes(rules.Least)))
}

func testQuirks(t *testing.T, q telephony.Quirks) {
	if q.Name == "" || len(q.Formats) == 0 || q.Packet <= 0 || q.HandshakeWait <= 0 {
		t.Errorf("name %q, %d formats, packet %v, handshake wait %v: all must be set",
			q.Name, len(q.Formats), q.Packet, q.HandshakeWait)
	}
	rules := q.Chunk
	if rules.Multiple < 1 || rules.Min%rules.Multiple != 0 || rules.Max%rules.Multiple != 0 ||
		rules.Max != 0 && rules.Max < rules.Min || rules.Exact < 0 || rules.Least < 0 {
		t.Errorf("chunk rules contradict each other: %+v", rules)
	}
	for _, f := range q.Formats {
		if err := f.Check(); err != nil {
			t.Error(err)
		}
		if f.Encoding != media.Opus && f.Count(make([]byte, f.Bytes(q.Packet))) != f.Samples(q.Packet) {
			t.Errorf("a packet of %v in %v isn't whole samples", q.Packet, f)
		}
	}
}
