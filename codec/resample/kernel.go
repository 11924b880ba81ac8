package resample

// lanes is what the inner loops are unrolled by: taps come in multiples of it.
const lanes = 4

// convolve adds to sum[i] the product of taps with x[i:], for each i. taps is
// a multiple of lanes long and x is len(sum)+len(taps)-1 long. Four sums grow
// side by side while the samples they share slide through registers; each sum
// adds its taps in the same order wherever it stands, so a sum has the same
// bits whatever its neighbours are.
func convolve(sum, x, taps []float32) {
	for len(sum) >= lanes {
		s0, s1, s2, s3 := sum[0], sum[1], sum[2], sum[3]
		x0, x1, x2 := x[0], x[1], x[2]
		in := x[3:]
		for t := taps; len(t) >= lanes && len(in) >= lanes; t, in = t[lanes:], in[lanes:] {
			c, x3 := t[0], in[0]
			s0, s1, s2, s3 = s0+float32(c*x0), s1+float32(c*x1), s2+float32(c*x2), s3+float32(c*x3)
			c, x0 = t[1], in[1]
			s0, s1, s2, s3 = s0+float32(c*x1), s1+float32(c*x2), s2+float32(c*x3), s3+float32(c*x0)
			c, x1 = t[2], in[2]
			s0, s1, s2, s3 = s0+float32(c*x2), s1+float32(c*x3), s2+float32(c*x0), s3+float32(c*x1)
			c, x2 = t[3], in[3]
			s0, s1, s2, s3 = s0+float32(c*x3), s1+float32(c*x0), s2+float32(c*x1), s3+float32(c*x2)
		}
		sum[0], sum[1], sum[2], sum[3] = s0, s1, s2, s3
		sum, x = sum[lanes:], x[lanes:]
	}
	for i := range sum {
		s := sum[i]
		for k, v := range x[i : i+len(taps)] {
			s += float32(taps[k] * v)
		}
		sum[i] = s
	}
}

// dot returns the product of taps with x of the same length, a multiple of
// lanes, in four sums so that no addition waits for the one before.
func dot(taps, x []float32) float32 {
	var s0, s1, s2, s3 float32
	for len(taps) >= lanes && len(x) >= lanes {
		s0 += float32(taps[0] * x[0])
		s1 += float32(taps[1] * x[1])
		s2 += float32(taps[2] * x[2])
		s3 += float32(taps[3] * x[3])
		taps, x = taps[lanes:], x[lanes:]
	}
	return (s0 + s1) + (s2 + s3)
}

// fineLanes is what dots is unrolled by.
const fineLanes = 2 * lanes

// dots returns the products of two rows of taps with x, all of the same length,
// a multiple of fineLanes. Both share what is read of x.
func dots(first, second, x []float32) (a, b float32) {
	var a0, a1, a2, a3, b0, b1, b2, b3 float32
	for len(first) >= fineLanes && len(second) >= fineLanes && len(x) >= fineLanes {
		f, s, v := (*[fineLanes]float32)(first), (*[fineLanes]float32)(second), (*[fineLanes]float32)(x)
		a0, b0 = a0+float32(f[0]*v[0]), b0+float32(s[0]*v[0])
		a1, b1 = a1+float32(f[1]*v[1]), b1+float32(s[1]*v[1])
		a2, b2 = a2+float32(f[2]*v[2]), b2+float32(s[2]*v[2])
		a3, b3 = a3+float32(f[3]*v[3]), b3+float32(s[3]*v[3])
		a0, b0 = a0+float32(f[4]*v[4]), b0+float32(s[4]*v[4])
		a1, b1 = a1+float32(f[5]*v[5]), b1+float32(s[5]*v[5])
		a2, b2 = a2+float32(f[6]*v[6]), b2+float32(s[6]*v[6])
		a3, b3 = a3+float32(f[7]*v[7]), b3+float32(s[7]*v[7])
		first, second, x = first[fineLanes:], second[fineLanes:], x[fineLanes:]
	}
	return (a0 + a1) + (a2 + a3), (b0 + b1) + (b2 + b3)
}

// round returns v as the nearest sample, ties to even, saturated.
func round(v float32) int16 {
	// Adding 1.5*2^23 leaves a float32 no bits below the point. The filters'
	// overshoot is far below the 2^22 up to which this holds.
	const magic = 3 << 22
	n := int32(float32(v+magic) - magic)
	return int16(max(-1<<15, min(n, 1<<15-1)))
}
