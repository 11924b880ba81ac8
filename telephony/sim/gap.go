package sim

// gapMeter finds the stretches in which the carrier had nothing to play in
// the middle of the agent's speech. It counts samples.
type gapMeter struct {
	limit int64 // a longer silence is the end of an answer, not a gap in it

	begun   bool  // whether sound of this answer was played
	dry     int64 // samples without any since then
	longest int64
	gaps    int // how many there were
}

// sound says that n samples of the agent's sound were played.
func (g *gapMeter) sound(n int) {
	if n == 0 {
		return
	}
	if g.begun && g.dry > 0 && g.dry < g.limit {
		g.gaps++
		g.longest = max(g.longest, g.dry)
	}
	g.begun, g.dry = true, 0
}

// silence says that for n samples there was nothing to play.
func (g *gapMeter) silence(n int) { g.dry += int64(n) }

// newAnswer says that what comes next is another answer: the agent cleared
// the queue, or the caller has spoken.
func (g *gapMeter) newAnswer() { g.begun, g.dry = false, 0 }
