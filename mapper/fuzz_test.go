package mapper

import (
	"context"
	"math"
	"testing"
	"time"

	"tcmdse/hwmodel"
	"tcmdse/internal/boundtest"
	"tcmdse/mapper/model"
	"tcmdse/mapper/workload"
)

// FuzzOptimal: any architecture and any layer of any size end in an error or in a valid mapping whose figures are
// numbers, multiply-accumulates exact to a float's precision, bound no higher than its value; in bounded time.
func FuzzOptimal(f *testing.F) {
	tiny := `{name: a, clock: 1GHz, nodes: [{memory: D, size: unlimited, keep: all, read: {energy: 8pJ/bit, bandwidth: 16b/cycle}, write: {energy: 8pJ/bit, bandwidth: 16b/cycle}, leakage: 1mW, area: 1mm2},
  {memory: G, size: 1KiB, keep: outputs, may_keep: all, read: {energy: 1pJ/bit, bandwidth: 64b/cycle}, write: {energy: 1pJ/bit, bandwidth: 64b/cycle}, leakage: 1mW, area: 0.5mm2},
  {array: P, dims: [{name: x, size: 4}, {name: y, size: 2}]},
  {compute: M, energy: 0.5pJ, throughput: 1/cycle, leakage: 0.1mW, area: 0.005mm2}]}`
	f.Add(tiny, "Z[m,n] = A[m,k] * B[k,n]", int64(4), int64(6), int64(8), int64(8))
	f.Add(tiny, "O[n,p] = I[n, 2*p+r] * W[r]", int64(1<<40), int64(7), int64(3), int64(64))
	f.Add(tiny, "Z[m] = A[m,k] * B[k]", int64(math.MaxInt64), int64(1), int64(1), int64(1))
	f.Add(tiny, "Z[m] = A[m,k] * B[k]", int64(999999937), int64(1000000), int64(1), int64(8)) // a prime, 10^15 in all
	for _, name := range hwmodel.PresetNames() {
		data, err := hwmodel.PresetYAML(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(data), "Z[b,m] = A[b,k] * B[k,m]", int64(1), int64(16), int64(12), int64(16))
	}
	f.Fuzz(func(t *testing.T, archText, einsum string, s0, s1, s2, bits int64) {
		defer boundtest.Cost{}.Start(t)()
		spec, err := hwmodel.ParseSpec([]byte(archText), "a.yaml")
		if err != nil {
			return
		}
		arch, err := spec.Build()
		if err != nil {
			return
		}
		e, err := workload.ParseEinsum(einsum)
		if err != nil || len(e.Vars) > 5 {
			return
		}
		exact := 1.0
		for i := range e.Vars {
			e.Vars[i].Size = []int64{s0, s1, s2, 2, 3}[i]
			exact *= float64(e.Vars[i].Size)
		}
		for i := range e.Tensors {
			e.Tensors[i].Bits = bits
		}
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
		best, err := Optimal(ctx, arch, &e, Options{MaxNodes: 2000})
		if err != nil {
			return
		}
		c := &best.Cost
		for _, x := range []float64{c.EnergyJ, c.LatencyS, c.EDPJs, c.Utilization, best.Search.Bound} {
			if math.IsNaN(x) || math.IsInf(x, 0) || x < 0 {
				t.Errorf("%+v", c)
			}
		}
		if math.Abs(c.MACs-exact) > 1e-12*exact || c.Utilization > 1 {
			t.Errorf("%g multiply-accumulates of %g, utilization %g", c.MACs, exact, c.Utilization)
		}
		if best.Search.Bound > c.EDPJs*(1+1e-9) {
			t.Errorf("bound %g above the value %g", best.Search.Bound, c.EDPJs)
		}
		p, err := model.Compile(arch, &e)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := model.Evaluate(p, &best.Mapping); err != nil || math.Abs(again.EDPJs-c.EDPJs) > 1e-12*c.EDPJs {
			t.Errorf("evaluated again %+v, %v; was %+v", again, err, c)
		}
	})
}
