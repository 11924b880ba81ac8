package quality_test

import (
	"strings"
	"testing"
	"time"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/media/quality"
)

// good returns the measures of a good call of a minute.
func good() quality.Measures {
	m := quality.Measures{
		Format: mulaw, Packet: 20 * ms, Received: time.Minute,
		Sound: quality.Sound{
			Speech: 25 * time.Second, SpeechLevel: -24, Quiet: 35 * time.Second, NoiseLevel: -66, Offset: 0.0005,
		},
		Out: quality.Outward{Messages: 300, Sent: 30 * time.Second, Marks: 30, MarkDelay: 60 * ms, MarkDelayMax: 90 * ms},
	}
	m.Arrivals.Late.Counts[0], m.Arrivals.Clumps = 3000, 3000
	return m
}

// stalls returns a number of stalls, of which each has a length.
func stalls(n int, each time.Duration) quality.Stalls {
	return quality.Stalls{Times: n, Total: time.Duration(n) * each, Longest: each}
}

// late lets some of 3000 messages be up to 120 ms late.
func late(m *quality.Measures, messages uint32) {
	m.Arrivals.Late.Counts[0] -= messages
	m.Arrivals.Late.Counts[9] += messages
	m.Arrivals.Late.Runs[9] += messages / 5
	m.Arrivals.Late.Max = 119 * ms
}

func TestEachRuleFindsItsFaultAndNoOther(t *testing.T) {
	cases := []struct {
		name   string
		change func(*quality.Measures)
		want   string // "hop direction code severity"
	}{
		{"a good line", func(*quality.Measures) {}, ""},
		{"clipping", func(m *quality.Measures) { m.Sound.Clipped = 250 * ms }, "caller caller clipped audible"},
		{"much clipping", func(m *quality.Measures) { m.Sound.Clipped = time.Second }, "caller caller clipped severe"},
		{"hardly any", func(m *quality.Measures) { m.Sound.Clipped = 20 * ms }, ""},
		{"a faint caller", func(m *quality.Measures) { m.Sound.SpeechLevel = -41; m.Sound.NoiseLevel = -70 }, "caller caller too_quiet audible"},
		{"a faint word", func(m *quality.Measures) { m.Sound.SpeechLevel = -41; m.Sound.Speech = 500 * ms }, ""},
		{"a loud caller", func(m *quality.Measures) { m.Sound.SpeechLevel = -9 }, "caller caller too_loud audible"},
		{"noise", func(m *quality.Measures) { m.Sound.NoiseLevel = -38 }, "caller caller noisy audible"},
		{"much noise", func(m *quality.Measures) { m.Sound.NoiseLevel = -32 }, "caller caller noisy severe"},
		{"off centre", func(m *quality.Measures) { m.Sound.Offset = -0.03 }, "caller caller dc_offset info"},
		{"a stall", func(m *quality.Measures) { m.Arrivals.Stalls = stalls(1, 250*ms) }, "carrier_to_us caller stalls audible"},
		{"a long stall", func(m *quality.Measures) { m.Arrivals.Stalls = stalls(2, 600*ms) }, "carrier_to_us caller stalls severe"},
		{"bursts", func(m *quality.Measures) { m.Arrivals.Clumps = 600 }, "carrier_to_us caller bursts audible"},
		{"bursts, not jitter", func(m *quality.Measures) { late(m, 1500); m.Arrivals.Clumps = 600 }, "carrier_to_us caller bursts audible"},
		{"jitter", func(m *quality.Measures) { late(m, 1000) }, "carrier_to_us caller jitter audible"},
		{"rare lateness", func(m *quality.Measures) { late(m, 200) }, ""},
		{"our lateness", func(m *quality.Measures) {
			late(m, 1000)
			m.Process = quality.Process{LateBeats: 20, Held: 5 * time.Second, Longest: 300 * ms}
			m.Arrivals.Ours = stalls(20, 250*ms)
		}, "us caller held_up audible, us agent late_beats info"},
		{"dropped sound", func(m *quality.Measures) { m.Lost, m.Gaps = 600*ms, 12 }, "carrier_to_us caller discarded audible"},
		{"silence left out", func(m *quality.Measures) {
			m.Lost, m.Gaps, m.Arrivals.Unsent, m.Arrivals.UnsentTimes = 20*time.Second, 9, 20*time.Second, 9
		}, ""},
		{"missing without timestamps", func(m *quality.Measures) { m.Untold = 600 * ms }, "carrier_to_us caller discarded audible"},
		{"dropped while we slept", func(m *quality.Measures) {
			m.Lost, m.Gaps, m.Arrivals.LostOurs = 600*ms, 1, 600*ms
		}, "us caller slow_to_read audible"},
		{"disorder", func(m *quality.Measures) { m.Reordered = 100 }, "carrier_to_us caller disordered info"},
		{"too late to be used", func(m *quality.Measures) { m.Late, m.Lost, m.Gaps = 50, time.Second, 50 }, "carrier_to_us caller disordered audible"},
		{"a fast clock", func(m *quality.Measures) { m.Drift = quality.Drift{Known: true, PPM: 180, Error: 5} }, "carrier caller clock_drift info"},
		{"a broken clock", func(m *quality.Measures) { m.Drift = quality.Drift{Known: true, PPM: -3000, Error: 5} }, "carrier caller clock_drift audible"},
		{"an unsure clock", func(m *quality.Measures) { m.Drift = quality.Drift{Known: true, PPM: 120, Error: 30} }, ""},
		{"late beats, covered", func(m *quality.Measures) {
			m.Process = quality.Process{LateBeats: 2, Held: 200 * ms, Longest: 100 * ms}
		}, "us agent late_beats info"},
		{"late beats, heard", func(m *quality.Measures) {
			m.Process = quality.Process{LateBeats: 1, Held: 400 * ms, Longest: 400 * ms}
			m.Out.Own = stalls(1, 200*ms)
		}, "us agent late_beats audible"},
		{"a slow voice", func(m *quality.Measures) { m.Out.Voice = stalls(3, 120*ms) }, "engines agent voice_slow audible"},
		{"a very slow voice", func(m *quality.Measures) { m.Out.Voice = stalls(10, 200*ms) }, "engines agent voice_slow severe"},
		{"a slow dialogue", func(m *quality.Measures) { m.Out.Dialogue = stalls(2, 2*time.Second) }, "engines agent dialogue_slow audible"},
		{"a pause to think", func(m *quality.Measures) { m.Out.Dialogue = stalls(9, 400*ms) }, ""},
		{"a slow reader", func(m *quality.Measures) { m.Slow = 3 }, "us_to_carrier agent slow_reader audible"},
		{"late delivery", func(m *quality.Measures) { m.Out.Player = stalls(2, 150*ms) }, "us_to_carrier agent delivery_stalls audible"},
		{"late delivery to a slow reader", func(m *quality.Measures) { m.Out.Player, m.Slow = stalls(2, 150*ms), 30 }, "us_to_carrier agent slow_reader severe"},
		{"a slow player", func(m *quality.Measures) { m.Out.MarkDelay = 1200 * ms }, "carrier agent player_slow audible"},
		{"a mark that is lost", func(m *quality.Measures) { m.Out.MarksMissing = 1 }, "carrier agent marks_missing info"},
	}
	seen := map[quality.Code]bool{}
	for _, c := range cases {
		m := good()
		c.change(&m)
		r := quality.Assess(m)
		var got []string
		for _, f := range r.Findings {
			seen[f.Code] = true
			got = append(got, strings.Join([]string{string(f.Hop), string(f.Direction), string(f.Code), string(f.Severity)}, " "))
			if f.Text == "" || strings.Contains(f.Text, "%!") || f.Unit == "" {
				t.Errorf("%s: finding %+v", c.name, f)
			}
		}
		if all := strings.Join(got, ", "); all != c.want {
			t.Errorf("%s: found %q, want %q", c.name, all, c.want)
		}
		if fine := !strings.Contains(c.want, "audible") && !strings.Contains(c.want, "severe"); fine != (r.Summary == "Good line.") {
			t.Errorf("%s: %s", c.name, r.Summary)
		}
	}
	if len(seen) != 20 {
		t.Errorf("%d of 20 codes are tested: %v", len(seen), seen)
	}
}

func TestTheSummaryTellsWhatIsHeardAndWhoIsToBlame(t *testing.T) {
	cases := []struct {
		change func(*quality.Measures)
		want   string
	}{
		{func(m *quality.Measures) { *m = quality.Measures{Received: time.Second} }, "Too short to tell."},
		{
			func(m *quality.Measures) {
				m.Arrivals.Stalls = quality.Stalls{Times: 3, Total: 900 * ms, Longest: 480 * ms}
			},
			"Choppy in the caller's direction: The carrier's stream stopped 3 times, for 480 ms at the longest and 900 ms in all, " +
				"while our process was awake. Blame: the carrier's network.",
		},
		{
			func(m *quality.Measures) { m.Sound.NoiseLevel = -36; m.Out.Dialogue = stalls(1, 1600*ms) },
			"The caller is hard to understand: The caller's line is noisy: the speech is 12 dB above a noise of -36 dBFS. " +
				"The agent stopped between sentences once to wait for the dialogue, for 1.6 s at the longest. " +
				"Blame: the caller's telephone or line, the engines.",
		},
		{
			func(m *quality.Measures) { m.Out.Voice = stalls(2, 300*ms); m.Lost, m.Gaps = time.Second, 1 },
			"Choppy in both directions: The carrier dropped or never sent 1.0 s of the caller's sound, 1.6 %, in one gap. " +
				"The agent's speech stopped 2 times to wait for the synthesizer, for 300 ms at the longest and 600 ms in all. " +
				"Blame: the carrier's network, the engines.",
		},
	}
	for _, c := range cases {
		m := good()
		c.change(&m)
		if got := quality.Assess(m).Summary; got != c.want {
			t.Errorf("%s\nwant %s", got, c.want)
		}
	}
}

func TestRatingsFollowWhatIsHeard(t *testing.T) {
	rate := func(change func(*quality.Measures)) quality.Report {
		m := good()
		change(&m)
		return quality.Assess(m)
	}
	fine := rate(func(*quality.Measures) {})
	if c, a := fine.Caller, fine.Agent; !c.Known || c.MOS < 4.3 || c.Loss != 0 || c.Hold != 5*ms || !a.Known || a.MOS < 4.35 {
		t.Errorf("a good line rates %+v and %+v", c, a)
	}
	for name, c := range map[string]struct {
		change        func(*quality.Measures)
		caller, agent float64 // the best MOS that fits
	}{
		"2 % lost":                {func(m *quality.Measures) { m.Lost, m.Gaps = 1200*ms, 60 }, 4.3, 5},
		"2 % lost in long runs":   {func(m *quality.Measures) { m.Lost, m.Gaps = 1200*ms, 5 }, 4.2, 5},
		"10 % late":               {func(m *quality.Measures) { late(m, 300) }, 4.2, 5},
		"a noisy line":            {func(m *quality.Measures) { m.Sound.NoiseLevel = -40 }, 3.4, 5},
		"a faint caller":          {func(m *quality.Measures) { m.Sound.SpeechLevel = -40 }, 3.8, 5},
		"another codec":           {func(m *quality.Measures) { m.Format = media.Format{Rate: 8000} }, 4.35, 4.38},
		"a voice with 5 % holes":  {func(m *quality.Measures) { m.Out.Voice = stalls(10, 150*ms) }, 5, 1.9},
		"a dialogue with pauses":  {func(m *quality.Measures) { m.Out.Dialogue = stalls(10, 150*ms) }, 5, 5},
		"a reader that drops 1 %": {func(m *quality.Measures) { m.Slow = 3 }, 5, 4},
		"a player 600 ms late":    {func(m *quality.Measures) { m.Out.MarkDelay = 600 * ms }, 5, 3.6},
	} {
		r := rate(c.change)
		if r.Caller.MOS > c.caller || r.Caller.MOS < c.caller-0.6 && c.caller < 5 {
			t.Errorf("%s: the caller's MOS is %.2f, want about %.2f", name, r.Caller.MOS, c.caller)
		}
		if r.Agent.MOS > c.agent || r.Agent.MOS < c.agent-0.6 && c.agent < 5 {
			t.Errorf("%s: the agent's MOS is %.2f, want about %.2f", name, r.Agent.MOS, c.agent)
		}
	}
	// The better of two evils: hold back, or lose what is late.
	rare, often := rate(func(m *quality.Measures) { late(m, 3) }), rate(func(m *quality.Measures) { late(m, 900) })
	if rare.Caller.Hold >= 80*ms || rare.Caller.Loss == 0 || often.Caller.Hold < 80*ms || often.Caller.Loss != 0 {
		t.Errorf("rare lateness: %+v; often: %+v", rare.Caller, often.Caller)
	}
}
