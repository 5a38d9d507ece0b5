package mapper

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"tcmdse/hwmodel"
	"tcmdse/mapper/internal/exhaustive"
	"tcmdse/mapper/workload"
)

var (
	oracleN     = flag.Int("oracle.n", 1000, "how many random problems TestOracle compares")
	oracleSeed  = flag.Uint64("oracle.seed", 1, "first seed of TestOracle")
	oracleLimit = flag.Int64("oracle.limit", 20000, "problems with more mappings than this are skipped")
)

// TestOracle compares the mapper with exhaustive search on random small problems: the same optimum for all three
// objectives, the same verdict where nothing is valid.
func TestOracle(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(1000))
	for _, sd := range failedSeeds(t, "testdata/seeds.txt") {
		compare(t, sd)
	}
	var seed, compared, mappings, infeasible atomic.Uint64
	seed.Store(*oracleSeed - 1)
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for compared.Load() < uint64(*oracleN) && !t.Failed() {
				sd := seed.Add(1)
				best := compare(t, sd)
				if best == nil {
					continue
				}
				compared.Add(1)
				mappings.Add(uint64(best.Mappings))
				if best.Valid == 0 {
					infeasible.Add(1)
				}
			}
		})
	}
	wg.Wait()
	t.Logf("%d problems, seeds %d to %d, %d mappings enumerated, %d infeasible, %d points of fronts, %d searches cut short",
		compared.Load(), *oracleSeed, seed.Load(), mappings.Load(), infeasible.Load(), frontPoints.Load(), cutShort.Load())
}

// TestOracleAdjacentArrays: two arrays in one gap, made by splitting arrays of two dimensions.
func TestOracleAdjacentArrays(t *testing.T) {
	compared := 0
	for seed := uint64(500_001); compared < 60; seed++ {
		arch, einsum := exhaustive.Random(seed)
		split := false
		for i := range arch.Nodes {
			if n := arch.Nodes[i]; len(n.Dims) == 2 {
				outer, inner := n, n
				outer.Name, outer.Dims, inner.Dims = n.Name+"o", n.Dims[:1], n.Dims[1:]
				arch.Nodes = slices.Replace(slices.Clone(arch.Nodes), i, i+1, outer, inner)
				split = true
				break
			}
		}
		if split && compareProblem(t, seed, arch, einsum) != nil {
			compared++
		}
	}
}

// compare judges one seed; nil when the problem is too large to enumerate.
func compare(t *testing.T, seed uint64) *exhaustive.Best {
	arch, einsum := exhaustive.Random(seed)
	return compareProblem(t, seed, arch, einsum)
}

func compareProblem(t *testing.T, seed uint64, arch *hwmodel.Arch, einsum *workload.Einsum) *exhaustive.Best {
	best, err := exhaustive.Search(arch, einsum, *oracleLimit)
	if errors.Is(err, exhaustive.ErrTooMany) {
		return nil
	}
	if err != nil {
		t.Errorf("seed %d: oracle: %v", seed, err)
		return nil
	}
	for _, o := range []Objective{EDP, Energy, Latency} {
		want := map[Objective]float64{EDP: best.EDPJs, Energy: best.EnergyJ, Latency: best.LatencyS}[o]
		r, err := Optimal(context.Background(), arch, einsum, Options{Objective: o})
		var none *InfeasibleError
		if errors.As(err, &none) && best.Valid == 0 {
			continue
		}
		if err != nil {
			t.Errorf("seed %d %v: %v (oracle: %d valid mappings)", seed, o, err, best.Valid)
			continue
		}
		got := map[Objective]float64{EDP: r.Cost.EDPJs, Energy: r.Cost.EnergyJ, Latency: r.Cost.LatencyS}[o]
		if math.Abs(got-want) > 1e-9*want {
			a, _ := json.Marshal(arch)
			e, _ := json.Marshal(einsum)
			t.Errorf("seed %d %v: mapper %v, oracle %v\narch %s\neinsum %s\nmapper %v\noracle %v", seed, o, got, want, a, e, r.Mapping.Nodes, best.ByEDP.Nodes)
		}
	}
	compareFront(t, seed, arch, einsum, best)
	compareBudget(t, seed, arch, einsum, best)
	return best
}

// compareFront demands that each point of either front has one of the other that is as good.
func compareFront(t *testing.T, seed uint64, arch *hwmodel.Arch, einsum *workload.Einsum, best *exhaustive.Best) {
	if best.Valid == 0 {
		return
	}
	r, err := Optimal(context.Background(), arch, einsum, Options{Objective: Front})
	if err != nil {
		t.Errorf("seed %d front: %v", seed, err)
		return
	}
	var got []exhaustive.Point
	for _, p := range r.Front {
		got = append(got, exhaustive.Point{EnergyJ: p.Cost.EnergyJ, LatencyS: p.Cost.LatencyS})
	}
	if !asGood(got, best.Front) || !asGood(best.Front, got) {
		t.Errorf("seed %d front: mapper %v, oracle %v", seed, got, best.Front)
	}
	for i := 1; i < len(got); i++ {
		if got[i].LatencyS <= got[i-1].LatencyS || got[i].EnergyJ >= got[i-1].EnergyJ {
			t.Errorf("seed %d front: %v is out of order or beaten", seed, got)
		}
	}
	frontPoints.Add(int64(len(best.Front)))
}

// frontPoints counts the points compared by all tests of this run.
var frontPoints atomic.Int64

// asGood reports whether each point of b has one of a that is no worse in both.
func asGood(a, b []exhaustive.Point) bool {
	for _, p := range b {
		if !slices.ContainsFunc(a, func(q exhaustive.Point) bool {
			return q.EnergyJ <= p.EnergyJ*(1+1e-9) && q.LatencyS <= p.LatencyS*(1+1e-9)
		}) {
			return false
		}
	}
	return true
}

// compareBudget ends searches early: the mapping has to be valid, the bound no higher than the optimum, the claim of
// optimality true.
func compareBudget(t *testing.T, seed uint64, arch *hwmodel.Arch, einsum *workload.Einsum, best *exhaustive.Best) {
	for _, nodes := range []int64{1, 1 + int64(seed%97), 1 + int64(seed%997)} {
		r, err := Optimal(context.Background(), arch, einsum, Options{MaxNodes: nodes})
		var none *InfeasibleError
		if errors.Is(err, ErrBudget) || best.Valid == 0 && errors.As(err, &none) {
			continue
		}
		if err != nil {
			t.Errorf("seed %d, %d nodes: %v", seed, nodes, err)
			continue
		}
		s := r.Search
		if r.Cost.EDPJs < best.EDPJs*(1-1e-9) || s.Bound > best.EDPJs*(1+1e-9) || math.Abs(r.Cost.EDPJs/s.Bound-1-s.Gap) > 1e-9*(1+s.Gap) {
			t.Errorf("seed %d, %d nodes: value %g, bound %g, gap %g, oracle %g", seed, nodes, r.Cost.EDPJs, s.Bound, s.Gap, best.EDPJs)
		}
		if s.Optimal && r.Cost.EDPJs > best.EDPJs*(1+1e-9) {
			t.Errorf("seed %d, %d nodes: %g called optimal, oracle %g", seed, nodes, r.Cost.EDPJs, best.EDPJs)
		}
		if !s.Optimal {
			cutShort.Add(1)
		}
	}
}

// cutShort counts the searches that a budget ended.
var cutShort atomic.Int64

// failedSeeds lists the seeds that ever failed, from a file of testdata.
func failedSeeds(t *testing.T, file string) []uint64 {
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out []uint64
	for _, line := range strings.Split(string(data), "\n") {
		var seed uint64
		if n, _ := fmt.Sscan(line, &seed); n == 1 {
			out = append(out, seed)
		}
	}
	if len(out) == 0 {
		t.Fatalf("no seeds in %s", file)
	}
	return out
}
