package mapper

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"math"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"testing"

	"tcmdse/hwmodel"
	"tcmdse/mapper/internal/exhaustive"
	"tcmdse/mapper/workload"
)

var (
	imperfectN    = flag.Int("imperfect.n", 150, "how many random problems TestOracleImperfect compares")
	imperfectSeed = flag.Uint64("imperfect.seed", 1, "first seed of TestOracleImperfect")
)

// TestOracleImperfect compares the mapper with exhaustive search where loops may leave remainders: the same optimum
// for all three objectives and the same front.
func TestOracleImperfect(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(1000))
	var seed, compared, mappings, gained atomic.Uint64
	seed.Store(*imperfectSeed - 1)
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for compared.Load() < uint64(*imperfectN) && !t.Failed() {
				best, better := compareImperfect(t, seed.Add(1))
				if best == nil {
					continue
				}
				compared.Add(1)
				mappings.Add(uint64(best.Mappings))
				if better {
					gained.Add(1)
				}
			}
		})
	}
	wg.Wait()
	t.Logf("%d problems, seeds %d to %d, %d mappings enumerated, %d optima have remainders", compared.Load(), *imperfectSeed, seed.Load(), mappings.Load(), gained.Load())
	if gained.Load() == 0 {
		t.Error("no optimum has a remainder")
	}
}

func compareImperfect(t *testing.T, seed uint64) (best *exhaustive.Best, remainder bool) {
	arch, einsum := exhaustive.Imperfect(seed)
	return compareRemainders(t, seed, arch, einsum)
}

// compareRemainders judges one problem; nil when it is too large to enumerate.
func compareRemainders(t *testing.T, seed uint64, arch *hwmodel.Arch, einsum *workload.Einsum) (best *exhaustive.Best, remainder bool) {
	best, err := exhaustive.SearchImperfect(arch, einsum, *oracleLimit/5)
	if errors.Is(err, exhaustive.ErrTooMany) {
		return nil, false
	}
	if err != nil {
		t.Errorf("seed %d: oracle: %v", seed, err)
		return nil, false
	}
	a, _ := json.Marshal(arch)
	e, _ := json.Marshal(einsum)
	for _, o := range []Objective{EDP, Energy, Latency, Front} {
		r, err := Optimal(context.Background(), arch, einsum, Options{Objective: o, Imperfect: true})
		var none *InfeasibleError
		if errors.As(err, &none) && best.Valid == 0 {
			continue
		}
		if err != nil {
			t.Errorf("seed %d %v: %v (oracle: %d valid mappings)\narch %s\neinsum %s", seed, o, err, best.Valid, a, e)
			continue
		}
		if o == Front {
			var got []exhaustive.Point
			for _, p := range r.Front {
				got = append(got, exhaustive.Point{EnergyJ: p.Cost.EnergyJ, LatencyS: p.Cost.LatencyS})
			}
			if !asGood(got, best.Front) || !asGood(best.Front, got) {
				t.Errorf("seed %d front: mapper %v, oracle %v\narch %s\neinsum %s", seed, got, best.Front, a, e)
			}
			continue
		}
		got := map[Objective]float64{EDP: r.Cost.EDPJs, Energy: r.Cost.EnergyJ, Latency: r.Cost.LatencyS}[o]
		want := map[Objective]float64{EDP: best.EDPJs, Energy: best.EnergyJ, Latency: best.LatencyS}[o]
		if math.Abs(got-want) > 1e-9*want {
			t.Errorf("seed %d %v: mapper %v, oracle %v\narch %s\neinsum %s\nmapper %v\noracle %v", seed, o, got, want, a, e, r.Mapping.Nodes, best.ByEDP.Nodes)
		}
		remainder = remainder || r.Mapping.Imperfect
	}
	return best, remainder
}
