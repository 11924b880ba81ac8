package lab

import (
	"runtime"
	"runtime/debug"
	"syscall"
	"time"
)

// runs is how often a cost is measured.
const runs = 7

// Runs returns how often a cost is to be measured: ours and the reference's by
// turns, so that what slows the machine for a while slows both. Of each the
// least counts, since other programs on the machine only add to it.
func (l *Lab) Runs() int {
	if l.Short {
		return 1
	}
	return runs
}

// Least holds the least figure of each name.
type Least map[string]float64

// Add takes a figure, which counts where it is the least so far.
func (l Least) Add(name string, figure float64) {
	if least, ok := l[name]; !ok || figure < least {
		l[name] = figure
	}
}

// Spent returns the processor time of this process in µs for each of the n
// steps that pass makes. No garbage is collected meanwhile: that of the
// experiment is none of the stage's business.
func Spent(n int, pass func()) float64 {
	runtime.GC()
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	begin := cpu()
	pass()
	return float64((cpu() - begin).Nanoseconds()) / 1000 / float64(max(n, 1))
}

// cpu returns the processor time that this process has used so far.
func cpu() time.Duration {
	var used syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &used) != nil {
		return 0 // not for oneself
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
