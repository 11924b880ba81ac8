package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
)

// Results is what is kept from run to run: the sections as they were measured
// last, and for each row the best figure so far.
type Results struct {
	Sections []Section          `json:"sections"`
	Best     map[string]float64 `json:"best"`
}

// Load reads what Save wrote; where there is no file, nothing was measured yet.
func Load(path string) (Results, error) {
	r := Results{Best: map[string]float64{}}
	data, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return r, nil
	}
	if err != nil {
		return r, err
	}
	if err := json.Unmarshal(data, &r); err != nil {
		return r, fmt.Errorf("%s: %w", path, err)
	}
	if r.Best == nil {
		r.Best = map[string]float64{}
	}
	return r, nil
}

// Save writes the results beside path and renames.
func (r Results) Save(path string) error {
	data, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(path+".new", append(data, '\n'), 0o644); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// Take puts a section in the place of the one with its number and title.
func (r *Results) Take(s Section) {
	i := slices.IndexFunc(r.Sections, func(old Section) bool { return old.Number == s.Number && old.Title == s.Title })
	if i >= 0 {
		r.Sections[i] = s
		return
	}
	r.Sections = append(r.Sections, s)
	slices.SortStableFunc(r.Sections, func(a, b Section) int { return order(a.Number) - order(b.Number) })
}

// order puts "2" in front of "10".
func order(number string) (n int) {
	_, _ = fmt.Sscan(number, &n)
	return n
}

// Worse returns a line for each row of s that is worse than the best so far by
// more than its slack, and for each that was measured before and is gone.
func (r *Results) Worse(s Section) (lines []string) {
	for _, row := range s.Rows {
		best, known := r.Best[key(s, row)]
		if known && !row.asGoodAs(best) {
			lines = append(lines, fmt.Sprintf("%s. %s: %s, was %s", s.Number, row.Name, row.figure(row.Ours), row.figure(best)))
		}
	}
	for _, old := range r.Sections {
		if old.Number != s.Number || old.Title != s.Title {
			continue
		}
		for _, row := range old.Rows {
			if !slices.ContainsFunc(s.Rows, func(now Row) bool { return now.Name == row.Name }) {
				lines = append(lines, fmt.Sprintf("%s. %s: is not measured any more", s.Number, row.Name))
			}
		}
	}
	return lines
}

// Better notes the rows of s that are better than the best so far.
func (r *Results) Better(s Section) {
	for _, row := range s.Rows {
		best, known := r.Best[key(s, row)]
		if math.IsNaN(row.Ours) || known && !row.better(row.Ours, best) {
			continue
		}
		r.Best[key(s, row)] = row.Ours
	}
}

// Forget drops the best figures of a section, whose experiment was changed.
func (r *Results) Forget(s Section) {
	for k := range r.Best {
		if len(k) > len(prefix(s)) && k[:len(prefix(s))] == prefix(s) {
			delete(r.Best, k)
		}
	}
}

func prefix(s Section) string       { return s.Number + ". " + s.Title + ": " }
func key(s Section, row Row) string { return prefix(s) + row.Name }

func (r Row) better(a, b float64) bool {
	if r.Goal.Direction == AtMost {
		return a < b
	}
	return a > b
}

// asGoodAs allows for the slack.
func (r Row) asGoodAs(best float64) bool {
	slack := r.Slack + r.SlackPart*math.Abs(best)
	if r.Goal.Direction == AtMost {
		return r.Ours <= best+slack
	}
	return r.Ours >= best-slack
}

// MarshalJSON writes NaN as null.
func (r Row) MarshalJSON() ([]byte, error) {
	type plain Row
	return json.Marshal(struct {
		plain
		Ours, Anchor *float64
	}{plain(r), number(r.Ours), number(r.Anchor)})
}

// UnmarshalJSON reads null as NaN.
func (r *Row) UnmarshalJSON(data []byte) error {
	type plain Row
	in := struct {
		*plain
		Ours, Anchor *float64
	}{plain: (*plain)(r)}
	if err := json.Unmarshal(data, &in); err != nil {
		return err
	}
	r.Ours, r.Anchor = orNaN(in.Ours), orNaN(in.Anchor)
	return nil
}

func number(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}

func orNaN(v *float64) float64 {
	if v == nil {
		return math.NaN()
	}
	return *v
}
