package tcpbench

import (
	"errors"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// realtime makes all threads of this program come before other programs, so
// that what those do to its scheduling is not measured. It takes about a sixth
// of a core. The returned function takes it back. An error says that the system
// doesn't allow it; nothing is changed then.
func realtime() (back func(), err error) {
	if err := schedule(unix.SCHED_RR, 1); err != nil {
		return nil, errors.Join(err, schedule(unix.SCHED_NORMAL, 0))
	}
	return func() { _ = schedule(unix.SCHED_NORMAL, 0) }, nil
}

// schedule sets the policy of every thread. A thread that a thread starts has
// its policy; a second round finds those that were started during the first.
func schedule(policy, priority uint32) error {
	const rounds = 2
	for range rounds {
		threads, err := os.ReadDir("/proc/self/task")
		if err != nil {
			return err
		}
		for _, t := range threads {
			id, err := strconv.Atoi(t.Name())
			if err != nil {
				return err
			}
			attr := unix.SchedAttr{Size: unix.SizeofSchedAttr, Policy: policy, Priority: priority}
			if err := unix.SchedSetAttr(id, &attr, 0); err != nil && !errors.Is(err, unix.ESRCH) {
				return err
			}
		}
	}
	return nil
}
