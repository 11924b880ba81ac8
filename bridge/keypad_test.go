package bridge_test

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/talkpath/talkpath/bridge"
	"github.com/talkpath/talkpath/conversation"
	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/media/dtmf"
	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/twilio"
)

const ms = time.Millisecond

// keyed is a press on a test's line. It sounds unless held is zero, and is told
// by the carrier unless told is below zero.
type keyed struct {
	key  byte
	at   time.Duration // since the keying began
	held time.Duration
	told time.Duration // when, after at
}

const untold = time.Duration(-1)

// keyIn lets a caller press keys, in noise, with their sound from other under
// it, and d go by.
func (l *line) keyIn(d time.Duration, other func([]int16), all ...keyed) {
	l.t.Helper()
	rate := l.cfg.Format.Rate
	sound := make([]int16, media.PCMSamples(d, rate))
	g, err := dtmf.NewGenerator(dtmf.Config{Rate: rate})
	if err != nil {
		l.t.Fatal(err)
	}
	for _, k := range all {
		if err := g.Press(k.key, k.held); err != nil {
			l.t.Fatal(err)
		}
		from := media.PCMSamples(k.at, rate)
		g.Fill(sound[from : from+media.PCMSamples(k.held, rate)])
	}
	began := l.now
	for len(sound) > 0 {
		for i, k := range all {
			if k.told != untold && l.now.Sub(began) >= k.at+k.told {
				l.step(bridge.Input{Kind: bridge.InEvent, Event: telephony.Event{Kind: telephony.Digit, Digit: k.key}})
				all[i].told = untold
			}
		}
		l.pass(20*ms, func(pcm []int16) {
			if other != nil {
				other(pcm)
			}
			n := min(len(pcm), len(sound))
			for i, s := range sound[:n] {
				pcm[i] += s + int16(i*37%41-20)
			}
			sound = sound[n:]
		})
	}
}

// keysAsked returns the keys of all prompts.
func (l *line) keysAsked() (keys string) {
	for _, out := range l.others {
		if out.Kind == bridge.OutAsk && out.Prompt.Kind == conversation.Keys {
			keys += out.Prompt.Text
		}
	}
	return keys
}

// greeted returns a line on which the agent has said a word.
func greeted(t testing.TB, c telephony.Carrier, format media.Format) *line {
	l := newLine(t, c, format)
	l.say(200*ms, conversation.Next{})
	l.pass(time.Second, nil)
	return l
}

func TestOnePressIsReportedOnceHoweverItIsTold(t *testing.T) {
	for _, c := range allCarriers() {
		for _, format := range c.Quirks.Formats {
			for name, k := range map[string]keyed{
				"tones only":              {held: 100 * ms, told: untold},
				"short tones only":        {held: 50 * ms, told: untold},
				"a long hold, tones only": {held: 3 * time.Second, told: untold},
				"event only":              {},
				"event first":             {held: 100 * ms},
				"event while it sounds":   {held: 100 * ms, told: 80 * ms},
				"event at its end":        {held: 100 * ms, told: 100 * ms},
				"event long after":        {held: 100 * ms, told: 900 * ms},
				"event after a long hold": {held: 2500 * ms, told: 2600 * ms},
				"event as a hold begins":  {held: 2500 * ms, told: 40 * ms},
			} {
				if k.told >= 0 && format != c.Quirks.Formats[0] {
					continue
				}
				l := greeted(t, c, format)
				k.key, k.at = '5', 203*ms
				l.keyIn(6*time.Second, nil, k)
				if got := l.keysAsked(); got != "5" {
					t.Errorf("%s %v, %s: keys %q were reported, want one 5", c.Name(), format, name, got)
				}
			}
		}
	}
}

// Presses come as people and machines type, each told in one of the ways there
// are. A carrier tells all its keys in the same way, and in order.
func TestManyPressesAreReportedOnceEach(t *testing.T) {
	format := media.Format{Encoding: media.PCMU, Rate: 8000}
	rapid.Check(t, func(rt *rapid.T) {
		sounds, told := rapid.Bool().Draw(rt, "tones"), rapid.Bool().Draw(rt, "events")
		lag := time.Duration(rapid.IntRange(0, 700).Draw(rt, "lag")) * ms
		var want string
		var all []keyed
		at := 100 * ms
		for range rapid.IntRange(1, 8).Draw(rt, "presses") {
			k := keyed{key: rapid.SampledFrom([]byte("0123456789*A")).Draw(rt, "key"), at: at, told: untold}
			length := time.Duration(rapid.IntRange(50, 200).Draw(rt, "held")) * ms
			if sounds {
				k.held = length
			}
			if told || !sounds {
				k.told = lag
			}
			at += length + time.Duration(rapid.IntRange(50, 400).Draw(rt, "pause"))*ms
			all, want = append(all, k), want+string(k.key)
		}
		l := greeted(t, twilio.Carrier(), format)
		l.keyIn(at+3*time.Second, nil, all...)
		if got := l.keysAsked(); got != want {
			rt.Fatalf("keys %q were reported of %q; %+v", got, want, all)
		}
	})
}

// toneLevel returns how strong the tones of a key are in pcm, in dB of full scale, in
// the loudest 20 ms.
func toneLevel(pcm []int16, rate int, low, high float64) float64 {
	n := rate / 50
	loudest := 1e-9
	for ; len(pcm) >= n; pcm = pcm[n:] {
		least := math.Inf(1)
		for _, hertz := range []float64{low, high} {
			var re, im float64
			for i, s := range pcm[:n] {
				at := 2 * math.Pi * hertz * float64(i) / float64(rate)
				re += float64(s) * math.Cos(at)
				im += float64(s) * math.Sin(at)
			}
			least = min(least, 2*math.Hypot(re, im)/float64(n)/32768)
		}
		loudest = max(loudest, least)
	}
	return 20 * math.Log10(loudest)
}

func TestTonesAreNoSpeech(t *testing.T) {
	for _, c := range allCarriers() {
		for _, format := range c.Quirks.Formats {
			l := greeted(t, c, format)
			const dialled = "0123456789*A00555"
			held, every := 42*ms, 73*ms // faster than exchanges take it
			if format.Encoding == media.Opus {
				held, every = 100*ms, 200*ms // a codec of speech doesn't keep tones that short
			}
			var all []keyed
			for i, key := range []byte(dialled) {
				all = append(all, keyed{key, time.Duration(i)*every + 107*ms, held, untold})
			}
			last := time.Duration(len(dialled)) * every
			all = append(all, keyed{'4', last + 869*ms, 100 * ms, untold}, keyed{'9', last + 1119*ms, 2 * time.Second, untold})
			l.keyIn(last+5759*ms, nil, all...)
			if got := l.keysAsked(); got != dialled+"49" {
				t.Errorf("%s %v: keys %q", c.Name(), format, got)
			}
			if l.heard > 0 || l.count(bridge.OutFinish) > 0 {
				t.Errorf("%s %v: tones were taken for speech", c.Name(), format)
			}
		}
	}
}

func TestTheSoundBeforeSpeechHoldsNoTones(t *testing.T) {
	for _, c := range allCarriers() {
		for _, format := range c.Quirks.Formats {
			l := greeted(t, c, format)
			l.keyIn(400*ms, nil, keyed{'5', 93 * ms, 100 * ms, untold})
			l.pass(time.Second, voice(format.Rate))
			l.pass(time.Second, nil)
			if l.heard < 16000 {
				t.Fatalf("%s %v: the recognizer got %d samples", c.Name(), format, l.heard)
			}
			if got := toneLevel(l.given[:16000*3/10], 16000, 770, 1336); got > -50 {
				t.Errorf("%s %v: the key's tones are in it at %.0f dB", c.Name(), format, got)
			}
		}
	}
}

// Whoever speaks already has the first 40 ms of the tones in their utterance,
// for nothing is held back from the recognizer until a key is known.
func TestAnUtteranceHoldsTheBeginningOfTonesOnly(t *testing.T) {
	for _, c := range allCarriers() {
		for _, format := range c.Quirks.Formats {
			l := greeted(t, c, format)
			l.pass(600*ms, voice(format.Rate))
			l.given = nil
			l.keyIn(600*ms, nil, keyed{'5', 100 * ms, 400 * ms, untold})
			from, step, sounding := 0, 16000/100, 0 // windows of 20 ms, every 10
			for ; from+2*step <= len(l.given); from += step {
				if toneLevel(l.given[from:from+2*step], 16000, 770, 1336) > -40 {
					sounding = from + 2*step
				}
			}
			if len(l.given) < 16000/2 {
				t.Fatalf("%s %v: the recognizer got %d samples", c.Name(), format, len(l.given))
			}
			if at := time.Duration(sounding) * time.Second / 16000; at > 100*ms+45*ms+20*ms {
				t.Errorf("%s %v: tones that began after 100 ms were heard up to %v", c.Name(), format, at)
			}
		}
	}
}

func TestAToneStopsTheAgent(t *testing.T) {
	l := newLine(t, twilio.Carrier(), media.Format{Encoding: media.PCMU, Rate: 8000})
	l.say(5*time.Second, conversation.Next{})
	l.pass(time.Second, nil)
	l.keyIn(60*ms, nil, keyed{'5', 0, 60 * ms, untold})
	if l.events(telephony.Clear) != 1 {
		t.Errorf("%d clears within 60 ms of the key, want one", l.events(telephony.Clear))
	}
}

func TestAGapInAHeldKeyIsNoSecondPress(t *testing.T) {
	for _, gap := range []time.Duration{20 * ms, 40 * ms, 100 * ms, 200 * ms} {
		l := greeted(t, twilio.Carrier(), media.Format{Encoding: media.PCMU, Rate: 8000})
		l.keyIn(100*ms, nil, keyed{'5', 0, 100 * ms, untold})
		l.at += gap // the carrier dropped sound
		l.keyIn(4*time.Second, nil, keyed{'5', 0, 100 * ms, untold})
		if got := l.keysAsked(); got != "5" {
			t.Errorf("a gap of %v: keys %q were reported", gap, got)
		}
	}
}

func TestTwoPressesAroundSilenceThatIsNotSentAreTwo(t *testing.T) {
	for name, c := range map[string]telephony.Carrier{"timed": twilio.Carrier(), "untimed": untimed()} {
		l := greeted(t, c, c.Quirks.Formats[0])
		rate := c.Quirks.Formats[0].Rate
		l.keyIn(100*ms, nil, keyed{'5', 0, 100 * ms, untold})
		l.now = l.now.Add(700 * ms)
		l.step(bridge.Input{Kind: bridge.InTick})
		if !c.Quirks.Untimed {
			l.at += 700 * ms
		}
		l.keyIn(4*time.Second, nil, keyed{'5', 0, 100 * ms, untold})
		if got := l.keysAsked(); got != "55" {
			t.Errorf("%s, %d Hz: keys %q were reported, want two", name, rate, got)
		}
	}
}

// untimed returns a carrier whose sound has no timestamps.
func untimed() telephony.Carrier {
	for _, c := range allCarriers() {
		if c.Quirks.Untimed {
			return c
		}
	}
	return telephony.Carrier{}
}

// What was told in one way only must not swallow a later press.
func TestAPressIsNotPairedWithOneOfLongAgo(t *testing.T) {
	c, mulaw := untimed(), media.Format{Encoding: media.PCMU, Rate: 8000}
	for name, story := range map[string]func() *line{
		"tones, and later an event": func() *line {
			l := greeted(t, twilio.Carrier(), mulaw)
			l.keyIn(1500*ms, nil, keyed{'5', 0, 100 * ms, untold})
			return l
		},
		"an event, and later an event": func() *line {
			l := greeted(t, twilio.Carrier(), mulaw)
			l.keyIn(1500*ms, nil, keyed{key: '5'})
			return l
		},
		"tones, after which nothing is sent": func() *line {
			l := greeted(t, c, c.Quirks.Formats[0])
			l.keyIn(100*ms, nil, keyed{'5', 0, 100 * ms, untold})
			l.now = l.now.Add(600 * ms)
			l.keyIn(1500*ms, nil)
			return l
		},
		"tones, over which the stream breaks": func() *line {
			l := greeted(t, twilio.Carrier(), mulaw)
			l.keyIn(100*ms, nil, keyed{'5', 0, 100 * ms, untold})
			l.step(bridge.Input{Kind: bridge.InLost})
			l.cfg.Format = media.Format{Encoding: media.PCMA, Rate: 8000}
			l.step(bridge.Input{Kind: bridge.InResume, Format: l.cfg.Format})
			l.coder, _ = codecs().New(l.cfg.Format)
			l.at = 0
			l.keyIn(1500*ms, nil)
			return l
		},
	} {
		l := story()
		l.keyIn(4*time.Second, nil, keyed{key: '5'})
		if got := l.keysAsked(); got != "55" {
			t.Errorf("%s: keys %q were reported, want both", name, got)
		}
	}
}

func TestAnotherPressDoesNotUnpairOneThatIsHeld(t *testing.T) {
	l := greeted(t, twilio.Carrier(), media.Format{Encoding: media.PCMU, Rate: 8000})
	l.keyIn(6*time.Second, nil, keyed{'7', 0, 2500 * ms, 2600 * ms}, keyed{key: '1', at: 1500 * ms})
	if got := l.keysAsked(); got != "71" {
		t.Errorf("keys %q were reported", got)
	}
}

func TestAPressIsPairedAcrossAStreamThatBroke(t *testing.T) {
	l := greeted(t, twilio.Carrier(), media.Format{Encoding: media.PCMU, Rate: 8000})
	l.keyIn(100*ms, nil, keyed{'5', 0, 100 * ms, untold})
	l.step(bridge.Input{Kind: bridge.InLost})
	l.step(bridge.Input{Kind: bridge.InResume, Format: media.Format{Encoding: media.PCMU, Rate: 8000}})
	l.at = 0
	l.keyIn(4*time.Second, nil, keyed{key: '5'}, keyed{key: '6', at: 200 * ms, held: 100 * ms, told: 150 * ms})
	if got := l.keysAsked(); got != "56" {
		t.Errorf("keys %q were reported", got)
	}
}
