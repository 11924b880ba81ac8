package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Page returns the sections as a page in Markdown. Plots are linked from
// folder, relative to the page.
func Page(sections []Section, about, folder string) string {
	var b strings.Builder
	b.WriteString("# Audio: goals, references and what was measured\n\n" + about + "\n\n" + summary(sections) + "\n")
	for _, s := range sections {
		b.WriteString("\n## " + s.Number + ". " + s.Title + "\n")
		if s.Later {
			b.WriteString("\n| goal | state |\n|---|---|\n| " + s.Conditions + " | later |\n")
			continue
		}
		if s.Conditions != "" {
			b.WriteString("\n" + s.Conditions + "\n")
		}
		b.WriteString(rows(s.Rows))
		for _, p := range s.Plots {
			b.WriteString("\n![" + p.Title + "](" + folder + "/" + p.File + ")\n")
		}
		for _, t := range s.Tables {
			b.WriteString(table(t))
		}
	}
	return b.String()
}

// summary says how many goals are met, and which are not.
func summary(sections []Section) string {
	total := 0
	var missed []string
	for _, s := range sections {
		for _, r := range s.Rows {
			total++
			if !r.Met() {
				missed = append(missed, fmt.Sprintf("- %s. %s: %s, goal %s", s.Number, r.Name, r.figure(r.Ours), r.goal()))
			}
		}
	}
	text := fmt.Sprintf("**%d of %d goals are met.**", total-len(missed), total)
	if len(missed) > 0 {
		text += " Missed:\n\n" + strings.Join(missed, "\n")
	}
	return text + "\n"
}

func rows(rows []Row) string {
	if len(rows) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("\n| what | ours | reference | goal | |\n|---|---|---|---|---|\n")
	for _, r := range rows {
		name := r.Name
		if r.Note != "" {
			name += "<br>" + r.Note
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", name, r.figure(r.Ours), r.anchor(), r.goal(), r.state())
	}
	return b.String()
}

// Line returns the row as a line for a terminal.
func (r Row) Line() string {
	return fmt.Sprintf("%-6s %s: %s, goal %s, reference %s", r.state(), r.Name, r.figure(r.Ours), r.goal(), r.anchor())
}

func (r Row) state() string {
	if r.Met() {
		return "met"
	}
	return "missed"
}

func (r Row) anchor() string {
	switch {
	case math.IsNaN(r.Anchor):
		return "-"
	case r.AnchorName == "":
		return r.figure(r.Anchor)
	}
	return r.figure(r.Anchor) + " (" + r.AnchorName + ")"
}

func (r Row) goal() string {
	sign := "≥ "
	if r.Goal.Direction == AtMost {
		sign = "≤ "
	}
	return sign + r.figure(r.Goal.Value)
}

// figure returns v with the row's decimals and unit.
func (r Row) figure(v float64) string {
	if math.IsNaN(v) {
		return "none"
	}
	text := strconv.FormatFloat(v, 'f', r.Decimals, 64)
	switch r.Unit {
	case "":
		return text
	case "x", "×":
		return text + "×"
	}
	return text + " " + r.Unit
}

func table(t Table) string {
	var b strings.Builder
	b.WriteString("\n" + t.Title + "\n\n| " + strings.Join(t.Head, " | ") + " |\n|" + strings.Repeat("---|", len(t.Head)) + "\n")
	for _, line := range t.Lines {
		b.WriteString("| " + strings.Join(line, " | ") + " |\n")
	}
	return b.String()
}
