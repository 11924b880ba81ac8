package dtmf

import "math"

const (
	// workRate holds the highest tone, with its tolerance at 1690 Hz, and
	// little else.
	workRate = 4000
	// halfRate is the rate in between, where the line has a higher one.
	halfRate = 2 * workRate
	// hop is how many samples are judged at a time: 5 ms.
	hop = workRate / 200
	// reach is how many factors on each side the low-pass to workRate has; of a
	// half-band filter every second one is zero. It is 40 dB down from 2350 Hz
	// on, which would fall on 1650 Hz.
	reach = 7
	// behind is how many samples at halfRate it looks back.
	behind = 4*reach - 2
	// kaiser shapes the windows of the filters for 40 dB.
	kaiser = 3.4
	// fullScale is the power of the loudest square wave.
	fullScale = 1 << 30
)

// front keeps a line's newest sound and brings it down to workRate where that
// is asked for, hop by hop.
type front struct {
	ratio int            // samples of the line for each at halfRate
	taps  []float32      // of the low-pass to halfRate; nil where the line has that rate
	half  [reach]float32 // of the low-pass to workRate

	line []int16 // what can be asked for, and the hops behind it
	kept int     // samples of line that a hop may need
	end  int     // of the samples there are
	n    int     // samples of the hop in progress
}

func newFront(rate int) front {
	f := front{ratio: rate / halfRate}
	sum := 0.5
	for i := range f.half {
		x := float64(2*i + 1)
		tap := math.Sin(math.Pi*x/2) / (math.Pi * x) * window(x/(2*reach))
		f.half[i] = float32(tap)
		sum += 2 * tap
	}
	for i := range f.half {
		f.half[i] *= float32(1 / sum)
	}
	if f.ratio > 1 {
		f.taps = lowPass(f.ratio)
	}
	f.kept = (behind+1)*f.ratio + len(f.taps) + span/hop*f.size()
	f.line = make([]int16, f.kept+span/hop*f.size())
	f.end = f.kept
	return f
}

// lowPass returns the taps that bring ratio times halfRate down to it. What
// falls on the tones is 40 dB down.
func lowPass(ratio int) []float32 {
	taps := make([]float64, 4*ratio+1)
	var sum float64
	for i := range taps {
		x := float64(i-2*ratio) / float64(ratio)
		taps[i] = window(x / 2.5)
		if x != 0 {
			taps[i] *= math.Sin(math.Pi*x) / (math.Pi * x)
		}
		sum += taps[i]
	}
	out := make([]float32, len(taps))
	for i, tap := range taps {
		out[i] = float32(tap / sum)
	}
	return out
}

// window is Kaiser's, from -1 to 1.
func window(x float64) float64 { return bessel(kaiser*math.Sqrt(max(0, 1-x*x))) / bessel(kaiser) }

// bessel is the modified function of the first kind and order zero.
func bessel(x float64) float64 {
	sum, term := 1.0, 1.0
	for k := 1.0; k < 30; k++ {
		term *= x / (2 * k) * x / (2 * k)
		sum += term
	}
	return sum
}

// size returns the samples of a hop on the line.
func (f *front) size() int { return 2 * hop * f.ratio }

// delay returns by how many samples of the line what comes out lags behind.
func (f *front) delay() int { return behind/2*f.ratio + len(f.taps)/2 }

// take takes samples up to the end of a hop. It returns how many it took, and
// whether the hop is full.
func (f *front) take(pcm []int16) (taken int, full bool) {
	if f.end == len(f.line) {
		f.end = copy(f.line, f.line[f.end-f.kept:])
	}
	taken = copy(f.line[f.end:f.end+f.size()-f.n], pcm)
	f.end += taken
	if f.n += taken; f.n < f.size() {
		return taken, false
	}
	f.n = 0
	return taken, true
}

// power returns the power of all sound in the newest hop, and how much of it the
// samples have in common with those an eighth of a millisecond before: of a
// tone the cosine of what it turns by meanwhile. In a faint hop that is not told.
func (f *front) power() (power, common float32) {
	x := f.line[f.end-f.size() : f.end]
	n := float32(len(x))
	a := float32(dot(x, x))
	if a < faint*n {
		return a / n, 0
	}
	return a / n, float32(dot(x, f.line[f.end-f.size()-f.ratio:])) / n
}

// dot returns the sum of the products, whose number is a multiple of four.
func dot(a, b []int16) int64 {
	var p, q int64
	b = b[:len(a)]
	for ; len(a) >= 4 && len(b) >= 4; a, b = a[4:], b[4:] {
		p += int64(a[0])*int64(b[0]) + int64(a[1])*int64(b[1])
		q += int64(a[2])*int64(b[2]) + int64(a[3])*int64(b[3])
	}
	return p + q
}

// filter brings the hop that ended so many hops ago, less than span has, down
// into dst.
func (f *front) filter(dst *[hop]float32, ago int) {
	// Of a half-band filter the one half of the samples meets its middle, and
	// the other half the rest.
	var middle [hop]float32
	var odd [behind/2 + hop]float32
	end := f.end - ago*f.size()
	if f.ratio == 1 {
		split(&middle, &odd, f.line[end-2*hop-behind:end])
	} else {
		first := end - (behind+2*hop-1)*f.ratio
		for i := range odd {
			odd[i] = f.at(first + (2*i+1)*f.ratio)
		}
		for i := range middle {
			middle[i] = f.at(first + (2*i+2*reach)*f.ratio)
		}
	}
	t0, t1, t2, t3, t4, t5, t6 := f.half[0], f.half[1], f.half[2], f.half[3], f.half[4], f.half[5], f.half[6]
	for i := range dst {
		o := (*[2 * reach]float32)(odd[i:])
		dst[i] = middle[i]/2 + t0*(o[6]+o[7]) + t1*(o[5]+o[8]) + (t2*(o[4]+o[9]) + t3*(o[3]+o[10])) +
			(t4*(o[2]+o[11]) + t5*(o[1]+o[12]) + t6*(o[0]+o[13]))
	}
}

// split parts samples into those that lie in the middle of the filter for some
// sample of a hop, and those that don't.
func split(middle *[hop]float32, odd *[behind/2 + hop]float32, line []int16) {
	x := (*[behind + 2*hop]int16)(line)
	for i := range odd {
		odd[i] = float32(x[2*i+1])
	}
	for i := range middle {
		middle[i] = float32(x[2*reach:][2*i])
	}
}

// at filters the samples of the line up to end.
func (f *front) at(end int) (y float32) {
	x := f.line[end-len(f.taps) : end]
	for i, tap := range f.taps {
		y += tap * float32(x[i])
	}
	return y
}
