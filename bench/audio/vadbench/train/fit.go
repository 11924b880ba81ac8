package main

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/talkpath/talkpath/vad"
)

const (
	inputs = len(vad.Evidence{})
	hidden = vad.Hidden
	biases = inputs * hidden
	second = biases + hidden
	last   = second + hidden
	// batch is the steps of which one gradient is the mean.
	batch = 200
	// fastest and slowest are the rates at which constants move at first and at
	// the end, and shrink how far they are drawn to zero.
	fastest, slowest, shrink = 0.004, 0.00008, 1e-4
)

// constants are those of the units by unit, their biases, the score's, and its
// bias.
type constants [last + 1]float64

// net is a network for evidence that is brought to a mean of zero and a
// variance of one.
type net struct {
	mean, scale [inputs]float64
	c           constants
}

// step is one of a scene.
type step struct{ scene, at int32 }

// fit descends the cross entropy by Adam (Kingma and Ba, 2015), at a rate that
// falls by a cosine.
func fit(all []scene) *net {
	r := rand.New(rand.NewPCG(1, 2))
	n := newNet(all, r)
	steps := counting(all)
	var m, v, g constants
	taken, total := 0, epochs*len(steps)/batch
	for e := range epochs {
		r.Shuffle(len(steps), func(i, j int) { steps[i], steps[j] = steps[j], steps[i] })
		var loss, weight float64
		for i, at := range steps {
			s := &all[at.scene]
			w := float64(s.weight[at.at])
			loss += n.back(&s.evidence[at.at], s.speech[at.at], w, &g)
			weight += w
			if (i+1)%batch == 0 {
				taken++
				n.move(&g, &m, &v, taken, float64(taken)/float64(total))
			}
		}
		fmt.Printf("epoch %d: loss %.4f\n", e+1, loss/weight)
	}
	return n
}

// newNet measures the evidence and draws the constants.
func newNet(all []scene, r *rand.Rand) *net {
	var n net
	var count float64
	for _, s := range all {
		for _, x := range s.evidence {
			for i, v := range x {
				n.mean[i] += float64(v)
				n.scale[i] += float64(v) * float64(v)
			}
			count++
		}
	}
	for i := range n.mean {
		n.mean[i] /= count
		n.scale[i] = 1 / math.Sqrt(n.scale[i]/count-n.mean[i]*n.mean[i]+1e-4)
	}
	for i := range biases {
		n.c[i] = r.NormFloat64() / math.Sqrt(float64(inputs))
	}
	for h := range hidden {
		n.c[second+h] = r.NormFloat64() / math.Sqrt(float64(hidden))
	}
	return &n
}

// counting returns the steps that count.
func counting(all []scene) (steps []step) {
	for s := range all {
		for i, w := range all[s].weight {
			if w > 0 {
				steps = append(steps, step{int32(s), int32(i)})
			}
		}
	}
	return steps
}

// move takes step number taken down the gradient g, and clears it. m and v are
// the means of gradients and of their squares.
func (n *net) move(g, m, v *constants, taken int, done float64) {
	pace := slowest + (fastest-slowest)*(1+math.Cos(math.Pi*done))/2
	a, b := 1-math.Pow(0.9, float64(taken)), 1-math.Pow(0.999, float64(taken))
	for i := range g {
		d := g[i] / batch
		m[i] += 0.1 * (d - m[i])
		v[i] += 0.001 * (d*d - v[i])
		n.c[i] -= pace * (m[i]/a/(math.Sqrt(v[i]/b)+1e-8) + shrink*n.c[i])
		g[i] = 0
	}
}

// back adds the gradient of one step's cross entropy to g, and returns that.
func (n *net) back(x *vad.Evidence, speech bool, weight float64, g *constants) float64 {
	var z [inputs]float64
	for i := range z {
		z[i] = (float64(x[i]) - n.mean[i]) * n.scale[i]
	}
	var units [hidden]float64
	out := n.c[last]
	for h := range hidden {
		sum := n.c[biases+h]
		for i, w := range n.c[h*inputs : (h+1)*inputs] {
			sum += w * z[i]
		}
		units[h] = sum
		out += max(sum, 0) * n.c[second+h]
	}
	truth := 0.0
	if speech {
		truth = 1
	}
	found := 1 / (1 + math.Exp(-out))
	d := (found - truth) * weight
	g[last] += d
	for h, sum := range units {
		if sum <= 0 {
			continue
		}
		g[second+h] += d * sum
		down := d * n.c[second+h]
		g[biases+h] += down
		row := g[h*inputs : (h+1)*inputs]
		for i := range row {
			row[i] += down * z[i]
		}
	}
	return -weight * math.Log(math.Abs(1-truth-found)+1e-12)
}
