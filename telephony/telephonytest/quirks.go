package telephonytest

import (
	"testing"

	"github.com/talkpath/talkpath/telephony"
)

func testQuirks(t *testing.T, q telephony.Quirks) {
	if q.Name == "" || len(q.Formats) == 0 || q.Packet <= 0 || q.HandshakeWait <= 0 {
		t.Errorf("name %q, %d formats, packet %v, handshake wait %v: all must be set",
			q.Name, len(q.Formats), q.Packet, q.HandshakeWait)
	}
	chunk := q.Chunk
	if chunk.Multiple < 1 || chunk.Min%chunk.Multiple != 0 || chunk.Max%chunk.Multiple != 0 ||
		chunk.Max != 0 && chunk.Max < chunk.Min {
		t.Errorf("chunk rules contradict each other: %+v", chunk)
	}
	for _, f := range q.Formats {
		if err := f.Check(); err != nil {
			t.Error(err)
		}
		if f.Bytes(q.Packet)%f.Encoding.SampleSize() != 0 {
			t.Errorf("a packet of %v in %v isn't whole samples", q.Packet, f)
		}
	}
}
