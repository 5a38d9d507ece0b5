package dse

import (
	"context"
	"time"

	"tcmdse/hwmodel"
	"tcmdse/mapper"
	"tcmdse/mapper/workload"
	"tcmdse/sweeps"
)

// Size is what a sweep will take.
type Size struct {
	Raw            string // points before where and duplicates
	Candidates     int64
	OverBudget     int64
	Mappings       int64   // distinct (architecture, layer shape) pairs
	SecondsOneCore float64 // estimate from mapping three sampled candidates
}

// Plan counts candidates and distinct mappings and times a sample of three candidates: the first, the middle one and
// the last of those within the budget.
func Plan(ctx context.Context, s *sweeps.Sweep, networks []*workload.Network) (Size, error) {
	out := Size{Raw: s.Raw().String()}
	shapes := map[string]*workload.Layer{}
	var order []string
	for _, n := range networks {
		for i := range n.Layers {
			k := n.Layers[i].Einsum.ShapeKey()
			if shapes[k] == nil {
				shapes[k] = &n.Layers[i]
				order = append(order, k)
			}
		}
	}
	archs := map[string]bool{}
	var distinct []*hwmodel.Arch
	for c, err := range s.Candidates() {
		if err != nil {
			return out, err
		}
		out.Candidates++
		if s.BudgetM2 > 0 && c.Arch.AreaM2() > s.BudgetM2 {
			out.OverBudget++
			continue
		}
		key, err := archKey(c.Arch)
		if err != nil {
			return out, err
		}
		if !archs[key] {
			archs[key] = true
			distinct = append(distinct, c.Arch)
		}
	}
	out.Mappings = int64(len(distinct)) * int64(len(shapes))
	if len(distinct) == 0 {
		return out, nil
	}
	o, _ := mapper.ParseObjective(s.Objective)
	start, sampled := time.Now(), 0
	for _, i := range []int{0, len(distinct) / 2, len(distinct) - 1} {
		for _, k := range order {
			if _, err := MapLayer(ctx, distinct[i], shapes[k], o); err != nil && ctx.Err() != nil {
				return out, ctx.Err()
			}
		}
		sampled++
	}
	out.SecondsOneCore = time.Since(start).Seconds() / float64(sampled) * float64(len(distinct))
	return out, nil
}
