package scripted

// fitting returns what u does as an answer to the step's question and how well
// it fits, nil where it doesn't well enough.
func (a *answer) fitting(u utterance) (do func(), fit float64) {
	st := a.state.step
	if st == nil {
		return nil, 0
	}
	offer := func(score float64, then func()) {
		if score >= enough && score > fit {
			do, fit = then, score
		}
	}
	if st.onYes != nil {
		if !a.script.refuses(u) {
			offer(a.script.yes.fits(u, &a.script.lexicon), func() { a.enter(st.onYes) })
		}
		offer(a.script.no.fits(u, &a.script.lexicon), func() { a.enter(st.onNo) })
	}
	if st.wants >= 0 {
		offer(a.script.names(u, st.wants), func() { a.fill(u.named, nil); a.enter(st.then) })
	}
	if do != nil && !st.open {
		fit += stepBonus
	}
	// "no, on monday" is a correction. "yes, on friday" isn't one where friday
	// is what was asked, but "friday" alone is no consent either.
	if c := a.correction(u); c >= enough && (do == nil || a.corrects(u)) {
		do, fit = func() { a.fill(u.named, st.changes); a.enter(st) }, max(fit, c)
	}
	return do, fit
}

// corrects reports whether u names another value for what the step confirms.
func (a *answer) corrects(u utterance) bool {
	for _, i := range a.state.step.changes {
		if v := u.named[i]; v >= 0 && v != a.value(i) {
			return true
		}
	}
	return false
}

// correction returns how well u fits as the naming of slots.
func (a *answer) correction(u utterance) float64 {
	best := 0.0
	for _, i := range a.state.step.changes {
		best = max(best, a.script.names(u, i))
	}
	return best
}

// value returns the value of a slot, named or preset.
func (a *answer) value(slot int) int {
	if v := a.state.values[slot]; v >= 0 {
		return v
	}
	return a.script.slots[slot].byDefault
}
