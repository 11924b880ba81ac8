package noisebench

import (
	"fmt"
	"math"

	"github.com/talkpath/talkpath/bench/audio/report"
)

// noiseTable tells of each noise by itself.
func (b *bench) noiseTable() report.Table {
	t := report.Table{
		Title: "Each noise (reference in brackets)",
		Head: []string{
			"Noise", "Path", "Level, median dB", "Level, 95 % dB", "Spectrum, order 10, dB", "Spectrum, level only, dB", "Descriptions a second", "Bytes a second",
		},
	}
	for _, s := range b.scores {
		path := "direct"
		if s.line {
			path = "line"
		}
		t.Lines = append(t.Lines, []string{
			s.name, path,
			both(quantile(s.levels, 0.5), quantile(s.opusLevels, 0.5)), both(quantile(s.levels, 0.95), quantile(s.opusLevels, 0.95)),
			both(s.full, s.opusFull), fmt.Sprintf("%.2f", s.plain), both(s.perSecond, s.opusPerSecond), both(s.bytes, s.opusBytes),
		})
	}
	return t
}

// stepTable tells of the transitions in each noise.
func (b *bench) stepTable() report.Table {
	t := report.Table{
		Title: "Transitions between speech and noise (reference in brackets)",
		Head:  []string{"Noise", "Transitions", "Median dB", "95 % dB", "The noise's own, 95 % dB", "Frames sent, %"},
	}
	for _, s := range b.steps {
		t.Lines = append(t.Lines, []string{
			s.name, fmt.Sprintf("%d (%d)", len(s.ours), len(s.opus)),
			both(quantile(s.ours, 0.5), quantile(s.opus, 0.5)), both(quantile(s.ours, 0.95), quantile(s.opus, 0.95)),
			fmt.Sprintf("%.2f", quantile(s.natural, 0.95)), both(100*s.sent, 100*s.opusSent),
		})
	}
	return t
}

func both(ours, theirs float64) string {
	if math.IsNaN(theirs) {
		return fmt.Sprintf("%.2f (-)", ours)
	}
	return fmt.Sprintf("%.2f (%.2f)", ours, theirs)
}

// plots shows the spectrum of babble and what is made of it.
func (b *bench) plots() []report.Plot {
	for _, s := range b.scores {
		if s.name != "babble" || s.line {
			continue
		}
		p := report.Plot{File: "noise.svg", Title: "Babble and the noise made of its description", X: "third octave, Hz", Y: "level, dB"}
		for _, series := range []struct {
			name string
			pcm  []int16
		}{{"babble", s.original}, {"ten coefficients", s.made}, {"level only", s.crude}} {
			line := report.Series{Name: series.name, Y: thirdOctaves(series.pcm, rate)}
			for band := lowestBand; band <= highestBand; band++ {
				line.X = append(line.X, 1000*math.Exp2(float64(band)/3))
			}
			p.Series = append(p.Series, line)
		}
		return []report.Plot{p}
	}
	return nil
}
