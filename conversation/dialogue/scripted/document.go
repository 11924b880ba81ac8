package scripted

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/goccy/go-yaml/ast"
)

// document reads a script's YAML tree. It goes on after a fault, so that all
// of them are reported together.
type document struct {
	faults []fault
}

// fault is something wrong with a line of the file.
type fault struct {
	at   int
	text string
}

func (d *document) wrong(at int, format string, args ...any) {
	d.faults = append(d.faults, fault{at: at, text: fmt.Sprintf(format, args...)})
}

// err returns the faults in the order of their lines, nil where there are
// none.
func (d *document) err() error {
	slices.SortStableFunc(d.faults, func(a, b fault) int { return cmp.Compare(a.at, b.at) })
	var all []error
	for _, f := range d.faults {
		all = append(all, fmt.Errorf("line %d: %s", f.at, f.text))
	}
	return errors.Join(all...)
}

// read takes one part of the tree.
type read func(n ast.Node)

// lineOf returns the line at which a part of the tree begins.
func lineOf(n ast.Node) int {
	if m, ok := n.(*ast.MappingNode); ok && len(m.Values) > 0 {
		n = m.Values[0].Key
	}
	if tk := n.GetToken(); tk != nil && tk.Position != nil {
		return tk.Position.Line
	}
	return 1
}

// entries calls each with the keys and values of a mapping.
func (d *document) entries(n ast.Node, each func(key string, at int, value ast.Node)) {
	var pairs []*ast.MappingValueNode
	switch m := n.(type) {
	case *ast.MappingNode:
		pairs = m.Values
	case *ast.MappingValueNode:
		pairs = []*ast.MappingValueNode{m}
	default:
		d.wrong(lineOf(n), "must be keys with values")
	}
	for _, pair := range pairs {
		each(pair.Key.GetToken().Value, lineOf(pair.Key), pair.Value)
	}
}

// fields reads a mapping whose keys are known.
func (d *document) fields(n ast.Node, known map[string]read) {
	d.entries(n, func(key string, at int, value ast.Node) {
		take := known[key]
		if take == nil {
			d.wrong(at, "unknown key %q; possible here: %s", key, strings.Join(slices.Sorted(maps.Keys(known)), ", "))
			return
		}
		take(value)
	})
}

// items calls each with the items of a list; a single text is a list of one.
func (d *document) items(each read) read {
	return func(n ast.Node) {
		list, ok := n.(*ast.SequenceNode)
		if !ok {
			each(n)
			return
		}
		for _, item := range list.Values {
			each(item)
		}
	}
}

// scalar returns the text of a single value as it is written.
func (d *document) scalar(n ast.Node) (text string, ok bool) {
	switch v := n.(type) {
	case *ast.StringNode:
		text = v.Value
	case *ast.LiteralNode:
		text = v.Value.Value
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		text = v.GetToken().Value
	case *ast.NullNode:
	default:
		d.wrong(lineOf(n), "must be a text")
		return "", false
	}
	if text = strings.Join(strings.Fields(text), " "); text == "" {
		d.wrong(lineOf(n), "is empty")
		return "", false
	}
	return text, true
}

// text reads something to say.
func (d *document) text(into *line) read {
	return func(n ast.Node) {
		text, ok := d.scalar(n)
		if !ok {
			return
		}
		if !strings.ContainsFunc(text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
			d.wrong(lineOf(n), "%q can't be spoken", text)
			return
		}
		*into = line{at: lineOf(n), text: text}
	}
}

func (d *document) texts(into *[]line) read {
	return d.items(func(n ast.Node) {
		var l line
		if d.text(&l)(n); l.text != "" {
			*into = append(*into, l)
		}
	})
}

// patterns reads phrases that a caller may say.
func (d *document) patterns(into *[]pattern) read {
	return d.items(func(n ast.Node) {
		text, ok := d.scalar(n)
		if !ok {
			return
		}
		p, err := parsePattern(text, lineOf(n))
		if err != nil {
			d.wrong(p.at, "phrase %q %v", text, err)
			return
		}
		*into = append(*into, p)
	})
}

func (d *document) words(into *[]string) read {
	return d.items(func(n ast.Node) {
		if text, ok := d.scalar(n); ok {
			*into = append(*into, wordsOf(text)...)
		}
	})
}

func (d *document) ref(into *ref) read {
	return func(n ast.Node) {
		if text, ok := d.scalar(n); ok {
			*into = ref{at: lineOf(n), name: text}
		}
	}
}

func (d *document) refs(into *[]ref) read {
	return d.items(func(n ast.Node) {
		var r ref
		if d.ref(&r)(n); r.name != "" {
			*into = append(*into, r)
		}
	})
}

func (d *document) flag(into *bool) read {
	return func(n ast.Node) {
		b, ok := n.(*ast.BoolNode)
		if !ok {
			d.wrong(lineOf(n), "must be true or false")
			return
		}
		*into = b.Value
	}
}

func (d *document) count(into *int) read {
	return func(n ast.Node) {
		text, ok := d.scalar(n)
		if !ok {
			return
		}
		v, err := strconv.Atoi(text)
		if err != nil || v < 1 || v > 100 {
			d.wrong(lineOf(n), "is %s, must be a number from 1 to 100", text)
			return
		}
		*into = v
	}
}

// key reads a key of the phone.
func (d *document) key(into *string) read {
	return func(n ast.Node) {
		text, ok := d.scalar(n)
		if !ok {
			return
		}
		if len(text) != 1 || !strings.Contains("0123456789*", text) {
			d.wrong(lineOf(n), "key %q must be one of 0 to 9 or *", text)
			return
		}
		*into = text
	}
}
