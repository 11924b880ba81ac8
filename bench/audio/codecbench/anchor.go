package codecbench

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"

	"github.com/talkpath/talkpath/bench/audio/lab"
)

// runs is how often each cost is measured. The least counts, of ours and of the
// references': other programs on the machine only add to it.
const runs = 5

// reference runs a reference program on pcm. It returns what it wrote, and the
// figures that it told, each "name value" in a line, as the least of all runs.
func reference(ctx context.Context, pcm []int16, path string, args ...string) (out []byte, told map[string]float64, err error) {
	all := map[string][]float64{}
	for range runs {
		var lines string
		if out, lines, err = lab.Run(ctx, pcm, path, args...); err != nil {
			return nil, nil, err
		}
		for line := range strings.Lines(lines) {
			name, text, _ := strings.Cut(strings.TrimSpace(line), " ")
			value, err := strconv.ParseFloat(text, 64)
			if err != nil {
				return nil, nil, fmt.Errorf("%s told %q", path, line)
			}
			all[name] = append(all[name], value)
		}
	}
	told = map[string]float64{}
	for name, values := range all {
		told[name] = slices.Min(values)
	}
	return out, told, nil
}

// cost returns the CPU time in µs of each of the n calls of step that pass
// makes, as the least of all runs. No garbage is collected meanwhile: that of
// the experiment is none of the codec's business.
func cost(n int, pass func()) float64 {
	runtime.GC()
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	spent := make([]float64, 0, runs)
	for range runs {
		begin := lab.CPU()
		pass()
		spent = append(spent, float64((lab.CPU()-begin).Nanoseconds())/float64(n)/1000)
	}
	return slices.Min(spent)
}
