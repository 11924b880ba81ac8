package vadbench

import (
	"cmp"
	"slices"
)

// point is one way to decide: how much of what is no speech is taken for it,
// and how much of the speech is found.
type point struct{ fpr, tpr float64 }

// judged is one step: its score, and whether somebody does speak.
type judged struct {
	score  float32
	speech bool
}

// curve is a receiver operating characteristic, from (0, 0) to (1, 1).
type curve []point

// newCurve sorts all and draws their curve. Steps with the same score are
// decided together.
func newCurve(all []judged) curve {
	slices.SortFunc(all, func(a, b judged) int { return cmp.Compare(b.score, a.score) })
	var speech, other float64
	for _, j := range all {
		if j.speech {
			speech++
		} else {
			other++
		}
	}
	c := curve{{}}
	var found, mistaken float64
	for i, j := range all {
		if j.speech {
			found++
		} else {
			mistaken++
		}
		if i+1 == len(all) || all[i+1].score != j.score {
			c = append(c, point{mistaken / max(other, 1), found / max(speech, 1)})
		}
	}
	return c
}

// area is that below the curve: 1 is perfect, and a half is chance.
func (c curve) area() (sum float64) {
	for i := 1; i < len(c); i++ {
		sum += (c[i].fpr - c[i-1].fpr) * (c[i].tpr + c[i-1].tpr) / 2
	}
	return sum
}

// at is the share of speech found where no more than fpr of the rest is taken
// for it.
func (c curve) at(fpr float64) float64 {
	for i := 1; i < len(c); i++ {
		if a, b := c[i-1], c[i]; b.fpr > fpr {
			return a.tpr + (b.tpr-a.tpr)*(fpr-a.fpr)/(b.fpr-a.fpr)
		}
	}
	return 1
}

// hull is the curve through the corners and the given points, without those
// that a mixture of two others beats.
func hull(points []point) curve {
	all := append(slices.Clone(points), point{0, 0}, point{1, 1})
	slices.SortFunc(all, func(a, b point) int {
		return cmp.Or(cmp.Compare(a.fpr, b.fpr), cmp.Compare(a.tpr, b.tpr))
	})
	var c curve
	for _, p := range all {
		for len(c) > 1 {
			a, b := c[len(c)-2], c[len(c)-1]
			if (b.fpr-a.fpr)*(p.tpr-a.tpr)-(b.tpr-a.tpr)*(p.fpr-a.fpr) < 0 {
				break
			}
			c = c[:len(c)-1]
		}
		c = append(c, p)
	}
	return c
}
