// Package report holds what the audio experiments found, writes it as a page
// with tables and plots, and holds it against the results before.
package report

import "math"

// Direction says which figures are the better ones.
type Direction uint8

const (
	// AtMost says that a figure must not be above its goal.
	AtMost Direction = iota + 1
	// AtLeast says that a figure must not be below its goal.
	AtLeast
)

// Goal is the figure that a Row must reach.
type Goal struct {
	Direction Direction
	Value     float64
}

// Most is the goal of at most v.
func Most(v float64) Goal { return Goal{Direction: AtMost, Value: v} }

// Least is the goal of at least v.
func Least(v float64) Goal { return Goal{Direction: AtLeast, Value: v} }

// Met reports whether v reaches the goal. NaN never does.
func (g Goal) Met(v float64) bool {
	if g.Direction == AtMost {
		return v <= g.Value
	}
	return v >= g.Value
}

// Row is one goal and what was measured for it.
type Row struct {
	// Name says in a few words what was measured, and on what. It is unique
	// within its Section and the same in each run: results are compared by it.
	Name string
	// Unit is ms, %, dB, µs ..., empty for a plain number.
	Unit     string
	Decimals int
	Ours     float64
	// Anchor is the reference's figure on the same input in the same run; NaN
	// where there is none. AnchorName says whose it is.
	Anchor     float64
	AnchorName string
	Goal       Goal
	// Slack is how much worse than in an earlier run the figure may be, as part
	// of it (0.1 is ten percent) and in absolute terms: scores of a fixed input
	// have none or little, CPU times a lot.
	SlackPart, Slack float64
	// Note explains the row to its reader, in a line; may be empty.
	Note string
}

// None is the Anchor of a Row that has none.
func None() float64 { return math.NaN() }

// Met reports whether our figure reaches the goal.
func (r Row) Met() bool { return r.Goal.Met(r.Ours) }

// Section is one experiment's page.
type Section struct {
	Number string // of the experiment, such as "4"
	Title  string
	// Conditions says what was measured on what, in a few sentences of
	// Markdown: inputs, seeds, the anchors' versions, the scores used.
	Conditions string
	Rows       []Row
	Tables     []Table // further figures that have no goal
	Plots      []Plot
	// Later marks an experiment that is still to be built; it has no rows.
	Later bool
}

// Table is a plain table of figures, first line first.
type Table struct {
	Title string
	Head  []string
	Lines [][]string
}

// Plot is a picture of lines.
type Plot struct {
	File   string // such as "stall.svg", beside the page
	Title  string
	X, Y   string   // names of the axes, with units
	Series []Series `json:"-"`
}

// Series is one line of a Plot.
type Series struct {
	Name string
	X, Y []float64
}
