package codecbench

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/talkpath/talkpath/bench/audio/lab"
)

// What both our codecs and the reference programs tell in least, in µs.
const (
	encode, decode           = "our encode", "our decode"
	theirEncode, theirDecode = "encode", "decode"
)

// reference runs a reference program on pcm. It returns what it wrote, and adds
// the figures that it told, each "name value" in a line, to least; those of time
// are in nanoseconds there, and in microseconds here.
func reference(ctx context.Context, least lab.Least, pcm []int16, path string, args ...string) (out []byte, err error) {
	out, lines, err := lab.Run(ctx, pcm, path, args...)
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(lines) {
		name, text, _ := strings.Cut(strings.TrimSpace(line), " ")
		value, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return nil, fmt.Errorf("%s told %q", path, line)
		}
		least.Add(name, value/1000)
	}
	return out, nil
}
