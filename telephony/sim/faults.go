package sim

import "fmt"

// mostFaults bounds the different faults that are named; more are counted
// together, so that a server which breaks a rule in ever new words can't grow
// the report.
const mostFaults = 32

// faults are the rules that a server broke, each named once and counted.
type faults struct {
	order []string
	count map[string]int
	more  int
	total int
}

// add counts a fault and says whether it is the first of its kind.
func (f *faults) add(fault string) (first bool) {
	f.total++
	switch {
	case f.count[fault] > 0:
		f.count[fault]++
		return false
	case len(f.order) >= mostFaults:
		f.more++
		return false
	case f.count == nil:
		f.count = make(map[string]int)
	}
	f.count[fault] = 1
	f.order = append(f.order, fault)
	return true
}

// list returns the faults in the order in which they first came, with how
// often each did. It is never nil.
func (f *faults) list() []string {
	lines := make([]string, 0, len(f.order)+1)
	for _, fault := range f.order {
		if n := f.count[fault]; n > 1 {
			fault = fmt.Sprintf("%s (%d times)", fault, n)
		}
		lines = append(lines, fault)
	}
	if f.more > 0 {
		lines = append(lines, fmt.Sprintf("%d more faults of other kinds", f.more))
	}
	return lines
}
