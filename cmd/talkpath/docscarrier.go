package main

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
)

// writeCarrier writes a carrier's section. What is not known has no heading.
func writeCarrier(p *page, c telephony.Carrier) {
	q, f := c.Quirks, c.Quirks.Facts
	p.heading(2, title(c))
	if f.Product != "" {
		p.text(plain(f.Product) + ".")
	}
	p.part("What works", works(c))
	p.part("What the carrier has and Talkpath doesn't use yet", named(
		"Transfer", f.Transfer, "Keys to the far end", f.KeysOut, "Our requests to its API", f.RESTAuth,
	))
	p.part("What the carrier itself lacks", lines(f.Lacks))
	p.part("Limits", lines(f.Limits))
	p.heading(3, "Sound")
	p.text("One message from the carrier holds " + span(q.Packet) + " of sound; one to it: " + chunkRule(q.Chunk) + ".")
	p.table([]string{"format", "bytes in 20 ms", "in base64", "least message", "largest message"}, formatRows(q))
	p.part("Marks and clear", playout(q))
	p.part("Proofs", named(
		"A webhook's request", f.WebhookAuth, "A socket", f.SocketAuth,
	))
	if list := recoveryLines(c); len(list) > 0 {
		p.line("\n<a id=\"" + c.Name() + "-broken\"></a>")
		p.part("When a socket breaks", list)
	}
	if len(q.Endings) > 0 {
		p.heading(3, "Why calls end")
		p.table([]string{"the carrier says", "Talkpath says", "meaning"}, endingRows(q.Endings))
	}
	if len(f.Regions) > 0 {
		p.heading(3, "Regions")
		p.table([]string{"region", "host of its API"}, regionRows(f.Regions))
	}
	p.part("What is unsure, and what we do", lines(f.Unsure))
	p.part("Sources", lines(f.Sources))
}

// works returns what one can do with calls of the carrier.
func works(c telephony.Carrier) []string {
	f := c.Quirks.Facts
	list := []string{"Conversations in both directions, with barge-in that empties the carrier's queue."}
	list = append(list, named("The caller's keys", f.KeysIn, "Hang-up", f.HangUp)...)
	if c.Quirks.OneWay {
		list = append(list, named("One-way streams", f.OneWay)...)
	}
	list = append(list, "What the carrier tells of a call is in its record.")
	if c.Recovery != nil {
		list = append(list, "Calls go on when their socket broke: see [below](#"+c.Name()+"-broken).")
	}
	return list
}

// named returns a line for each pair of a name and a text that is set.
func named(pairs ...string) []string {
	var list []string
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			list = append(list, "**"+pairs[i]+"**: "+plain(pairs[i+1]))
		}
	}
	return list
}

// lines returns texts as they may stand in Markdown.
func lines(texts []string) []string {
	list := make([]string, 0, len(texts))
	for _, text := range texts {
		list = append(list, plain(text))
	}
	return list
}

// playout returns how the carrier tells what it has played, and how it drops
// what it hasn't.
func playout(q telephony.Quirks) []string {
	list := []string{"The carrier doesn't tell what it has played: what was heard is reckoned by time."}
	if q.Marks {
		list = []string{"A mark comes back when the sound before it has been played."}
	}
	back := "Marks of dropped sound don't come back, so none is waited for."
	if q.ClearReturnsMarks {
		back = "Marks of dropped sound come back at once, and don't count as heard."
	}
	if q.Marks {
		list = append(list, back)
	}
	if q.ConfirmsClear {
		list = append(list, "A clear is confirmed by a message of its own.")
	}
	if q.Queue > 0 {
		list = append(list, "It queues up to "+span(q.Queue)+" of sound; Talkpath keeps far less ahead, so that a clear has little to drop.")
	}
	return list
}

// recoveryLines returns what becomes of a call whose socket broke.
func recoveryLines(c telephony.Carrier) []string {
	var list []string
	if text := c.Quirks.Facts.Recovery; text != "" {
		list = append(list, plain(text))
	}
	if c.Quirks.Redials {
		list = append(list, "The carrier opens a broken socket again by itself, at the same URL: such a stream joins its call, where a signature that is new proves it.")
	}
	if c.Quirks.SometimesUnsigned {
		list = append(list, "A request that comes without a signature is answered with 503, and then sent again with one.")
	}
	return list
}

// formatRows returns the sizes of the carrier's formats.
func formatRows(q telephony.Quirks) [][]string {
	var rows [][]string
	for _, f := range q.Formats {
		if f.Encoding == media.Opus {
			rows = append(rows, []string{f.String(), "varies", "varies", "a packet of 20 ms", "a packet of 20 ms"})
			continue
		}
		n := f.Bytes(20 * time.Millisecond)
		least, most := messageBounds(q.Chunk, f)
		rows = append(rows, []string{
			f.String(), number(n), number(base64.StdEncoding.EncodedLen(n)), least, most,
		})
	}
	return rows
}

// messageBounds returns the least and the largest message of sound in f.
func messageBounds(rule telephony.Chunk, f media.Format) (least, most string) {
	size := func(n int) string {
		return number(n) + " bytes, " + span(time.Duration(n)*time.Second/time.Duration(f.Bytes(time.Second)))
	}
	if rule.Exact > 0 {
		return size(f.Bytes(rule.Exact)), size(f.Bytes(rule.Exact))
	}
	least, most = "any", "not told"
	if n := max(rule.Min, f.Bytes(rule.Least)); n > 0 {
		least = size(n)
	}
	if rule.Max > 0 {
		most = size(rule.Max)
	}
	return least, most
}

// chunkRule returns the rules for one message of sound to the carrier.
func chunkRule(rule telephony.Chunk) string {
	if rule.Exact > 0 {
		return "exactly " + span(rule.Exact)
	}
	var rules []string
	if rule.Multiple > 1 {
		rules = append(rules, "multiples of "+number(rule.Multiple)+" bytes")
	}
	if rule.Min > 0 {
		rules = append(rules, "at least "+number(rule.Min)+" bytes")
	}
	if rule.Least > 0 {
		rules = append(rules, "at least "+span(rule.Least))
	}
	if rule.Max > 0 {
		rules = append(rules, "at most "+number(rule.Max)+" bytes")
	}
	if len(rules) == 0 {
		return "any size"
	}
	return strings.Join(rules, ", ")
}

// endingRows returns a row for each way in which calls end. Codes that stand
// side by side and mean the same share one.
func endingRows(table telephony.EndingTable) [][]string {
	rows := make([][]string, 0, len(table))
	for len(table) > 0 {
		first, n := table[0], 1
		for n < len(table) && table[n].Ending == first.Ending && table[n].Meaning == first.Meaning {
			n++
		}
		rows = append(rows, []string{codesOf(table[:n]), "`" + string(first.Ending) + "`", plain(first.Meaning)})
		table = table[n:]
	}
	return rows
}

// codesOf returns the codes of rows, numbers that follow each other as a range.
func codesOf(rows telephony.EndingTable) string {
	codes := make([]string, 0, len(rows))
	follow := len(rows) > 2
	for i, row := range rows {
		codes = append(codes, "`"+row.Code+"`")
		before := rows[max(i-1, 0)].Code
		follow = follow && (i == 0 || row.Code == following(before))
	}
	if follow {
		return codes[0] + " to " + codes[len(codes)-1]
	}
	return strings.Join(codes, ", ")
}

// following returns the number after one, empty where it is none.
func following(number string) string {
	n, err := strconv.Atoi(number)
	if err != nil {
		return ""
	}
	return strconv.Itoa(n + 1)
}

func regionRows(regions []telephony.Region) [][]string {
	rows := make([][]string, 0, len(regions))
	for _, r := range regions {
		rows = append(rows, []string{plain(r.Name), fmt.Sprintf("`%s`", r.REST)})
	}
	return rows
}

func formatNames(formats []media.Format) []string {
	names := make([]string, 0, len(formats))
	for _, f := range formats {
		names = append(names, f.String())
	}
	return names
}
