package quality

import "fmt"

// heldUp: as arrivalStalls, but the process slept as well, so that the network
// is not to blame.
func heldUp(m *Measures) Finding {
	s := m.Arrivals.Ours
	f := Finding{Hop: HopUs, Direction: OfCaller, Code: HeldUp, Unit: Milliseconds, Figure: ms(s.Longest)}
	f.Severity = grade(f.Figure, ms(stallLeast), 200, 400)
	f.Text = fmt.Sprintf("Our own process did not get to the caller's sound %s, for %.0f ms at the longest: it lacked CPU, or the call's lock was held.",
		times(s.Times), f.Figure)
	return f
}

// slowToRead: as discarded.
func slowToRead(m *Measures) Finding {
	lost := m.Arrivals.LostOurs
	f := Finding{Hop: HopUs, Direction: OfCaller, Code: SlowToRead, Unit: Milliseconds, Figure: ms(lost)}
	f.Severity = grade(100*part(lost, m.Received+lost), 0.1, 0.5, 5)
	f.Text = fmt.Sprintf("The carrier dropped %s of the caller's sound while our own process did not read.", seconds(lost))
	return f
}

// lateBeats: what is sent ahead covers some 150 ms, so that a late beat is heard
// where it left a hole and nowhere else.
func lateBeats(m *Measures) Finding {
	p, holes := m.Process, m.Out.Own
	f := Finding{Hop: HopUs, Direction: OfAgent, Code: LateBeats, Unit: Milliseconds, Figure: ms(p.Longest)}
	f.Text = fmt.Sprintf("Our own process was late %s, by %.0f ms at the longest; what was sent ahead covered it.", times(p.LateBeats), f.Figure)
	if p.LateBeats > 0 {
		f.Severity = Info
	}
	if holes.Times > 0 {
		f.Figure = ms(holes.Total)
		f.Severity = grade(f.Figure, 0, ms(leastHole), 1000)
		f.Text = fmt.Sprintf("Our own process sent the agent's sound late: %s in it, %s in all. It lacked CPU, or the call's lock was held.",
			many(holes.Times, "hole"), seconds(holes.Total))
	}
	return f
}

// voiceSlow: any hole within speech is heard; a second of them loses words.
func voiceSlow(m *Measures) Finding {
	s := m.Out.Voice
	f := Finding{Hop: HopEngines, Direction: OfAgent, Code: VoiceSlow, Unit: Milliseconds, Figure: ms(s.Total)}
	f.Severity = grade(f.Figure, ms(leastHole), 100, 1000)
	f.Text = fmt.Sprintf("The agent's speech stopped %s to wait for the synthesizer, for %.0f ms at the longest and %s in all.",
		times(s.Times), ms(s.Longest), seconds(s.Total))
	return f
}

// dialogueSlow: it falls between sentences, where people pause for some 500 ms
// themselves; from 1.5 s on they wonder.
func dialogueSlow(m *Measures) Finding {
	s := m.Out.Dialogue
	f := Finding{Hop: HopEngines, Direction: OfAgent, Code: DialogueSlow, Unit: Milliseconds, Figure: ms(s.Longest)}
	f.Severity = grade(f.Figure, 700, 1500, 5000)
	f.Text = fmt.Sprintf("The agent stopped between sentences %s to wait for the dialogue, for %s at the longest.", times(s.Times), seconds(s.Longest))
	return f
}

// slowReader: each dropped message is a hole in the agent's speech.
func slowReader(m *Measures) Finding {
	f := Finding{Hop: HopUsToCarrier, Direction: OfAgent, Code: SlowReader, Unit: Times, Figure: float64(m.Slow)}
	f.Severity = grade(f.Figure, 1, 1, 10)
	f.Text = fmt.Sprintf("The carrier read so slowly that %s had to be dropped.", many(int(m.Slow), "message"))
	return f
}

// deliveryStalls: marks that came too late, though their sound was sent in time,
// and nothing else came late at that moment.
func deliveryStalls(m *Measures) Finding {
	s := m.Out.Player
	f := Finding{Hop: HopUsToCarrier, Direction: OfAgent, Code: DeliveryStalls, Unit: Milliseconds, Figure: ms(s.Total)}
	if m.Slow == 0 {
		f.Severity = grade(f.Figure, ms(playerSlack), ms(playerSlack), 1000)
	}
	f.Text = fmt.Sprintf("The agent's sound was sent in time, but the carrier played it late %s, by %.0f ms at the most: it was held up on its way.",
		times(s.Times), ms(s.Longest))
	return f
}

// playerSlow: a network's round trip is well below 500 ms; the rest is the
// carrier's player.
func playerSlow(m *Measures) Finding {
	f := Finding{Hop: HopCarrier, Direction: OfAgent, Code: PlayerSlow, Unit: Milliseconds, Figure: ms(m.Out.MarkDelay)}
	if m.Out.Marks > 0 {
		f.Severity = grade(f.Figure, 500, 1000, never)
	}
	f.Text = fmt.Sprintf("The carrier confirms what it has played %.0f ms after it should have been, at the least: it plays late.", f.Figure)
	return f
}

// marksMissing: then nobody knows how much of a sentence was heard that the
// caller interrupts.
func marksMissing(m *Measures) Finding {
	f := Finding{Hop: HopCarrier, Direction: OfAgent, Code: MarksMissing, Unit: Times, Figure: float64(m.Out.MarksMissing)}
	f.Severity = grade(f.Figure, 1, never, never)
	f.Text = fmt.Sprintf("The carrier did not confirm the agent's sound %s.", times(m.Out.MarksMissing))
	return f
}
