package main

import (
	"fmt"
	"io"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"

	"github.com/talkpath/talkpath/telephony/sim"
)

// printReport prints what came of a call, for a person.
func printReport(w io.Writer, r *sim.Report) {
	_, _ = fmt.Fprintf(w, "\n%s call %s: %s after %.1f s\n", r.Carrier, r.Call, r.Ending, time.Duration(r.Duration).Seconds())
	t := table.NewWriter()
	t.SetOutputMirror(w)
	t.SetStyle(table.StyleLight)
	t.AppendHeader(table.Row{"caller", "response", "agent spoke", "interrupted"})
	if g := r.Greeting; g != nil {
		t.AppendRow(table.Row{"(greeting)", "", seconds(g), interrupted(g)})
	}
	for _, turn := range r.Turns {
		row := table.Row{turn.Caller.Say + turn.Caller.Digits, "", "", ""}
		if turn.Response != nil {
			row[1] = fmt.Sprintf("%d ms", time.Duration(*turn.Response).Milliseconds())
		}
		if a := turn.Agent; a != nil {
			row[2], row[3] = seconds(a), interrupted(a)
		}
		t.AppendRow(row)
	}
	t.Render()
	_, _ = fmt.Fprintf(w, "frames: %d sent, %d received; longest gap in the agent's speech %d ms; %d clears\n",
		r.Media.SentFrames, r.Media.ReceivedFrames, time.Duration(r.Media.GapMax).Milliseconds(), r.Media.Clears)
	for i, s := range r.Streams {
		_, _ = fmt.Fprintf(w, "stream %d: from %.1f s, %s; %s\n", i+1, time.Duration(s.Start).Seconds(), s.End, heardAfter(s))
	}
	if r.Reported > 0 {
		_, _ = fmt.Fprintf(w, "%d status events reported\n", r.Reported)
	}
	if n := r.Network; n != nil {
		_, _ = fmt.Fprintln(w, "network:", throughNetwork(n))
	}
	if r.Quality != "" {
		_, _ = fmt.Fprintln(w, "line:", r.Quality)
	}
	for _, l := range r.Transcript {
		_, _ = fmt.Fprintf(w, "%7s: %s\n", l.Role, l.Text)
		if l.Heard != l.Text {
			_, _ = fmt.Fprintf(w, "%7s  heard: %q\n", "", l.Heard)
		}
	}
	for _, e := range r.Errors {
		_, _ = fmt.Fprintln(w, "error:", e)
	}
}

// heardAfter says when the agent was heard on a stream.
func heardAfter(s sim.StreamReport) string {
	if s.Resumed == nil {
		return "the agent was not heard"
	}
	return fmt.Sprintf("the agent was heard after %d ms", time.Duration(*s.Resumed).Milliseconds())
}

// throughNetwork says what a network did, for a person.
func throughNetwork(n *sim.NetworkReport) string {
	return fmt.Sprintf("%s, seed %d: %d messages dropped by the carrier, %d overtaken", n.Profile, n.Seed, n.Dropped, n.Reordered)
}

func seconds(a *sim.AgentReport) string {
	return fmt.Sprintf("%.1f s", time.Duration(a.End-a.Start).Seconds())
}

func interrupted(a *sim.AgentReport) string {
	if a.Interrupted {
		return "yes"
	}
	return ""
}
