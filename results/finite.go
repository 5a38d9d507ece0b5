package results

import (
	"errors"
	"fmt"
	"math"
)

// finite refuses numbers that are not: SQLite would store NaN as NULL and infinity as something no sheet reads.
func finite(what string, xs ...float64) error {
	for _, x := range xs {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return fmt.Errorf("%s is %g; only finite numbers are stored", what, x)
		}
	}
	return nil
}

// check refuses what Append does not store: numbers that are not finite, work keys of another length.
func (c *Candidate) check() error {
	errs := []error{finite("area", c.AreaMM2)}
	for _, p := range c.Params {
		errs = append(errs, finite(p.Path, p.Value))
	}
	for _, k := range c.Costs {
		for _, f := range k.Figures {
			errs = append(errs, finite(k.Component+" "+f.Field, f.Value, f.ErrorP95))
		}
	}
	for i := range c.Results {
		r := &c.Results[i]
		errs = append(errs, r.Finite())
		for _, l := range r.Layers {
			if n := len(l.WorkKey); n != 0 && n != workKeyBytes {
				errs = append(errs, fmt.Errorf("work key of %s has %d bytes; %d are allowed, or none", l.Name, n, workKeyBytes))
			}
		}
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("results: candidate %d: %w", c.Index, err)
	}
	return nil
}

// Finite says which figures of a result, if any, are not finite, or would not be in the sums that are stored beside
// them: a component's over the network, a layer's over its runs.
func (r *WorkloadResult) Finite() error {
	errs := []error{finite(r.Workload, r.EnergyJ, r.LatencyS, r.EDPJs, r.BoundEDPJs)}
	for i := range r.Layers {
		l, n := &r.Layers[i], float64(r.Layers[i].Count)
		errs = append(errs, finite(l.Name, l.EnergyJ, l.LatencyS, l.EDPJs, l.MACs, l.Utilization, l.MapspaceLog10, l.Seconds),
			finite("all runs of "+l.Name, n*l.EnergyJ, n*l.LatencyS, n*l.MACs))
		for j := range l.Components {
			k := &l.Components[j]
			errs = append(errs, finite(l.Name+" "+k.Name, k.EnergyJ, k.LeakageJ, k.BusyS, k.AreaMM2, k.PeakBits, k.ReadBits, k.WriteBits))
			for _, t := range k.Tensors {
				errs = append(errs, finite(l.Name+" "+k.Name+" "+t.Tensor, t.ReadBits, t.WriteBits, t.PeakBits))
			}
		}
		for _, x := range []any{share(l.Count, l.EnergyJ, r.EnergyJ), share(l.Count, l.LatencyS, r.LatencyS)} {
			if x, ok := x.(float64); ok {
				errs = append(errs, finite("share of "+l.Name, x))
			}
		}
	}
	sums := sum(r.Layers)
	for i := range sums {
		t := &sums[i]
		errs = append(errs, finite("sum of "+t.Name, t.EnergyJ+t.LeakageJ, t.BusyS, t.ReadBits, t.WriteBits, t.limitingS))
	}
	return errors.Join(errs...)
}
