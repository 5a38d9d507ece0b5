package reports

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"tcmdse/results"
)

// long is the front of one design with many layers, figures over twelve decades, and what GLB takes of it, exactly.
func long(r *rand.Rand, layers int) (w *Workload, glb, total float64) {
	draw := func() float64 { return math.Pow(10, 12*r.Float64()-12) }
	w = &Workload{Name: "net", Candidates: []results.CandidateRow{{ID: 1, Status: results.OK, AreaMM2: 1, OnFront: true}}, Front: []int{0}}
	exact := map[string]*big.Float{}
	for _, k := range []string{"GLB", "MAC", "", "leakage", "time", "late"} {
		exact[k] = new(big.Float).SetPrec(400)
	}
	add := func(k string, x float64) { exact[k].Add(exact[k], big.NewFloat(x)) }
	for i := range layers {
		l := results.LayerRow{CandidateID: 1, Layer: results.Layer{Name: fmt.Sprint(i), Count: 1 + r.Int64N(1000), LatencyS: draw(), Bottleneck: []string{"GLB", "MAC"}[r.IntN(2)]}}
		n := float64(l.Count)
		for _, name := range []string{"GLB", "MAC"} {
			k := results.Component{Name: name, EnergyJ: draw(), LeakageJ: draw(), PeakBits: 8, SizeBits: 8}
			w.Components = append(w.Components, results.ComponentRow{CandidateID: 1, Layer: l.Name, Count: l.Count, Component: k})
			add(name, n*(k.EnergyJ+k.LeakageJ))
			add("leakage", n*k.LeakageJ)
			add("", n*(k.EnergyJ+k.LeakageJ))
		}
		add("time", n*l.LatencyS)
		if l.Bottleneck == "GLB" {
			add("late", n*l.LatencyS)
		}
		w.Layers = append(w.Layers, l)
	}
	c := &w.Candidates[0]
	c.EnergyJ, _ = exact[""].Float64()
	c.LatencyS, _ = exact["time"].Float64()
	c.EDPJs = c.EnergyJ * c.LatencyS
	glb, _ = exact["GLB"].Float64()
	return w, glb, c.EnergyJ
}

// TestOrderOfRows: shares and sums of a report do not depend on the order in which layers and components are read, and a
// breakdown's parts make its total.
func TestOrderOfRows(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 4))
	w, glb, total := long(r, 30_000)
	worst := 0.0
	check := func(what string, got, want float64) {
		t.Helper()
		off := math.Abs(got-want) / want
		if worst = max(worst, off); off > 1e-15 {
			t.Errorf("%s: %v, exactly %v: %.2g off", what, got, want, off)
		}
	}
	var first limit
	for turn := range 3 {
		e := w.energies(map[int64]bool{1: true})[1]
		check("parts", e.dynamic.Value("GLB")+e.dynamic.Value("MAC")+e.leakage.Value(), total)
		l := w.limits()[1]
		name, share := "GLB", glb/total
		if share < 0.5 {
			name, share = "MAC", 1-share
		}
		if l.energy != name {
			t.Errorf("%s takes most, not %s", name, l.energy)
		}
		check("share of energy", l.energyShare, share)
		if turn == 0 {
			first = *l
		} else if l.time != first.time || l.full != first.full || math.Abs(l.timeShare-first.timeShare) > 1e-15 ||
			math.Abs(l.fullShare-first.fullShare) > 1e-15 || math.Abs(l.leakageShare-first.leakageShare) > 1e-15 {
			t.Errorf("limits %+v, in another order %+v", first, *l)
		}
		r.Shuffle(len(w.Components), func(i, j int) { w.Components[i], w.Components[j] = w.Components[j], w.Components[i] })
		r.Shuffle(len(w.Layers), func(i, j int) { w.Layers[i], w.Layers[j] = w.Layers[j], w.Layers[i] })
	}
	t.Logf("worst %.2g", worst)
}

// TestOrderOfWorkloads: geometric means over workloads in another order, the weights with them, are the same within 1e-12.
func TestOrderOfWorkloads(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 5))
	const n = 100
	var names []string
	given := map[string]float64{}
	rows := make([]results.CandidateRow, n)
	for i := range n {
		names = append(names, fmt.Sprint("w", i))
		given[names[i]] = r.Float64()
		rows[i] = results.CandidateRow{ID: 1, Status: results.OK, AreaMM2: 1, EnergyJ: math.Pow(10, 40*r.Float64()-20), LatencyS: math.Pow(10, 40*r.Float64()-20)}
	}
	mean := func() results.CandidateRow {
		ws, err := weights(names, given)
		if err != nil {
			t.Fatal(err)
		}
		m := &means{weights: ws, at: map[int64]int{}}
		for k := range rows {
			m.add(k, &rows[k])
		}
		return m.workload(names, 10).Candidates[0]
	}
	want := mean()
	worst := 0.0
	for range 20 {
		r.Shuffle(n, func(i, j int) { rows[i], rows[j], names[i], names[j] = rows[j], rows[i], names[j], names[i] })
		got := mean()
		for _, x := range [][2]float64{{got.EnergyJ, want.EnergyJ}, {got.LatencyS, want.LatencyS}, {got.EDPJs, want.EDPJs}} {
			off := math.Abs(x[0]/x[1] - 1)
			if worst = max(worst, off); off > 1e-12 {
				t.Errorf("mean %v, in another order %v", x[1], x[0])
			}
		}
	}
	if worst == 0 {
		t.Error("nothing moves: the terms are too easy")
	}
	t.Logf("%d workloads over 40 decades: worst %.2g", n, worst)
}
