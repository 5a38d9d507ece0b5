package reports

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"tcmdse/results"
)

// A sweep of several workloads has a front for each. Mean is the front over all of them: a candidate's figures are the
// weighted geometric means of its figures on the workloads, so that a workload counts by its weight and not by the size
// of its numbers, and no workload has to be the unit of the others. Only candidates that are mapped on all have one. The
// mean EDP is the mean energy times the mean latency.

// WeightError tells what is wrong with weights that were given, and what is allowed.
type WeightError struct{ text string }

func (e *WeightError) Error() string { return e.text }

// weights gives each workload its weight, their sum 1: all alike where none are given.
func weights(workloads []string, given map[string]float64) ([]float64, error) {
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if !slices.Contains(workloads, name) {
			return nil, &WeightError{fmt.Sprintf("the sweep has no workload %q; there are %s", name, strings.Join(workloads, ", "))}
		}
		if w := given[name]; !(w >= 0) || math.IsInf(w, 0) {
			return nil, &WeightError{fmt.Sprintf("%s has the weight %v; a weight is a number of 0 or more", name, w)}
		}
	}
	out := make([]float64, len(workloads))
	total := 0.0
	for i, name := range workloads {
		out[i] = 1
		if given != nil {
			out[i] = given[name]
		}
		total += out[i]
	}
	if total == 0 && len(workloads) > 0 {
		return nil, &WeightError{"all weights are 0; at least one has to be above 0"}
	}
	if math.IsInf(total, 0) {
		return nil, &WeightError{"the sum of the weights is too large"}
	}
	for i := range out {
		out[i] /= total
	}
	return out, nil
}

// meanPoint is a candidate while its means are summed up: 56 bytes, of a million 56 MB for the time of reading.
type meanPoint struct {
	id, index           int64
	area, energy, delay float64 // energy and delay: sums of weighted logarithms
	mapped              int32   // workloads it is mapped on, of those that count
	refused             int32   // the first workload that it is not mapped on, from 1; 0: none
	skipped             int32   // the last of those whose front it was proved to be off, unmapped
}

// means sums up the candidates of a sweep over its workloads. They come in the same order for each.
type means struct {
	weights []float64
	points  []meanPoint
	at      map[int64]int
}

func (m *means) add(k int, c *results.CandidateRow) {
	if m.weights[k] == 0 {
		return
	}
	at, ok := m.at[c.ID]
	if !ok {
		at = len(m.points)
		m.at[c.ID] = at
		m.points = append(m.points, meanPoint{id: c.ID, index: c.Index, area: c.AreaMM2})
	}
	p := &m.points[at]
	if c.Status == results.OK && positive(c.EnergyJ) && positive(c.LatencyS) {
		p.energy += m.weights[k] * math.Log(c.EnergyJ)
		p.delay += m.weights[k] * math.Log(c.LatencyS)
		p.mapped++
	} else if c.Status == results.Skipped {
		p.skipped = max(p.skipped, int32(k+1))
	} else if p.refused == 0 {
		p.refused = int32(k + 1)
	}
}

// workload makes the means a workload of their own, without layers: candidates in the sweep's order, of many the front and a
// part of the others.
func (m *means) workload(names []string, limit int) *Workload {
	slices.SortFunc(m.points, func(a, b meanPoint) int { return int(min(1, max(-1, a.index-b.index))) })
	counting := int32(0)
	var parts []string
	for i, n := range names {
		if m.weights[i] > 0 {
			counting++
			parts = append(parts, fmt.Sprintf("%s %.3g %%", n, 100*m.weights[i]))
		}
	}
	w := &Workload{Name: "geometric mean (" + strings.Join(parts, ", ") + ")"}
	rows := make([]results.CandidateRow, len(m.points))
	var ps []point
	for i := range m.points {
		p, c := &m.points[i], &rows[i]
		*c = results.CandidateRow{ID: p.id, Index: p.index, Workload: w.Name, AreaMM2: p.area, Status: results.OK}
		if p.mapped == counting {
			c.EnergyJ, c.LatencyS = math.Exp(p.energy), math.Exp(p.delay)
			c.EDPJs = float64(c.EnergyJ * c.LatencyS)
		} else if c.Status = "not_mapped"; p.refused > 0 {
			c.Reason = "has no figures on " + names[p.refused-1]
		} else if p.skipped > 0 {
			c.Status, c.Reason = results.Skipped, "proved to be off the front of "+names[p.skipped-1]
		}
	}
	markFront(rows)
	for i := range rows {
		c := &rows[i]
		w.all.add(c)
		ps = append(ps, point{c.ID, c.AreaMM2, c.EDPJs, drawable(c), c.OnFront})
	}
	kept := map[int64]bool{}
	if len(ps) > limit {
		kept = choose(ps, limit)
	}
	for i := range rows {
		if len(ps) <= limit || rows[i].OnFront || kept[rows[i].ID] {
			w.Candidates = append(w.Candidates, rows[i])
		}
	}
	w.findFront()
	return w
}

// markFront marks the front by the rule of view front: no other has no more area and less EDP, and of designs equal in
// both the first in the sweep's order stands for all.
func markFront(rows []results.CandidateRow) {
	var order []int
	for i := range rows {
		if rows[i].Status == results.OK {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		if c := cmp.Compare(rows[a].AreaMM2, rows[b].AreaMM2); c != 0 {
			return c
		}
		return cmp.Compare(rows[a].EDPJs, rows[b].EDPJs)
	})
	best := math.Inf(1)
	for _, i := range order {
		if rows[i].EDPJs < best {
			best, rows[i].OnFront = rows[i].EDPJs, true
		}
	}
}

// readMean fills in what the report shows of the mean's candidates.
func (d *Data) readMean(ctx context.Context, s *results.Store, m *means, limit int) error {
	d.Mean = m.workload(d.Sweep.Workloads, limit)
	if err := s.AddParams(ctx, d.Mean.Candidates); err != nil {
		return err
	}
	front := make([]*results.CandidateRow, len(d.Mean.Front))
	for k, at := range d.Mean.Front {
		front[k] = &d.Mean.Candidates[at]
	}
	return s.AddArch(ctx, front)
}

// all lists the workloads, and their mean where there are several.
func (d *Data) all() []*Workload {
	var out []*Workload
	for i := range d.Workloads {
		out = append(out, &d.Workloads[i])
	}
	if d.Mean != nil {
		out = append(out, d.Mean)
	}
	return out
}
