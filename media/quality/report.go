package quality

import (
	"slices"
	"strings"
)

// Report is what a call's Measures come to.
type Report struct {
	Caller   Rating    // what was heard of the caller
	Agent    Rating    // what the caller heard of the agent
	Findings []Finding // the worst first
	Summary  string    // for a person
}

// Assess says how a call was and why.
func Assess(m Measures) Report {
	r := Report{Caller: rateCaller(&m), Agent: rateAgent(&m), Findings: []Finding{}}
	for _, rule := range rules() {
		if f := rule(&m); f.Severity != "" {
			r.Findings = append(r.Findings, f)
		}
	}
	slices.SortStableFunc(r.Findings, func(a, b Finding) int { return b.Severity.rank() - a.Severity.rank() })
	r.Summary = summary(&m, r.Findings)
	return r
}

// summary tells the worst that each hop has done, of what can be heard.
func summary(m *Measures, findings []Finding) string {
	var heard []Finding
	for _, f := range findings {
		if f.Severity != Info {
			heard = append(heard, f)
		}
	}
	switch {
	case len(heard) > 0:
	case m.Received < leastHeard && m.Out.Sent < leastHeard:
		return "Too short to tell."
	default:
		return "Good line."
	}
	var of []Direction
	var texts, blame []string
	for _, f := range heard {
		if f.kind() == heard[0].kind() && !slices.Contains(of, f.Direction) {
			of = append(of, f.Direction)
		}
		if name := f.Hop.words(); !slices.Contains(blame, name) {
			blame, texts = append(blame, name), append(texts, f.Text)
		}
	}
	return complaint(heard[0].kind(), of) + ": " + strings.Join(texts, " ") + " Blame: " + strings.Join(blame, ", ") + "."
}

// complaint returns what a listener would say.
func complaint(k kind, of []Direction) string {
	both, agent := len(of) > 1, of[0] == OfAgent
	switch {
	case k == choppy && both:
		return "Choppy in both directions"
	case k == choppy && agent:
		return "Choppy in the agent's direction"
	case k == choppy:
		return "Choppy in the caller's direction"
	case k == faint:
		return "The caller is hard to understand"
	case agent:
		return "The agent is slow"
	}
	return "The line is slow"
}

// words names a hop for a person.
func (h Hop) words() string {
	switch h {
	case HopCaller:
		return "the caller's telephone or line"
	case HopCarrierToUs:
		return "the carrier's network"
	case HopUs:
		return "our own server"
	case HopEngines:
		return "the engines"
	case HopUsToCarrier:
		return "the way back to the carrier"
	case HopCarrier:
		return "the carrier's player or clock"
	}
	return string(h)
}
