package scripted

import (
	"errors"
	"fmt"
	"io"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// maxSize is the size in bytes of the largest script.
const maxSize = 1 << 20

// Load reads a script. The error names every fault with its line; an unknown
// key is one.
func Load(r io.Reader) (*Script, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxSize+1))
	if err != nil {
		return nil, fmt.Errorf("script: %w", err)
	}
	if len(data) > maxSize {
		return nil, fmt.Errorf("script: is larger than %d bytes", maxSize)
	}
	file, err := parser.ParseBytes(data, 0)
	if err != nil {
		return nil, fmt.Errorf("script: not YAML:\n%s", yaml.FormatError(err, false, true))
	}
	if len(file.Docs) != 1 || file.Docs[0].Body == nil {
		return nil, errors.New("script: must be one YAML document")
	}
	s, d := &Script{giveUp: giveUp{at: 1}}, &document{}
	s.read(d, file.Docs[0].Body)
	s.check(d)
	if err := d.err(); err != nil {
		return nil, fmt.Errorf("script:\n%w", err)
	}
	s.learn()
	return s, nil
}

// read takes the top level of a script.
func (s *Script) read(d *document, n ast.Node) {
	d.fields(n, map[string]read{
		"greeting": d.text(&s.greeting),
		"question": d.text(&s.question),
		"hint":     d.text(&s.hint),
		"farewell": d.text(&s.farewell),
		"fallback": d.texts(&s.fallback),
		"unclear":  d.texts(&s.unclear),
		"idle":     d.texts(&s.idle),
		"fillers":  d.words(&s.fillers),
		"refusing": d.words(&s.refusing),
		"yes":      d.patterns(&s.yes.patterns),
		"no":       d.patterns(&s.no.patterns),
		"give_up": func(n ast.Node) {
			s.giveUp.at = lineOf(n)
			d.fields(n, map[string]read{
				"after": d.count(&s.giveUp.after), "say": d.text(&s.giveUp.say), "hang_up": d.flag(&s.giveUp.hangUp),
			})
		},
		"slots":   func(n ast.Node) { d.entries(n, func(name string, at int, n ast.Node) { s.readSlot(d, name, at, n) }) },
		"intents": func(n ast.Node) { d.entries(n, func(name string, at int, n ast.Node) { s.readIntent(d, name, at, n) }) },
		"steps":   func(n ast.Node) { d.entries(n, func(name string, at int, n ast.Node) { s.readStep(d, name, at, n) }) },
	})
}

func (s *Script) readSlot(d *document, name string, at int, n ast.Node) {
	sl := &slot{at: at, name: name}
	s.slots = append(s.slots, sl)
	d.fields(n, map[string]read{
		"default": d.ref(&sl.preset),
		"phrases": d.patterns(&sl.answers),
		"values": d.items(func(n ast.Node) {
			var say line
			v := value{at: lineOf(n)}
			d.fields(n, map[string]read{
				"say": d.text(&say), "phrases": d.patterns(&v.phrases), "key": d.key(&v.key),
			})
			v.say = say.text
			sl.values = append(sl.values, v)
		}),
	})
}

func (s *Script) readIntent(d *document, name string, at int, n ast.Node) {
	in := &intent{at: at, name: name}
	s.intents = append(s.intents, in)
	d.fields(n, map[string]read{
		"phrases": d.patterns(&in.patterns),
		"key":     d.key(&in.key),
		"forget":  d.refs(&in.forget),
		"say":     d.text(&in.say),
		"then":    d.ref(&in.then),
		"repeat":  d.flag(&in.repeat),
		"hang_up": d.flag(&in.hangUp),
	})
}

func (s *Script) readStep(d *document, name string, at int, n ast.Node) {
	st := &step{at: at, name: name, wants: -1}
	s.steps = append(s.steps, st)
	d.fields(n, map[string]read{
		"forget":  d.refs(&st.forget),
		"say":     d.text(&st.say),
		"ask":     d.text(&st.ask),
		"hint":    d.text(&st.hint),
		"slot":    d.ref(&st.slot),
		"yes":     d.ref(&st.yes),
		"no":      d.ref(&st.no),
		"change":  d.refs(&st.change),
		"open":    d.flag(&st.open),
		"next":    d.ref(&st.next),
		"hang_up": d.flag(&st.hangUp),
	})
}
