package vad

// Network gives the tests the constants that were trained: those of the units,
// and those of the score.
func Network() (first [Hidden][inputs]float64, bias, second [Hidden]float64, last float64) {
	n := &shared().network
	for h := range n.first {
		for i, w := range n.first[h] {
			first[h][i] = float64(w)
		}
		bias[h], second[h] = float64(n.bias[h]), float64(n.second[h])
	}
	return first, bias, second, float64(n.last)
}
