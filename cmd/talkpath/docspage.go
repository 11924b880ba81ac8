package main

import (
	"strconv"
	"strings"
	"time"
)

// page is a page of Markdown (GitHub's, with tables) that grows from top to
// bottom. What it is given is Markdown already.
type page struct{ strings.Builder }

// line adds a line of its own.
func (p *page) line(text string) { p.WriteString(text + "\n") }

// heading adds a heading.
func (p *page) heading(level int, text string) {
	p.line("\n" + strings.Repeat("#", level) + " " + text)
}

// text adds a paragraph.
func (p *page) text(text string) { p.line("\n" + text) }

// part adds a heading and a list below it, nothing where the list is empty.
func (p *page) part(heading string, list []string) {
	if len(list) == 0 {
		return
	}
	p.heading(3, heading)
	p.line("")
	for _, text := range list {
		p.line("- " + text)
	}
}

// table adds a table.
func (p *page) table(head []string, rows [][]string) {
	p.line("")
	p.row(head)
	p.row(slicesOf("---", len(head)))
	for _, row := range rows {
		p.row(row)
	}
}

func (p *page) row(cells []string) {
	p.line("| " + strings.Join(cells, " | ") + " |")
}

func slicesOf(text string, n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = text
	}
	return list
}

// plain returns a text so that Markdown shows it as it is, on one line and in
// one cell of a table. Elements of XML are set as code.
func plain(text string) string {
	escape := strings.NewReplacer(
		`\`, `\\`, "<", `\<`, ">", `\>`, "|", `\|`, "*", `\*`, "`", "\\`", "[", `\[`, "]", `\]`, "\n", " ",
	)
	var out strings.Builder
	for text != "" {
		code, length := element(text)
		if length == 0 {
			next := strings.IndexByte(text[1:], '<') + 1
			if next == 0 {
				next = len(text)
			}
			out.WriteString(escape.Replace(text[:next]))
			text = text[next:]
			continue
		}
		out.WriteString("`" + code + "`")
		text = text[length:]
	}
	return out.String()
}

// element returns the elements of XML that text begins with, one right behind
// the other, and their length in it; zero where it begins with none.
func element(text string) (code string, length int) {
	for strings.HasPrefix(text[length:], "<") {
		end := strings.IndexAny(text[length+1:], "<>`|\n") + 1
		if end < 2 || text[length+end] != '>' || strings.IndexByte(" =-", text[length+1]) >= 0 {
			break
		}
		length += end + 1
	}
	return text[:length], length
}

// number returns n with commas between the thousands.
func number(n int) string {
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// span returns d in the unit that suits it.
func span(d time.Duration) string {
	in := func(unit time.Duration, name string) string {
		return strings.TrimSuffix(strconv.FormatFloat(float64(d)/float64(unit), 'f', 1, 64), ".0") + " " + name
	}
	switch {
	case d >= time.Hour && d%time.Hour == 0:
		return in(time.Hour, "h")
	case d >= time.Minute && d%time.Minute == 0:
		return in(time.Minute, "min")
	case d >= time.Second:
		return in(time.Second, "s")
	}
	return in(time.Millisecond, "ms")
}
