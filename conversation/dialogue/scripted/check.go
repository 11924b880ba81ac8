package scripted

import (
	"slices"
	"strings"
)

// check resolves the names in a script and reports what is wrong with it.
func (s *Script) check(d *document) {
	s.checkTop(d)
	for _, sl := range s.slots {
		s.checkSlot(d, sl)
	}
	keys := map[string]int{}
	for _, in := range s.intents {
		s.checkIntent(d, in)
		if before := keys[in.key]; in.key != "" && before != 0 {
			d.wrong(in.at, "intent %s: key %s is taken in line %d", in.name, in.key, before)
		}
		keys[in.key] = in.at
		s.keyed = s.keyed || in.key != ""
	}
	for _, st := range s.steps {
		s.checkStep(d, st)
	}
	for _, l := range s.all() {
		for _, name := range l.names() {
			if i := s.slotOf(d, ref{at: l.at, name: name}); i >= 0 && !slices.Contains(l.slots, i) {
				l.slots = append(l.slots, i)
			}
		}
	}
	s.checkWays(d)
	s.checkSame(d)
	if len(d.faults) == 0 { // the phrases can be written out only then
		s.expand(d)
	}
}

func (s *Script) checkTop(d *document) {
	for _, must := range []struct {
		key     string
		missing bool
	}{
		{"greeting", s.greeting.text == ""},
		{"question", s.question.text == ""},
		{"farewell", s.farewell.text == ""},
		{"fallback", len(s.fallback) == 0},
		{"unclear", len(s.unclear) == 0},
		{"idle", len(s.idle) == 0},
		{"intents", len(s.intents) == 0},
		{"give_up.say", s.giveUp.say.text == ""},
	} {
		if must.missing {
			at := 1
			if strings.HasPrefix(must.key, "give_up") {
				at = s.giveUp.at
			}
			d.wrong(at, "%s is missing", must.key)
		}
	}
	if s.giveUp.after == 0 {
		s.giveUp.after = defaultGiveUp
	}
}

// defaultGiveUp is which miss in a row is answered with give_up.
const defaultGiveUp = 3

func (s *Script) checkSlot(d *document, sl *slot) {
	if len(wordsOf(sl.name)) != 1 || wordsOf(sl.name)[0] != sl.name {
		d.wrong(sl.at, "slot %q must be one lower case word", sl.name)
	}
	if len(sl.values) == 0 {
		d.wrong(sl.at, "slot %s: values are missing", sl.name)
	}
	if len(sl.answers) == 0 {
		sl.answers = []pattern{{at: sl.at, text: sl.token(), alts: [][]string{{sl.token()}}}}
	}
	s.checkPatterns(d, sl.answers)
	found := sl.preset.name == ""
	for j, v := range sl.values {
		if v.say == "" || len(v.phrases) == 0 {
			d.wrong(v.at, "slot %s: a value needs say and phrases", sl.name)
		}
		if strings.Contains(v.say, "{") {
			d.wrong(v.at, "slot %s: a value can't name a slot", sl.name)
		}
		if k := sl.keyed(v.key); k >= 0 && k < j {
			d.wrong(v.at, "slot %s: key %s is taken in line %d", sl.name, v.key, sl.values[k].at)
		}
		for _, p := range v.phrases {
			if strings.Contains(p.text, "{") {
				d.wrong(p.at, "phrase %q of a value can't name a slot", p.text)
			}
		}
		if v.say == sl.preset.name && !found {
			found, sl.byDefault = true, j
		}
	}
	if !found {
		d.wrong(sl.preset.at, "slot %s: no value says %q", sl.name, sl.preset.name)
	}
}

func (s *Script) checkIntent(d *document, in *intent) {
	if len(in.patterns) == 0 && in.key == "" {
		d.wrong(in.at, "intent %s: phrases are missing", in.name)
	}
	does := 0
	for _, is := range []bool{in.then.name != "", in.repeat, in.hangUp} {
		if is {
			does++
		}
	}
	if does == 0 && in.say.text == "" || does > 1 {
		d.wrong(in.at, "intent %s: needs say or one of then, repeat and hang_up", in.name)
	}
	if in.hangUp && in.say.text == "" {
		d.wrong(in.at, "intent %s: hang_up needs say", in.name)
	}
	s.checkPatterns(d, in.patterns)
	in.step = s.stepOf(d, in.then)
	in.clears = s.slotsOf(d, in.forget)
}

func (s *Script) checkStep(d *document, st *step) {
	asks, slot := st.ask.text != "", st.slot.name != ""
	confirm := st.yes.name != "" || st.no.name != ""
	switch {
	case slot && confirm:
		d.wrong(st.at, "step %s: asks for a slot and for yes or no", st.name)
	case asks != (slot || confirm):
		d.wrong(st.at, "step %s: ask needs slot, or yes and no, and they need ask", st.name)
	case confirm && (st.yes.name == "" || st.no.name == ""):
		d.wrong(st.at, "step %s: needs both yes and no", st.name)
	case confirm && (len(s.yes.patterns) == 0 || len(s.no.patterns) == 0):
		d.wrong(st.at, "step %s: the script has no phrases for yes or for no", st.name)
	case confirm && st.next.name != "", slot && st.next.name == "":
		d.wrong(st.at, "step %s: next goes with slot, not with yes and no", st.name)
	case !confirm && (len(st.change) > 0 || st.open):
		d.wrong(st.at, "step %s: change and open go with yes and no", st.name)
	case !asks && st.say.text == "":
		d.wrong(st.at, "step %s: says nothing", st.name)
	case st.hint.text != "" && !asks:
		d.wrong(st.at, "step %s: hint goes with ask", st.name)
	case st.hangUp && (asks || st.next.name != ""):
		d.wrong(st.at, "step %s: hang_up goes without ask and next", st.name)
	}
	st.onYes, st.onNo, st.then = s.stepOf(d, st.yes), s.stepOf(d, st.no), s.stepOf(d, st.next)
	st.clears, st.changes = s.slotsOf(d, st.forget), s.slotsOf(d, st.change)
	if slot {
		st.wants = s.slotOf(d, st.slot)
	}
}

// checkPatterns reports slots that phrases name and that don't exist.
func (s *Script) checkPatterns(d *document, patterns []pattern) {
	for _, p := range patterns {
		for _, name := range (line{text: p.text}).names() {
			s.slotOf(d, ref{at: p.at, name: strings.ToLower(name)})
		}
	}
}

func (s *Script) slotOf(d *document, r ref) int {
	i := slices.IndexFunc(s.slots, func(sl *slot) bool { return sl.name == r.name })
	if i < 0 {
		d.wrong(r.at, "there is no slot %q", r.name)
	}
	return i
}

func (s *Script) slotsOf(d *document, refs []ref) (out []int) {
	for _, r := range refs {
		if i := s.slotOf(d, r); i >= 0 {
			out = append(out, i)
		}
	}
	return out
}

// stepOf returns the step that r names, nil for none.
func (s *Script) stepOf(d *document, r ref) *step {
	if r.name == "" {
		return nil
	}
	i := slices.IndexFunc(s.steps, func(st *step) bool { return st.name == r.name })
	if i < 0 {
		d.wrong(r.at, "there is no step %q", r.name)
		return nil
	}
	return s.steps[i]
}
