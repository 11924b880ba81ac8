package trace

import (
	"embed"
	"fmt"
	"io/fs"
)

//go:embed recorded/*.txt
var recorded embed.FS

// Recorded returns recordings of a minute of one call on real TCP, in which
// single segments were lost: bench/audio/tcpbench has made them, and tells how.
func Recorded() ([]Trace, error) {
	names, err := fs.Glob(recorded, "recorded/*.txt")
	if err != nil {
		return nil, fmt.Errorf("recordings: %w", err)
	}
	all := make([]Trace, 0, len(names))
	for _, name := range names {
		file, err := recorded.Open(name)
		if err != nil {
			return nil, fmt.Errorf("recordings: %w", err)
		}
		t, err := Read(file)
		_ = file.Close()
		if err != nil {
			return nil, fmt.Errorf("recording %s: %w", name, err)
		}
		all = append(all, t)
	}
	return all, nil
}
