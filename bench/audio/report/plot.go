package report

import (
	"fmt"
	"image/color"
	"path/filepath"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
)

// colors tell series apart, also for people who see no red or green (Okabe and
// Ito's set); ours, the first, is the strong one.
func colors() []color.RGBA {
	return []color.RGBA{
		{0, 114, 178, 255}, {213, 94, 0, 255}, {0, 158, 115, 255}, {204, 121, 167, 255}, {230, 159, 0, 255}, {110, 110, 110, 255},
	}
}

// Draw writes the plot as an SVG file to dir.
func (p Plot) Draw(dir string) error {
	drawing := plot.New()
	drawing.Title.Text = p.Title
	drawing.Title.Padding = vg.Points(8)
	drawing.X.Label.Text, drawing.Y.Label.Text = p.X, p.Y
	drawing.Legend.Top = true
	drawing.Legend.Padding = vg.Points(4)
	drawing.Add(plotter.NewGrid())
	for i, s := range p.Series {
		points := make(plotter.XYs, len(s.X))
		for j := range points {
			points[j] = plotter.XY{X: s.X[j], Y: s.Y[j]}
		}
		line, dots, err := plotter.NewLinePoints(points)
		if err != nil {
			return fmt.Errorf("plot %s, %s: %w", p.File, s.Name, err)
		}
		line.Color = colors()[i%len(colors())]
		line.Width = vg.Points(1.5)
		if i == 0 {
			line.Width = vg.Points(3)
		}
		drawing.Legend.Add(s.Name, line)
		drawing.Add(line)
		if len(points) <= 12 { // few enough to show each one
			dots.Color, dots.Radius = line.Color, vg.Points(2.5)
			drawing.Add(dots)
		}
		drawing.Y.Min, drawing.Y.Max = min(drawing.Y.Min, p.floor()), max(drawing.Y.Max, p.ceiling())
	}
	return drawing.Save(18*vg.Centimeter, 10*vg.Centimeter, filepath.Join(dir, p.File))
}

// floor and ceiling leave room for the legend above the lines.
func (p Plot) floor() float64 {
	low, _ := p.span()
	return low
}

func (p Plot) ceiling() float64 {
	low, high := p.span()
	return high + 0.08*float64(len(p.Series))*(high-low)
}

func (p Plot) span() (low, high float64) {
	first := true
	for _, s := range p.Series {
		for _, y := range s.Y {
			if first {
				low, high, first = y, y, false
			}
			low, high = min(low, y), max(high, y)
		}
	}
	return low, high
}
