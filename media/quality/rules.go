package quality

import (
	"fmt"
	"math"
	"time"
)

// rules are all rules, in the order of a call's way. Each returns a Finding
// whose Severity is empty where there is nothing to find.
func rules() []func(*Measures) Finding {
	return []func(*Measures) Finding{
		clipped, tooQuiet, tooLoud, noisy, dcOffset,
		arrivalStalls, bursts, jitter, discarded, disordered, clockDrift,
		heldUp, slowToRead, lateBeats,
		voiceSlow, dialogueSlow,
		slowReader, deliveryStalls, playerSlow, marksMissing,
	}
}

// grade returns a severity by the figures at which it begins.
func grade(figure, info, audible, severe float64) Severity {
	switch {
	case figure >= severe:
		return Severe
	case figure >= audible:
		return Audible
	case figure >= info:
		return Info
	}
	return ""
}

// never is a threshold that no figure reaches.
const never = math.MaxFloat64

// clipped: a thousandth of the speech is what loud but good lines have; beyond
// 0.5 % it sounds rough.
func clipped(m *Measures) Finding {
	f := Finding{Hop: HopCaller, Direction: OfCaller, Code: Clipped, Unit: Percent}
	if m.Sound.Speech < listenedTo {
		return f
	}
	f.Figure = 100 * part(m.Sound.Clipped, m.Sound.Speech)
	f.Severity = grade(f.Figure, 0.1, 0.5, 3)
	f.Text = fmt.Sprintf("The caller's sound is clipped in %.1f %% of the speech: it was too loud before it was encoded.", f.Figure)
	return f
}

// tooQuiet: 10 dB below the nominal level costs 14 points of R, and recognizers
// begin to miss words.
func tooQuiet(m *Measures) Finding {
	f := Finding{Hop: HopCaller, Direction: OfCaller, Code: TooQuiet, Unit: Decibels, Figure: m.Sound.SpeechLevel}
	if m.Sound.Speech >= listenedTo {
		f.Severity = grade(nominalLevel-f.Figure, 10, 14, 20)
	}
	f.Text = fmt.Sprintf("The caller is faint: speech at %.0f dBFS, where %d is usual.", f.Figure, nominalLevel)
	return f
}

// tooLoud: above -10 dBFS the peaks of speech, some 12 dB higher, don't fit.
func tooLoud(m *Measures) Finding {
	f := Finding{Hop: HopCaller, Direction: OfCaller, Code: TooLoud, Unit: Decibels, Figure: m.Sound.SpeechLevel}
	if m.Sound.Speech >= listenedTo {
		f.Severity = grade(f.Figure, -14, -10, -6)
	}
	f.Text = fmt.Sprintf("The caller is very loud: speech at %.0f dBFS, where %d is usual.", f.Figure, nominalLevel)
	return f
}

// noisy: recognizers lose words from 15 dB on, people from 10 dB on.
func noisy(m *Measures) Finding {
	f := Finding{Hop: HopCaller, Direction: OfCaller, Code: Noisy, Unit: Ratio}
	if m.Sound.Speech < listenedTo || m.Sound.Quiet < listenedTo {
		return f
	}
	f.Figure = m.Sound.SpeechLevel - m.Sound.NoiseLevel
	f.Severity = grade(-f.Figure, -20, -15, -10)
	f.Text = fmt.Sprintf("The caller's line is noisy: the speech is %.0f dB above a noise of %.0f dBFS.", f.Figure, m.Sound.NoiseLevel)
	return f
}

// dcOffset: it can't be heard, but what it takes of the range clips, and it
// tells of a faulty converter.
func dcOffset(m *Measures) Finding {
	f := Finding{Hop: HopCaller, Direction: OfCaller, Code: DCOffset, Unit: Percent, Figure: 100 * math.Abs(m.Sound.Offset)}
	f.Severity = grade(f.Figure, 1, 10, never)
	f.Text = fmt.Sprintf("The caller's sound is off centre by %.1f %% of full scale: a converter on the way is faulty.", f.Figure)
	return f
}

// arrivalStalls: a stall is longer than players bridge (stallLeast); from 400 ms
// on a word is lost.
func arrivalStalls(m *Measures) Finding {
	s := m.Arrivals.Stalls
	f := Finding{Hop: HopCarrierToUs, Direction: OfCaller, Code: ArrivalStalls, Unit: Milliseconds, Figure: ms(s.Longest)}
	f.Severity = grade(f.Figure, ms(stallLeast), 200, 400)
	f.Text = fmt.Sprintf("The carrier's stream stopped %s, for %.0f ms at the longest and %s in all, while our process was awake.",
		times(s.Times), f.Figure, seconds(s.Total))
	return f
}

// bursts: where two of three messages come together with the one before, in
// threes at the least, it is how they are sent and no accident. Each burst adds
// its length to the delay; players hold 100 ms with an effort.
func bursts(m *Measures) Finding {
	f := Finding{Hop: HopCarrierToUs, Direction: OfCaller, Code: Bursts, Unit: Milliseconds}
	all := float64(m.Arrivals.Late.Messages())
	if each := all / float64(max(m.Arrivals.Clumps, 1)); all >= enough && each >= 3 {
		f.Figure = each * ms(m.Packet)
		f.Severity = grade(f.Figure, 0, 80, 300)
	}
	f.Text = fmt.Sprintf("The carrier's sound comes in bursts of %.0f ms at once, so that a listener must hold back as much.", f.Figure)
	return f
}

// jitter: what one message in ten exceeds, so that rare stalls don't count
// here, and neither does what bursts, missing sound or our own process explain. 40 ms are within what players begin with; beyond 80 ms either holes or
// the delay that avoids them are noticed.
func jitter(m *Measures) Finding {
	late := m.Arrivals.Late.Quantile(0.9)
	f := Finding{Hop: HopCarrierToUs, Direction: OfCaller, Code: Jitter, Unit: Milliseconds, Figure: ms(late)}
	explained := bursts(m).Severity != "" || m.Untold > 0 || m.Process.Held > m.Received/50
	if m.Arrivals.Late.Messages() >= enough && !explained {
		f.Severity = grade(f.Figure, 40, 80, 400)
	}
	f.Text = fmt.Sprintf("One in ten of the carrier's messages comes more than %.0f ms later than the fastest do.", f.Figure)
	return f
}

// discarded: G.711 with concealment loses 2 points of R at 0.5 % and 16 at 5 %.
func discarded(m *Measures) Finding {
	lost, gaps := m.Missing()
	lost = max(lost-m.Arrivals.LostOurs-unusable(m), 0)
	gaps -= min(gaps, m.Late)
	f := Finding{Hop: HopCarrierToUs, Direction: OfCaller, Code: Discarded, Unit: Percent}
	f.Figure = 100 * part(lost, m.Received+lost)
	f.Severity = grade(f.Figure, 0.1, 0.5, 5)
	f.Text = fmt.Sprintf("The carrier dropped or never sent %s of the caller's sound, %.1f %%, in %s.", seconds(lost), f.Figure, many(int(gaps), "gap"))
	if m.Untold > 0 {
		f.Text = fmt.Sprintf("The carrier dropped or never sent some %s of the caller's sound, %.1f %%.", seconds(lost), f.Figure)
	}
	return f
}

// unusable returns the sound that came too late to be put in order.
func unusable(m *Measures) time.Duration { return time.Duration(m.Late) * m.Packet }

// disordered: order costs no more than a short wait, which is good to know. What
// comes too late for it is lost, as in discarded.
func disordered(m *Measures) Finding {
	f := Finding{Hop: HopCarrierToUs, Direction: OfCaller, Code: Disordered, Unit: Percent}
	if all := m.Arrivals.Late.Messages(); all >= enough {
		f.Figure = 100 * float64(m.Reordered+m.Late+m.Duplicates) / float64(all)
		f.Severity = grade(100*part(unusable(m), m.Received), 0.1, 0.5, 5)
		if f.Severity == "" {
			f.Severity = grade(f.Figure, 1, never, never)
		}
	}
	f.Text = fmt.Sprintf("%.1f %% of the carrier's messages came out of order (%d), twice (%d), or too late to be used (%d).",
		f.Figure, m.Reordered, m.Duplicates, m.Late)
	return f
}

// clockDrift: telephone clocks are within 50 ppm; 1000 ppm are a frame in 20 s.
func clockDrift(m *Measures) Finding {
	f := Finding{Hop: HopCarrier, Direction: OfCaller, Code: ClockDrift, Unit: Millionths, Figure: m.Drift.PPM}
	if m.Drift.Known {
		f.Severity = grade(math.Abs(f.Figure)-2*m.Drift.Error, 100, 1000, never)
	}
	than := "fast"
	if f.Figure < 0 {
		than = "slow"
	}
	f.Text = fmt.Sprintf("The carrier's clock runs %.0f ppm %s.", math.Abs(f.Figure), than)
	return f
}

// enough is how many messages shares are told of.
const enough = 50

func ms(d time.Duration) float64 { return math.Round(float64(d) / float64(time.Millisecond)) }

// seconds returns a duration in words, in seconds or below that in milliseconds.
func seconds(d time.Duration) string {
	if d < time.Second {
		return fmt.Sprintf("%.0f ms", ms(d))
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

func many(n int, what string) string {
	if n == 1 {
		return "one " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
