package telephony

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
)

// EventID returns the Status.ID of an event for carriers that give their
// events none: a digest of what tells it from the others, in 32 characters.
// The same parts in the same order give the same id.
func EventID(parts ...string) string {
	var all []byte
	for _, part := range parts {
		all = binary.AppendUvarint(all, uint64(len(part)))
		all = append(all, part...)
	}
	sum := sha256.Sum256(all)
	return hex.EncodeToString(sum[:16])
}
