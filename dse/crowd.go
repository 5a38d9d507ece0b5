package dse

import (
	"context"
	"fmt"
	"math"

	"tcmdse/hwmodel"
	"tcmdse/results"
	"tcmdse/sweeps"
)

// crowd holds all candidates within the area budget as the search for a front needs them: some dozens of bytes each,
// and 8 for each figure that varies.
type crowd struct {
	sweep   *sweeps.Sweep
	points  []point
	like    *hwmodel.Arch // the first candidate's: all are of its structure
	figures []float64     // its figures
	columns []column      // the figures that vary
}

// point is one candidate.
type point struct {
	index  int64
	nth    int64
	place  sweeps.Place
	areaM2 float64
}

// column is one figure of all points.
type column struct {
	figure int // in the order of figures
	values []float64
}

// gather collects the candidates. Those above the area budget are decided at once.
func (r *runner) gather(ctx context.Context, done *results.Keys) (*crowd, error) {
	c := &crowd{sweep: r.Sweep}
	var x []float64
	for cand, err := range r.Sweep.Candidates() {
		if err != nil {
			return nil, err
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if r.Sweep.OverBudget(cand.Arch) {
			if err := r.overBudgetOutcome(&cand, done); err != nil {
				return nil, err
			}
			continue
		}
		x = figures(cand.Arch, x)
		if c.like == nil {
			c.like, c.figures = cand.Arch, append([]float64(nil), x...)
		}
		if !sameStructure(c.like, cand.Arch) {
			return nil, fmt.Errorf("dse: candidate %d is built of other nodes than the first; run this sweep without --front-only", cand.Index)
		}
		c.add(x)
		c.points = append(c.points, point{index: cand.Index, nth: cand.Nth, place: cand.Place, areaM2: cand.Arch.AreaM2()})
	}
	return c, nil
}

// add appends a point's figures. One that differs from the first for the first time becomes a column, in which all
// points so far have the first's value.
func (c *crowd) add(x []float64) {
	at := 0
	for k, v := range x {
		if at < len(c.columns) && c.columns[at].figure == k {
			c.columns[at].values = append(c.columns[at].values, v)
			at++
			continue
		}
		if v == c.figures[k] {
			continue
		}
		n := column{figure: k, values: make([]float64, 0, 2*len(c.points)+16)}
		for range c.points {
			n.values = append(n.values, c.figures[k])
		}
		n.values = append(n.values, v)
		c.columns = append(c.columns, column{})
		copy(c.columns[at+1:], c.columns[at:])
		c.columns[at] = n
		at++
	}
}

func (r *runner) overBudgetOutcome(cand *sweeps.Candidate, done *results.Keys) error {
	if done.Has(cand.Key) {
		return r.send(finished{Candidate: r.decided(cand), nth: cand.Nth, stored: true})
	}
	out := describe(cand)
	for _, n := range r.networks {
		out.Results = append(out.Results, r.refuse(cand.Arch, n))
	}
	return r.send(finished{Candidate: out, nth: cand.Nth})
}

// again makes the candidate of a point anew.
func (c *crowd) again(p *point) (sweeps.Candidate, error) {
	cand, err := c.sweep.At(p.place)
	cand.Index, cand.Nth = p.index, p.nth
	return cand, err
}

// alike reports whether all members have the same figures.
func (c *crowd) alike(members []int32) bool {
	for j := range c.columns {
		v := c.columns[j].values
		for _, i := range members[1:] {
			if v[i] != v[members[0]] {
				return false
			}
		}
	}
	return true
}

// best returns the best value of each column in a box.
func (c *crowd) best(b *box) []float64 {
	out := make([]float64, len(c.columns))
	for j := range c.columns {
		out[j] = math.Inf(1)
		for _, i := range b.members {
			out[j] = min(out[j], c.columns[j].values[i])
		}
	}
	return out
}

// relax returns the relaxation of a box.
func (c *crowd) relax(b *box) *hwmodel.Arch {
	x := append([]float64(nil), c.figures...)
	for j, v := range c.best(b) {
		x[c.columns[j].figure] = v
	}
	return withFigures(c.like, x)
}

// corner returns the architecture of a member that is as good as the relaxation, as it is in a grid, or the relaxation.
func (c *crowd) corner(b *box) (*hwmodel.Arch, error) {
	best := c.best(b)
	for _, i := range b.members {
		is := true
		for j := range c.columns {
			is = is && c.columns[j].values[i] == best[j]
		}
		if is {
			cand, err := c.again(&c.points[i])
			return cand.Arch, err
		}
	}
	return c.relax(b), nil
}

// measure notes a box's least area and index.
func (c *crowd) measure(b *box) {
	b.areaM2, b.first = math.Inf(1), math.MaxInt64
	for _, i := range b.members {
		b.areaM2, b.first = min(b.areaM2, c.points[i].areaM2), min(b.first, c.points[i].index)
	}
}
