package dse

import (
	"math"
	"slices"
)

// cutScores learns which figures are worth cutting along: how much a bound rose for each unit of the logarithm of a
// figure's range that a cut took away ("pseudo-costs" of integer programming: Benichou et al., Mathematical
// Programming 1 (1971)). They decide what is cheap, never what is proved.
type cutScores struct {
	gain []float64 // by column: bounds' rise, logarithm, per unit of range
	n    []float64
}

// firstGain is what a column that was never cut is expected to give.
const firstGain = 0.3

func newCutScores(columns int) cutScores {
	return cutScores{make([]float64, columns), make([]float64, columns)}
}

// learn notes what a cut gave, once the worse half has its bound.
func (s *cutScores) learn(b *box) {
	if b.parent == nil || !b.worse || b.parent.boundJs <= 0 || math.IsInf(b.boundJs, 1) || b.taken == 0 {
		return
	}
	s.gain[b.column] += math.Log(b.boundJs/b.parent.boundJs) / b.taken
	s.n[b.column]++
}

func (s *cutScores) of(column int) float64 { return (s.gain[column] + firstGain) / (s.n[column] + 1) }

// cut splits a box along the figure that promises most: the rise of the worse half's bound, or of the better half's
// least area.
func (f *frontier) cut(b *box) (low, high *box) {
	best, column, at := -1.0, 0, 0.0
	for j := range f.c.columns {
		values := f.c.columns[j].among(b.members)
		if len(values) < 2 {
			continue
		}
		middle := values[(len(values)-1)/2]
		next := values[(len(values)-1)/2+1]
		score := f.cuts.of(j)*taken(values[0], next) + f.areaRise(b, j, middle)
		if score > best {
			best, column, at = score, j, middle
		}
	}
	low, high = &box{parent: b, column: column}, &box{parent: b, column: column, worse: true}
	least := math.Inf(1)
	for _, i := range b.members {
		x := f.c.columns[column].values[i]
		if x <= at {
			low.members = append(low.members, i)
			continue
		}
		high.members = append(high.members, i)
		least = min(least, x)
	}
	high.taken = taken(f.c.columns[column].among(b.members)[0], least)
	return low, high
}

// among returns the distinct values of some points, ascending: the best first.
func (c *column) among(members []int32) []float64 {
	var out []float64
	last := math.NaN()
	for _, i := range members {
		x := c.values[i]
		if x == last || slices.Contains(out, x) {
			continue
		}
		if last, out = x, append(out, x); len(out) == mostValues {
			break
		}
	}
	slices.Sort(out)
	return out
}

// mostValues is how many distinct values of a column are looked at for a cut.
const mostValues = 64

// taken is the size of a step from one value of a figure to a worse one, as a logarithm.
func taken(from, to float64) float64 {
	a, b := math.Abs(from), math.Abs(to)
	switch {
	case a == b:
		return 0
	case a == 0 || b == 0 || math.IsInf(a, 1) || math.IsInf(b, 1):
		return 1
	}
	return math.Abs(math.Log(a / b))
}

// areaRise is by how much the least area of the better half is above that of the box, as a logarithm.
func (f *frontier) areaRise(b *box, column int, at float64) float64 {
	least := math.Inf(1)
	for _, i := range b.members {
		if f.c.columns[column].values[i] <= at {
			least = min(least, f.c.points[i].areaM2)
		}
	}
	if b.areaM2 <= 0 || math.IsInf(least, 1) {
		return 0
	}
	return math.Log(least / b.areaM2)
}
