package dse

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tcmdse/hwmodel"
	"tcmdse/mapper"
	"tcmdse/mapper/workload"
	"tcmdse/results"
	"tcmdse/sweeps"
)

// candidate maps all workloads on one candidate.
func (r *runner) candidate(ctx context.Context, c sweeps.Candidate) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	out := describe(&c)
	key, err := archKey(c.Arch)
	if err != nil {
		return err
	}
	start := time.Now()
	for _, n := range r.networks {
		w := r.refuse(c.Arch, n)
		if w.Status == "" {
			if w, err = r.network(ctx, c.Arch, key, n); err != nil {
				return err
			}
		}
		out.Results = append(out.Results, w)
	}
	return r.send(finished{Candidate: out, nth: c.Nth, seconds: time.Since(start).Seconds()})
}

// refuse returns the outcome of a candidate above the area budget; its status is empty for others.
func (r *runner) refuse(a *hwmodel.Arch, n *workload.Network) results.WorkloadResult {
	w := results.WorkloadResult{Workload: n.Name}
	if r.Sweep.OverBudget(a) {
		w.Status = results.OverBudget
		w.Reason = fmt.Sprintf("area %.4g mm2 is above the budget of %.4g mm2", a.AreaM2()*1e6, r.Sweep.BudgetM2*1e6)
	}
	return w
}

// describe returns a candidate as it is stored, without results.
func describe(c *sweeps.Candidate) results.Candidate {
	out := results.Candidate{Key: c.Key, Index: c.Index, Arch: c.Arch.Name, ArchYAML: string(c.Spec.YAML()), AreaMM2: c.Arch.AreaM2() * 1e6}
	out.Costs, out.Warnings, out.Overhead = costs(c.Arch), c.Arch.Warnings, c.Arch.Overhead
	for _, s := range c.Settings {
		out.Params = append(out.Params, results.Param{Path: s.Path, Value: s.Value, Text: s.Text})
	}
	return out
}

// network maps one workload. A layer that cannot be mapped is a status.
func (r *runner) network(ctx context.Context, arch *hwmodel.Arch, key string, n *workload.Network) (results.WorkloadResult, error) {
	rows := make([]results.Layer, len(n.Layers))
	for i := range n.Layers {
		var err error
		if rows[i], err = r.layer(ctx, arch, key, n, i); err != nil {
			return r.refused(ctx, n, i, err)
		}
	}
	return mappedNetwork(n, rows), nil
}

// layer maps or recalls one layer and notes which.
func (r *runner) layer(ctx context.Context, arch *hwmodel.Arch, key string, n *workload.Network, i int) (results.Layer, error) {
	row, how, err := r.memo.layer(ctx, arch, key, &n.Layers[i], r.objective)
	if ctx.Err() == nil {
		r.meter.layer(how)
	}
	return row, err
}

// mappedNetwork is the outcome of a network whose layers are mapped: failed where a figure is beyond a float64, which costs
// within hwmodel's limits do not reach.
func mappedNetwork(n *workload.Network, rows []results.Layer) results.WorkloadResult {
	t := Total(rows)
	w := results.WorkloadResult{Workload: n.Name, Status: results.OK, EnergyJ: t.EnergyJ, LatencyS: t.LatencyS, EDPJs: t.EDPJs(), Layers: rows}
	if err := w.Finite(); err != nil {
		return results.WorkloadResult{Workload: n.Name, Status: results.Failed, Reason: err.Error()}
	}
	return w
}

// refused is the outcome of a network with a layer that could not be mapped. The end of ctx and a database that cannot
// be read are errors of the run.
func (r *runner) refused(ctx context.Context, n *workload.Network, i int, err error) (results.WorkloadResult, error) {
	if ctx.Err() != nil {
		return results.WorkloadResult{}, ctx.Err()
	}
	var unread storeError
	if errors.As(err, &unread) {
		return results.WorkloadResult{}, err
	}
	w := results.WorkloadResult{Workload: n.Name, Status: results.Failed, Reason: fmt.Sprintf("layer %s: %v", n.Layers[i].Name, err)}
	var none *mapper.InfeasibleError
	if errors.As(err, &none) {
		w.Status = results.Infeasible
	}
	return w, nil
}
