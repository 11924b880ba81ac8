package vad

// Hidden is how many units the network has between evidence and score.
const Hidden = 16

// network turns evidence into the logarithm of the odds that somebody speaks:
// a weighted sum of units that each are a weighted sum of the evidence, or zero
// where that is negative.
type network struct {
	first  [Hidden][inputs]float32
	bias   [Hidden]float32
	second [Hidden]float32
	last   float32
}

// score adds up in four sums, none of which waits for another.
func (n *network) score(v *Evidence) float32 {
	out := n.last
	for h := range n.first {
		row := &n.first[h]
		var a, b, c, d float32
		i := 0
		for ; i <= inputs-4; i += 4 {
			x, w := (*[4]float32)(v[i:]), (*[4]float32)(row[i:])
			a += x[0] * w[0]
			b += x[1] * w[1]
			c += x[2] * w[2]
			d += x[3] * w[3]
		}
		for ; i < inputs; i++ {
			a += v[i] * row[i]
		}
		if sum := n.bias[h] + (a + b) + (c + d); sum > 0 {
			out += sum * n.second[h]
		}
	}
	return out
}
