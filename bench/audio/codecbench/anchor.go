package codecbench

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"os/exec"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// runs is how often each cost is measured. The least counts, of ours and of the
// references': other programs on the machine only add to it.
const runs = 5

// reference runs a reference program on pcm. It returns what it wrote, and the
// figures that it told, each "name value" in a line, as the least of all runs.
func reference(ctx context.Context, pcm []int16, path string, args ...string) (out []byte, told map[string]float64, err error) {
	input, err := binary.Append(nil, binary.LittleEndian, pcm)
	if err != nil {
		return nil, nil, err
	}
	all := map[string][]float64{}
	for range runs {
		var stdout, stderr bytes.Buffer
		cmd := exec.CommandContext(ctx, path, args...)
		cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(input), &stdout, &stderr
		if err := cmd.Run(); err != nil {
			return nil, nil, fmt.Errorf("%s %s: %w: %s", path, strings.Join(args, " "), err, stderr.String())
		}
		out = stdout.Bytes()
		for line := range strings.Lines(stderr.String()) {
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

// samples reads little-endian samples.
func samples(raw []byte) []int16 {
	pcm := make([]int16, len(raw)/2)
	for i := range pcm {
		pcm[i] = int16(binary.LittleEndian.Uint16(raw[2*i:]))
	}
	return pcm
}

// cost returns the CPU time in µs of each of the n calls of step that pass
// makes, as the least of all runs. No garbage is collected meanwhile: that of
// the experiment is none of the codec's business.
func cost(n int, pass func()) float64 {
	runtime.GC()
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	spent := make([]float64, 0, runs)
	for range runs {
		begin := processTime()
		pass()
		spent = append(spent, float64((processTime()-begin).Nanoseconds())/float64(n)/1000)
	}
	return slices.Min(spent)
}

// processTime returns the CPU time that the process has used so far.
func processTime() time.Duration {
	var use syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &use) != nil {
		return 0
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}
