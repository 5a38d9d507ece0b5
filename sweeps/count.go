package sweeps

import (
	"context"
	"fmt"
	"math/big"

	"tcmdse/internal/yamlsrc"
)

// Counts says how large a sweep is.
type Counts struct {
	Raw         string // points of the grid as written, or of the sample, and those included
	EqualValues string // points of the grid that were others in other units, and dropped with their axis's value
	AfterWhere  int64  // of the grid or sample: let through by where and exclude
	Included    int64  // by include, where the grid or sample does not have them
	Candidates  int64  // AfterWhere and Included: no two are equal
	// OverBudget is how many candidates are larger than the budget; -1 where there are too many to build them all for
	// this, 0 without a budget.
	OverBudget int64
	// Warnings are about values and entries of the file that no candidate has, beside those in Sweep.Warnings.
	Warnings []string
}

// maxPriced is up to how many candidates Count builds to compare their areas with the budget: a few seconds.
const maxPriced = 20_000

// Count counts the candidates without building them: where no rule depends on the last axes, without visiting their
// points. An error is one of a rule, of a rule that rejects everything, or ctx's.
func (s *Sweep) Count(ctx context.Context) (Counts, error) {
	out, err := s.count(ctx)
	if err != nil || s.BudgetM2 == 0 {
		return out, err
	}
	if out.Candidates > maxPriced {
		out.OverBudget = -1
		return out, nil
	}
	for c, err := range s.Candidates() {
		if err != nil {
			return out, err
		}
		if ctx.Err() != nil {
			return out, ctx.Err()
		}
		if s.OverBudget(c.Arch) {
			out.OverBudget++
		}
	}
	return out, nil
}

// Total counts the candidates of the whole sweep, of a shard too, without building any.
func (s *Sweep) Total(ctx context.Context) (int64, error) {
	c, err := s.count(ctx)
	return c.Candidates, err
}

// count is Count without areas.
func (s *Sweep) count(ctx context.Context) (Counts, error) {
	out := Counts{Raw: s.Raw().String()}
	written := big.NewInt(1)
	for _, a := range s.axes {
		written.Mul(written, big.NewInt(int64(a.raw)))
	}
	out.EqualValues = written.Sub(written, s.grid()).String()
	l, alive, ticks := s.newLog(), s.newAlive(), 0
	tick := func() error {
		if ticks++; ticks%1024 == 0 {
			return ctx.Err()
		}
		return nil
	}
	w := s.newWalk(l)
	var extra []*inclusion
	var err error
	if s.sample.method == "grid" && len(s.include) == 0 {
		w.tick, w.depth = tick, w.decided()
		each := int64(1)
		for _, a := range s.axes[w.depth:] {
			each *= int64(len(a.rows))
		}
		err = w.run(func(p *point) bool {
			out.AfterWhere += each
			alive.mark(p.rows[:w.depth])
			return true
		})
		alive.all(w.depth)
	} else {
		extra, err = s.visit(l, tick, func(p *point) bool {
			out.AfterWhere++
			alive.mark(p.rows)
			return true
		})
	}
	if err == nil && out.AfterWhere == 0 {
		err = s.rejected(l)
	}
	if err != nil {
		return out, err
	}
	out.Included = int64(len(extra))
	out.Candidates = out.AfterWhere + out.Included
	s.unused(&out, alive, l)
	return out, nil
}

// unused warns of what no candidate has.
func (s *Sweep) unused(out *Counts, v alive, l *log) {
	warn := func(format string, args ...any) { out.Warnings = append(out.Warnings, fmt.Sprintf(format, args...)) }
	if m := s.sample; m.method != "grid" {
		all := ""
		if s.grid().Cmp(big.NewInt(out.AfterWhere)) == 0 {
			all = ": the grid has no more"
		}
		if out.AfterWhere < m.count {
			warn("sample: %d points found of the %d asked for%s", out.AfterWhere, m.count, all)
		}
		return
	}
	for a, rows := range v {
		for r, ok := range rows {
			if !ok {
				text := ""
				for j, c := range s.axes[a].rows[r] {
					text += " " + s.axes[a].paths[j] + "=" + c.text
				}
				warn("%s: no candidate has%s: where and exclude reject them all", s.axes[a].key, text)
			}
		}
	}
	for i, ok := range l.matched {
		if !ok && !s.exclude[i].told {
			warn("%s: excludes nothing that where lets through", s.exclude[i].key)
		}
	}
}

// alive marks the rows of each axis that some candidate has.
type alive [][]bool

func (s *Sweep) newAlive() alive {
	out := make(alive, len(s.axes))
	for i := range out {
		out[i] = make([]bool, len(s.axes[i].rows))
	}
	return out
}

func (v alive) mark(rows []int) {
	for a, r := range rows {
		v[a][r] = true
	}
}

// all marks every row of the axes from one on.
func (v alive) all(from int) {
	for _, rows := range v[from:] {
		for r := range rows {
			rows[r] = true
		}
	}
}

// tooLarge refuses a grid whose points an int64 does not count.
func (s *Sweep) tooLarge() error {
	n := int64(1)
	for _, a := range s.axes {
		var ok bool
		if n, ok = product(n, int64(len(a.rows))); !ok {
			return &yamlsrc.Error{File: s.File, Key: "axes", Msg: fmt.Sprintf("the grid has %v points", s.grid()),
				Allowed: "at most 2^63-1; take a sample: {method: sobol, count: 1000, seed: 1}"}
		}
	}
	return nil
}
