package resample

import "math"

// fineRows is how many rows of taps a filter has for each sample of the lower
// rate. The taps between two rows are taken from the line through both, which
// is off by at most (pi/fineRows)^2/8, 106 dB below the tone.
const fineRows = 512

// fine is the filter of a Drifter: the prototype at rows places between one
// input sample and the next, so that a place in between is near one of them.
// It doesn't change after it is made.
type fine struct {
	rows   int
	length int       // taps in a row, a multiple of fineLanes
	taps   []float32 // rows+1 rows, the oldest sample's first
}

// newFine lays out the filter for the ratio up/down. Each row has a gain of
// exactly 1 at 0 Hz, and with it each place between two.
func newFine(up, down int) *fine {
	spacing := float64(max(up, down)) / float64(up) // input samples to one of the lower rate
	half := reach * spacing
	f := &fine{
		rows:   int(math.Ceil(fineRows / spacing)),
		length: (int(math.Ceil(2*half)) + fineLanes - 1) / fineLanes * fineLanes,
	}
	f.taps = make([]float32, (f.rows+1)*f.length)
	beta := kaiserBeta(reach, 1)
	row := make([]float64, f.length)
	for r := range f.rows + 1 {
		sum := 0.0
		for age := range row {
			row[age] = fineTap(float64(age)+float64(r)/float64(f.rows)-half, spacing, beta)
			sum += row[age]
		}
		for age, tap := range row {
			f.taps[(r+1)*f.length-1-age] = float32(tap / sum)
		}
	}
	return f
}

// fineTap returns the prototype at x input samples from its middle.
func fineTap(x, spacing, beta float64) float64 {
	x /= spacing
	inside := 1 - (x/reach)*(x/reach)
	if inside <= 0 {
		return 0
	}
	tap := bessel(beta*math.Sqrt(inside)) / bessel(beta)
	if x != 0 {
		tap *= math.Sin(math.Pi*x) / (math.Pi * x)
	}
	return tap
}

// at returns the output whose place is row rows behind the newest sample of x,
// which is length samples long.
func (f *fine) at(row float64, x []float32) float32 {
	r := int(row)
	if row == float64(r) { // as all are where the drift is zero
		return dot(f.taps[r*f.length:(r+1)*f.length], x)
	}
	taps := f.taps[r*f.length : (r+2)*f.length]
	this, next := dots(taps[:f.length], taps[f.length:], x)
	return this + float32(float32(row-float64(r))*(next-this))
}
