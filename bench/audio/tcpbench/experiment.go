package tcpbench

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/talkpath/talkpath/bench/audio/lab"
	"github.com/talkpath/talkpath/bench/audio/report"
)

// Sizes of the experiment, in full and where it is Short.
const (
	traceLength, shortTraceLength = time.Minute, 6 * time.Second
	callLength, shortCallLength   = 25 * time.Second, 2 * time.Second
	callsAtOnce                   = 24
)

// New returns the experiment.
func New() lab.Experiment { return lab.Experiment{Name: "tcp", Run: run} }

func run(ctx context.Context, l *lab.Lab) (report.Section, error) {
	length := traceLength
	if l.Short {
		length = shortTraceLength
	}
	l.Say("arrival traces in virtual time")
	virtual, err := playAll(l.Seed, length)
	if err != nil {
		return report.Section{}, err
	}
	s := section(virtual)
	control, err := probe()
	if err != nil {
		l.Say("real TCP is not measured: %v", err)
		return withoutTCP(s, err), nil
	}
	priority := "as a real-time process, so that other programs on the machine don't count"
	if back, refused := realtime(); refused == nil {
		defer back()
	} else {
		priority = "beside whatever else the machine does, since a real-time process is not allowed here"
	}
	tcp, err := measure(ctx, l)
	if err != nil {
		return report.Section{}, err
	}
	s.Conditions += fmt.Sprintf(aboutTCP, callsAtOnce, tcp[0].condition.length, priority, control)
	s.Rows = append(s.Rows, tcpRows(tcp)...)
	s.Tables = append(s.Tables, tcpTable(tcp), holeTable(tcp))
	return s, nil
}

// section returns what was found in virtual time.
func section(virtual virtualResults) report.Section {
	return report.Section{
		Number: "3", Title: "From the socket to the recognizer", Conditions: aboutVirtual,
		Rows: virtual.rows(), Tables: []report.Table{virtual.table()},
	}
}

// withoutTCP says in the section why half of it is missing.
func withoutTCP(s report.Section, why error) report.Section {
	s.Conditions += " **Real TCP was not measured in this run:** " + strings.ReplaceAll(why.Error(), "\n", ": ") + "."
	for i := range s.Rows {
		s.Rows[i].Note += "; real TCP was not measured: no network namespaces here"
	}
	return s
}

// probe tells whether real TCP can be measured here, and with which congestion
// control.
func probe() (control string, err error) {
	p, err := newPlace(nearAddr)
	if err != nil {
		return "", err
	}
	defer p.close()
	return strings.TrimSpace(p.congestionControl()), nil
}

// conditions returns what is measured, in groups that run at the same time.
func conditions(l *lab.Lab) (groups [][]condition) {
	trips := []time.Duration{40 * time.Millisecond, 100 * time.Millisecond}
	losses := []float64{0, 0.001, 0.01, 0.02}
	length := callLength
	if l.Short {
		trips, losses, length = trips[:1], []float64{0.01}, shortCallLength
	}
	for _, loss := range losses {
		var group []condition
		for _, rtt := range trips {
			seed := l.Seed + uint64(len(groups))
			group = append(group, condition{rtt: rtt, loss: loss, calls: callsAtOnce, length: length, seed: seed})
		}
		groups = append(groups, group)
	}
	return groups
}

// measure runs all conditions and returns their figures.
func measure(ctx context.Context, l *lab.Lab) (all []figures, err error) {
	for _, group := range conditions(l) {
		for _, c := range group {
			l.Say("real TCP, %v", c)
		}
		results := make([]figures, len(group))
		err := together(len(group), func(i int) error {
			calls, err := group[i].run(ctx)
			if err != nil {
				return err
			}
			results[i] = group[i].figures(calls)
			return nil
		})
		if err != nil {
			return nil, err
		}
		all = append(all, results...)
	}
	return all, nil
}
