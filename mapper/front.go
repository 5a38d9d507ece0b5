package mapper

import (
	"cmp"
	"slices"
)

// pair is an energy and a time: those of a mapping, or lower bounds of all mappings in a part of the space.
type pair struct{ e, t float64 }

// of returns the objective's value of a pair; for lower bounds of both it is a lower bound.
func (o Objective) of(p pair) float64 {
	switch o {
	case Energy:
		return p.e
	case Latency:
		return p.t
	}
	return p.e * p.t
}

// staircase holds the points found so far of which none is as good as another in both energy and latency, by rising
// latency, so with falling energy.
type staircase struct {
	points []incumbent
}

// covers reports whether a point found is no worse than c in both, so that nothing at or above c is of use. As for
// the other objectives, what is within slack counts as equal.
func (s *staircase) covers(c pair) bool {
	n, _ := slices.BinarySearchFunc(s.points, c.t, func(p incumbent, t float64) int {
		if p.cost.t*(1-slack) <= t {
			return -1
		}
		return 1
	})
	return n > 0 && s.points[n-1].cost.e*(1-slack) <= c.e
}

// insert adds a point that covers does not refuse and drops those it beats or equals within slack.
func (s *staircase) insert(p incumbent) {
	s.points = slices.DeleteFunc(s.points, func(q incumbent) bool {
		return q.cost.e >= p.cost.e*(1-slack) && q.cost.t >= p.cost.t*(1-slack)
	})
	s.points = append(s.points, p)
	slices.SortStableFunc(s.points, func(a, b incumbent) int {
		return cmp.Or(cmp.Compare(a.cost.t, b.cost.t), cmp.Compare(b.cost.e, a.cost.e))
	})
}
