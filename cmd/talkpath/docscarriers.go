package main

import (
	"io"
	"strings"
	"time"

	"github.com/talkpath/talkpath/telephony"
)

// writeCarriers writes the manual's page about the carriers, in Markdown.
func writeCarriers(w io.Writer, all []telephony.Carrier) error {
	var p page
	p.line("<!-- Made by `make docs` from the carriers' own packages: change it there. -->")
	p.heading(1, "Carriers")
	p.text("What each carrier can do with Talkpath, what it can't, and what its own pages leave open. " +
		"The adapters, the pace of sending and the simulators work by the same facts. " +
		"Every carrier reports what becomes of its calls. How to connect one is in [connect.md](connect.md).")
	p.text("Contents: [side by side](#side-by-side)" + contents(all) + ".")
	p.heading(2, "Side by side")
	writeMatrix(&p, all)
	for _, c := range all {
		writeCarrier(&p, c)
	}
	_, err := io.WriteString(w, p.String())
	return err
}

// contents returns links to the carriers' sections.
func contents(all []telephony.Carrier) string {
	var links strings.Builder
	for _, c := range all {
		links.WriteString(", [" + title(c) + "](#" + c.Name() + ")")
	}
	return links.String()
}

// title returns a carrier's name as people write it.
func title(c telephony.Carrier) string {
	return strings.ToUpper(c.Name()[:1]) + c.Name()[1:]
}

// writeMatrix writes the table of features by carriers.
func writeMatrix(p *page, all []telephony.Carrier) {
	head := []string{""}
	for _, c := range all {
		head = append(head, "["+title(c)+"](#"+c.Name()+")")
	}
	p.table(head, matrix(all))
}

// matrix returns a row for each feature, with a cell for each carrier.
func matrix(all []telephony.Carrier) [][]string {
	var rows [][]string
	for _, feature := range features() {
		row := []string{feature.name}
		for _, c := range all {
			row = append(row, feature.of(c))
		}
		rows = append(rows, row)
	}
	return rows
}

// feature is what carriers differ in, and how it is with each.
type feature struct {
	name string
	of   func(telephony.Carrier) string
}

func features() []feature {
	return []feature{
		{"formats of sound, the default first", func(c telephony.Carrier) string { return strings.Join(formatNames(c.Quirks.Formats), ", ") }},
		{"sound in a message from the carrier", func(c telephony.Carrier) string { return span(c.Quirks.Packet) }},
		{"sound in a message to the carrier", func(c telephony.Carrier) string { return chunkRule(c.Quirks.Chunk) }},
		{"promises the order of sound", func(c telephony.Carrier) string {
			if c.Quirks.ReorderWait > 0 {
				return "no: what is late is waited for, up to " + span(c.Quirks.ReorderWait) + ", longer while the line stands still"
			}
			return "yes"
		}},
		{"numbers and times its sound", func(c telephony.Carrier) string { return yesNo(!c.Quirks.Untimed) }},
		{"tells what was played (marks)", func(c telephony.Carrier) string { return yesNo(c.Quirks.Marks) }},
		{"returns the marks of cleared sound", func(c telephony.Carrier) string { return yesNo(c.Quirks.ClearReturnsMarks) }},
		{"confirms a clear", func(c telephony.Carrier) string { return yesNo(c.Quirks.ConfirmsClear) }},
		{"tells the end of a stream", func(c telephony.Carrier) string {
			if c.Quirks.EndsWithSocket {
				return "by closing the socket"
			}
			return "yes"
		}},
		{"a call goes on when its socket broke", func(c telephony.Carrier) string { return yesNo(c.Recovery != nil) }},
		{"opens a broken socket again by itself", func(c telephony.Carrier) string { return yesNo(c.Quirks.Redials) }},
		{"one-way copy of a call", oneWay},
		{"a socket must open within", func(c telephony.Carrier) string { return span(c.Quirks.HandshakeWait) }},
		{"longest stream", func(c telephony.Carrier) string { return orUnknown(c.Quirks.MaxStream) }},
		{"sound that it queues", func(c telephony.Carrier) string { return orUnknown(c.Quirks.Queue) }},
		{"custom parameters", func(c telephony.Carrier) string {
			if c.Quirks.PlainParams {
				return "letters and digits"
			}
			return "any text"
		}},
	}
}

func yesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}

func orUnknown(d time.Duration) string {
	if d == 0 {
		return "not told"
	}
	return span(d)
}

func oneWay(c telephony.Carrier) string {
	switch {
	case c.Quirks.BothTracks:
		return "the caller's part, or both"
	case c.Quirks.OneWay:
		return "the caller's part"
	}
	return "no"
}
