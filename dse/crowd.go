package dse

import (
	"context"
	"math"
	"slices"

	"tcmdse/hwmodel"
	"tcmdse/results"
	"tcmdse/sweeps"
)

// crowd holds all candidates within the area budget as the search for a front needs them: some dozens of bytes each.
type crowd struct {
	sweep   *sweeps.Sweep
	points  []point
	numbers []float64 // of each point the figures that vary, in a row
	columns []int     // which figures vary, of any shape
	shapes  []shape
}

// point is one candidate.
type point struct {
	index  int64
	place  sweeps.Place
	areaM2 float64
	shape  int32
}

// shape is a structure of architectures, with the first of them.
type shape struct {
	name    string
	arch    *hwmodel.Arch
	figures []float64 // of the first
}

// gather collects the candidates. Those above the area budget are decided at once.
func (r *runner) gather(ctx context.Context, done *results.Keys) (*crowd, error) {
	c := &crowd{sweep: r.Sweep}
	if err := c.survey(ctx, r); err != nil {
		return nil, err
	}
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
		s, err := c.shapeOf(cand.Arch)
		if err != nil {
			return nil, err
		}
		x = figures(cand.Arch, x)
		for _, k := range c.columns {
			v := 0.0
			if k < len(x) {
				v = x[k]
			}
			c.numbers = append(c.numbers, v)
		}
		c.points = append(c.points, point{index: cand.Index, place: cand.Place, areaM2: cand.Arch.AreaM2(), shape: int32(s)})
	}
	return c, nil
}

// survey finds the structures and the figures that vary.
func (c *crowd) survey(ctx context.Context, r *runner) error {
	var x []float64
	vary := map[int]bool{}
	for cand, err := range r.Sweep.Candidates() {
		if err != nil {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if r.Sweep.OverBudget(cand.Arch) {
			continue
		}
		s, err := c.shapeOf(cand.Arch)
		if err != nil {
			return err
		}
		x = figures(cand.Arch, x)
		for k := range x {
			if x[k] != c.shapes[s].figures[k] {
				vary[k] = true
			}
		}
	}
	for k := range vary {
		c.columns = append(c.columns, k)
	}
	slices.Sort(c.columns)
	return nil
}

// shapeOf returns the number of an architecture's structure.
func (c *crowd) shapeOf(a *hwmodel.Arch) (int, error) {
	name, err := structure(a)
	if err != nil {
		return 0, err
	}
	at := slices.IndexFunc(c.shapes, func(s shape) bool { return s.name == name })
	if at < 0 {
		at = len(c.shapes)
		c.shapes = append(c.shapes, shape{name, a, figures(a, nil)})
	}
	return at, nil
}

func (r *runner) overBudgetOutcome(cand *sweeps.Candidate, done *results.Keys) error {
	if done.Has(cand.Key) {
		return r.send(finished{Candidate: r.decided(cand), stored: true})
	}
	out := describe(cand)
	for _, n := range r.networks {
		out.Results = append(out.Results, r.refuse(cand.Arch, n))
	}
	return r.send(finished{Candidate: out})
}

// again makes the candidate of a point anew.
func (c *crowd) again(p *point) (sweeps.Candidate, error) {
	cand, err := c.sweep.At(p.place)
	cand.Index = p.index
	return cand, err
}

// row returns the varying figures of a point.
func (c *crowd) row(i int32) []float64 {
	n := len(c.columns)
	return c.numbers[int(i)*n : (int(i)+1)*n]
}

// alike reports whether all members have the same figures.
func (c *crowd) alike(members []int32) bool {
	first := c.row(members[0])
	return !slices.ContainsFunc(members[1:], func(i int32) bool { return !slices.Equal(c.row(i), first) })
}

// relax returns the relaxation of a box, and notes the box's least area and index.
func (c *crowd) relax(b *box) *hwmodel.Arch {
	best := slices.Clone(c.row(b.members[0]))
	b.areaM2, b.first = math.Inf(1), math.MaxInt64
	for _, i := range b.members {
		better(best, c.row(i))
		b.areaM2, b.first = min(b.areaM2, c.points[i].areaM2), min(b.first, c.points[i].index)
	}
	s := &c.shapes[c.points[b.members[0]].shape]
	x := slices.Clone(s.figures)
	for j, k := range c.columns {
		if k < len(x) {
			x[k] = best[j]
		}
	}
	return withFigures(s.arch, x)
}
