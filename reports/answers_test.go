package reports

import (
	"context"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"tcmdse/results"
)

// TestAxes: what moves together is one axis, what follows from others is none.
func TestAxes(t *testing.T) {
	d := built(4, func(i int, c *results.CandidateRow) {
		for k, path := range []string{"PE.x", "PE.y", "GLB.size", "GLB.width", "RF.size", "DRAM.bandwidth", "clock"} {
			c.Params = append(c.Params, results.Param{Path: path, Value: float64(i + k), Text: fmt.Sprint(i + k)})
		}
	})
	d.Sweep.Config = `description: " How large? "
axes:
  - {path: PE.y, same: PE.x}
  - {path: PE.x, values: [1, 2]}
  - zip: [{path: GLB.size, values: [1]}, {path: GLB.width, values: [1]}]
  - {path: RF.size, derive: "GLB.size / 2", round: 1}
  - {path: DRAM.bandwidth, values: [1, 2]}
where: ["PE.x <= 4", "PE.y > 1"]
sample: {method: sobol, count: 40, seed: 7}
budget: {area: 3mm2}
---
name: x
axes: nonsense
`
	var names []string
	for _, a := range d.axes() {
		names = append(names, a.name())
	}
	if got, want := strings.Join(names, "; "), "PE.x (with PE.y); GLB.size (with GLB.width); DRAM.bandwidth; clock"; got != want {
		t.Errorf("axes %s, want %s", got, want)
	}
	var q []string
	d.Sweep.CandidatesTotal, d.Sweep.Arch, d.Sweep.Objective = 4, "edge", "latency"
	for _, x := range d.question() {
		q = append(q, x[0]+": "+x[1])
	}
	want := `Question: How large?
Asked: Which of 4 candidates of edge has the least energy-delay product for its area, with mappings chosen for least latency, on net?
Varied: PE.x (with PE.y): 0, 1, 2, 3; GLB.size (with GLB.width): 2, 3, 4, 5; DRAM.bandwidth: 5, 6, 7, 8; clock: 6, 7, 8, 9
Rules: PE.x <= 4; PE.y > 1
Budget: area 3mm2; candidates above it were not mapped
Sample: sobol of the grid, 40 candidates, seed 7`
	if got := strings.Join(q, "\n"); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	// a circle, or what is no YAML, ends
	for _, config := range []string{"axes: [{path: PE.x, same: PE.y}, {path: PE.y, same: PE.x}]", "\x00: [", "axes: 7", ""} {
		d.Sweep.Config = config
		if len(d.axes()) == 0 || len(d.question()) == 0 {
			t.Errorf("%q: no axes", config)
		}
	}
}

// grid is a sweep of x, y and a size, EDP = 1/x * y^0.5 and area x + y; z follows from x and y.
func effectGrid(skip func(x, y int) bool) *Data {
	var xs, ys []int
	for _, x := range []int{1, 2, 4} {
		for _, y := range []int{1, 4} {
			if !skip(x, y) {
				xs, ys = append(xs, x), append(ys, y)
			}
		}
	}
	d := built(len(xs), func(i int, c *results.CandidateRow) {
		x, y := float64(xs[i]), float64(ys[i])
		c.AreaMM2, c.EDPJs, c.OnFront = x+y, math.Sqrt(y)/x, false
		c.Params = []results.Param{{Path: "x", Value: x, Text: fmt.Sprint(xs[i])}, {Path: "y", Value: y, Text: fmt.Sprint(ys[i])},
			{Path: "z", Value: x * y, Text: fmt.Sprint(xs[i] * ys[i])}}
	})
	d.Sweep.Config = "axes: [{path: x}, {path: y}, {path: z, derive: x*y}]"
	return d
}

// TestEffects checks steps, ends and values against what the formula says.
func TestEffects(t *testing.T) {
	d := effectGrid(func(x, y int) bool { return false })
	w := &d.Workloads[0]
	es := w.effects(d.axes())
	if len(es) != 2 || es[0].axis.column.path != "x" || es[1].axis.column.path != "y" {
		t.Fatalf("axes %v", es)
	}
	x, y := &es[0], &es[1]
	near := func(what string, got, want float64) {
		t.Helper()
		if math.Abs(got-want) > 1e-12 {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	if x.pairs != 4 || x.whole != 2 || y.pairs != 3 || y.whole != 3 || len(x.values) != 3 {
		t.Errorf("%+v\n%+v", x, y)
	}
	near("x, a step", x.edpStep.median, 0.5)
	near("x, ends", x.edpEnds.median, 0.25)
	near("y, a step", y.edpStep.median, 2)
	near("area, x, median of 6/5, 8/6, 3/2 and 5/3", x.areaStep.median, (8./6+3./2)/2)
	near("least at x = 4", x.values[2].leastEDP, 0.25)
	near("median at x = 1", x.values[0].median, 1.5)
	if x.best() != 2 || y.best() != 0 || w.Candidates[x.values[2].least].Params[1].Text != "1" {
		t.Errorf("best %d %d", x.best(), y.best())
	}
	at := slices.IndexFunc(w.Candidates, func(c results.CandidateRow) bool { return c.Params[0].Text == "2" && c.Params[1].Text == "1" })
	var to []string
	for _, n := range w.neighbours(at, es) {
		c := &w.Candidates[n.to]
		to = append(to, fmt.Sprint(c.Params[0].Text, ",", c.Params[1].Text, " ", n.up))
	}
	if got := strings.Join(to, "; "); got != "1,1 false; 4,1 true; 2,4 true" {
		t.Errorf("neighbours of 2,1: %s", got)
	}
}

// TestEffectsIncluded: a value in two units is one, and a value that only an included point has hides no step of the grid.
func TestEffectsIncluded(t *testing.T) {
	d := effectGrid(func(x, y int) bool { return false })
	d.Sweep.CandidatesTotal = 7
	w := &d.Workloads[0]
	extra := w.Candidates[0]
	extra.Index, extra.ID = 6, 77
	extra.Params = []results.Param{{Path: "x", Value: 3, Text: "3"}, {Path: "y", Value: 9, Text: "9"}, {Path: "z", Value: 27, Text: "27"}}
	w.Candidates = append(w.Candidates, extra)
	for i := range w.Candidates {
		for k := range w.Candidates[i].Params {
			if p := &w.Candidates[i].Params[k]; p.Path == "x" {
				p.Text += "KiB"
				if p.Value *= 8192; p.Value == 4*8192 && i%2 == 0 {
					p.Text = "4096B"
				}
			}
		}
	}
	d.columns, d.short = nil, nil
	pairs := func(include string) (n int, values []string) {
		d.Sweep.Config = "axes: [{path: x}, {path: y}, {path: z, derive: x*y}]\ninclude: [" + include + "]"
		e := w.effects(d.axes())[0]
		for _, v := range e.values {
			values = append(values, fmt.Sprint(v.value/1024))
		}
		at := slices.IndexFunc(w.Candidates, func(c results.CandidateRow) bool { return c.Params[0].Text == "2KiB" && c.Params[1].Text == "1" })
		var to []string
		for _, near := range w.neighbours(at, w.effects(d.axes())) {
			to = append(to, fmt.Sprint(w.Candidates[near.to].Params[0].Value/8192, ",", w.Candidates[near.to].Params[1].Text))
		}
		if want := "1,1; 4,1; 2,4"; include != "" && strings.Join(to, "; ") != want {
			t.Errorf("neighbours %s, want %s", to, want)
		}
		return e.pairs, values
	}
	if n, values := pairs("{x: 3KiB}"); n != 4 || strings.Join(values, " ") != "1 2 3 4" {
		t.Errorf("%d pairs of %s, want 4 of 1 to 4", n, values)
	}
	if n, _ := pairs(""); n != 2 {
		t.Errorf("%d pairs: from 2 to 4 is two steps where 3 is of the grid", n)
	}
}

// TestEffectsSparse: values next to each other in the axis but not in a group are no step; nothing is said of what is not known.
func TestEffectsSparse(t *testing.T) {
	d := effectGrid(func(x, y int) bool { return x == 2 && y == 1 })
	w := &d.Workloads[0]
	es := w.effects(d.axes())
	if x := &es[0]; x.pairs != 2 || x.whole != 2 {
		t.Errorf("%d pairs, %d groups: 1,1 to 4,1 is two steps", x.pairs, x.whole)
	}
	one := built(3, func(i int, c *results.CandidateRow) { // no two differ in one axis alone
		for _, p := range []string{"a", "b"} {
			c.Params = append(c.Params, results.Param{Path: p, Value: float64(i), Text: fmt.Sprint(i)})
		}
	})
	for _, e := range one.Workloads[0].effects(one.axes()) {
		if e.pairs != 0 || changeOf(e.edpStep.median) != nil || changeOf(e.edpEnds.median) != nil || len(e.values) != 3 {
			t.Errorf("%+v", e)
		}
	}
	odd := built(3, func(i int, c *results.CandidateRow) { // texts among numbers, and a parameter that one lacks
		if i > 0 {
			c.Params = []results.Param{{Path: "size", Value: float64(i), Text: []string{"", "8KiB", "unlimited"}[i]}}
		}
	})
	e := odd.Workloads[0].effects(odd.axes())[0]
	if e.numeric || e.logOK || len(e.values) != 3 || e.values[0].text != "8KiB" {
		t.Errorf("%+v", e)
	}
}

// TestLimits: time by the bottleneck that holds longest over the network, all runs of a layer; fills from nine tenths on.
func TestLimits(t *testing.T) {
	w := Workload{Front: []int{0}, Candidates: []results.CandidateRow{{ID: 5, EnergyJ: 20, LatencyS: 10}},
		Layers: []results.LayerRow{
			{CandidateID: 5, Layer: results.Layer{Name: "a", Count: 3, LatencyS: 2, Bottleneck: "GLB"}},
			{CandidateID: 5, Layer: results.Layer{Name: "b", Count: 1, LatencyS: 4, Bottleneck: "MAC"}}}}
	add := func(layer string, count int64, c results.Component) {
		w.Components = append(w.Components, results.ComponentRow{CandidateID: 5, Layer: layer, Count: count, Component: c})
	}
	add("a", 3, results.Component{Name: "DRAM", EnergyJ: 3, LeakageJ: 1, PeakBits: 1e9})
	add("a", 3, results.Component{Name: "GLB", EnergyJ: 1, PeakBits: 90, SizeBits: 100})
	add("a", 3, results.Component{Name: "MAC"})
	add("b", 1, results.Component{Name: "DRAM", EnergyJ: 1})
	add("b", 1, results.Component{Name: "GLB", EnergyJ: 4, PeakBits: 89.9, SizeBits: 100})
	add("b", 1, results.Component{Name: "MAC"})
	l := w.limits()[5]
	if l == nil || *l != (limit{"GLB", 0.6, false, "DRAM", 0.65, "GLB", 0.6, 0.15}) {
		t.Fatalf("%+v", l)
	}
	if l.timeText() != "bandwidth of GLB" {
		t.Errorf("time by %s", l.timeText())
	}
	w.Layers[1].Count = 10
	if l := w.limits()[5]; l.timeText() != "compute (MAC)" {
		t.Errorf("%+v", l)
	}
	var none *limit
	if none.bottleneck() != nil || len(none.cells()) != len(limitHeader()) {
		t.Error("a design without layers has limits")
	}
}

// TestBudgets: the same designs as view best_per_budget, on random sweeps.
func TestBudgets(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 1))
	for range 20 {
		s, cs := sampleSweep()
		s.Workloads = []string{"netA"}
		for i := range cs {
			cs[i].Results = cs[i].Results[:1]
			cs[i].AreaMM2 = math.Pow(10, 4*r.Float64()-3)
			if i%7 == 0 {
				cs[i].AreaMM2 = []float64{0.05, 2, 5, 0, 0.005}[i/7%5]
			}
			if n := &cs[i].Results[0]; n.Status == results.OK {
				n.EDPJs = r.Float64() / (0.1 + cs[i].AreaMM2)
			}
		}
		db := database(t, s, cs)
		d, err := Read(context.Background(), db, 0)
		if err != nil {
			t.Fatal(err)
		}
		w := &d.Workloads[0]
		var got, want []string
		for _, b := range w.budgets() {
			got = append(got, fmt.Sprintf("%g %d", b.mm2, w.Candidates[w.Front[b.at]].ID))
		}
		rows, err := db.Query(context.Background(), "SELECT budget_mm2, candidate_id FROM best_per_budget ORDER BY budget_mm2")
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range rows.Values {
			want = append(want, fmt.Sprintf("%v %v", v[0], v[1]))
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%v, the view has %v", got, want)
		}
	}
}

// TestMean: weighted geometric means, worked out apart; only candidates mapped on all count, and the front is the one by
// the definition.
func TestMean(t *testing.T) {
	s, cs := sampleSweep()
	db := database(t, s, cs)
	d, err := ReadWeighted(context.Background(), db, 0, map[string]float64{"netA": 3, "netB": 1})
	if err != nil {
		t.Fatal(err)
	}
	if d.Mean == nil || d.Mean.Name != "geometric mean (netA 75 %, netB 25 %)" || d.Mean.all.n != 108 {
		t.Fatalf("%+v", d.Mean)
	}
	figures := map[int64][]results.CandidateRow{}
	for i := range d.Workloads {
		for _, c := range d.Workloads[i].Candidates {
			if c.Status == results.OK {
				figures[c.ID] = append(figures[c.ID], c)
			}
		}
	}
	mapped := 0
	for _, c := range d.Mean.Candidates {
		f := figures[c.ID]
		if (c.Status == results.OK) != (len(f) == 2) {
			t.Fatalf("idx %d is %s and mapped on %d", c.Index, c.Status, len(f))
		}
		if c.Status != results.OK {
			if c.Reason == "" {
				t.Errorf("idx %d: no reason", c.Index)
			}
			continue
		}
		mapped++
		want := math.Pow(f[0].EDPJs, 0.75) * math.Pow(f[1].EDPJs, 0.25)
		if math.Abs(c.EDPJs/want-1) > 1e-12 || math.Abs(c.EnergyJ*c.LatencyS/c.EDPJs-1) > 1e-12 {
			t.Errorf("idx %d: %g, want %g", c.Index, c.EDPJs, want)
		}
		beaten := slices.ContainsFunc(d.Mean.Candidates, func(o results.CandidateRow) bool {
			return o.Status == results.OK && o.AreaMM2 <= c.AreaMM2 && o.EDPJs < c.EDPJs ||
				o.Status == results.OK && o.AreaMM2 < c.AreaMM2 && o.EDPJs == c.EDPJs || o.AreaMM2 == c.AreaMM2 && o.EDPJs == c.EDPJs && o.Index < c.Index
		})
		if beaten == c.OnFront {
			t.Errorf("idx %d: on the front %v, beaten %v", c.Index, c.OnFront, beaten)
		}
	}
	if mapped != 75 || len(d.Mean.Front) < 3 || len(d.Mean.Candidates[d.Mean.Front[0]].Params) == 0 || d.Mean.Candidates[d.Mean.Front[0]].ArchYAML == "" {
		t.Errorf("%d mapped on both, %d on the front", mapped, len(d.Mean.Front))
	}
	alone, err := ReadWeighted(context.Background(), db, 0, map[string]float64{"netA": 2})
	if err != nil {
		t.Fatal(err)
	}
	if a, b := alone.Mean, &alone.Workloads[0]; a.all.mapped != b.all.mapped || len(a.Front) != len(b.Front) {
		t.Errorf("netA alone: %d mapped and %d on the front, want %d and %d", a.all.mapped, len(a.Front), b.all.mapped, len(b.Front))
	}
	few, err := read(context.Background(), db, 0, room{candidates: 60, designs: 1000, layers: 1e6}, nil)
	if err != nil || few.Mean.all.n != 108 || len(few.Mean.Candidates) > 30 || len(few.Mean.Front) != 9 {
		t.Errorf("of a thinned sweep: %d of %d candidates, %d on the front, %v", len(few.Mean.Candidates), few.Mean.all.n, len(few.Mean.Front), err)
	}
}

func TestWeights(t *testing.T) {
	names := []string{"a", "b"}
	for _, bad := range []map[string]float64{{"a": -1}, {"a": 0}, {"c": 1, "a": 1}, {"a": math.NaN()}, {"b": math.Inf(1)}, {}} {
		if w, err := weights(names, bad); err == nil {
			t.Errorf("%v gives %v", bad, w)
		}
	}
	if w, err := weights(names, nil); err != nil || w[0] != 0.5 || w[1] != 0.5 {
		t.Errorf("%v, %v", w, err)
	}
}

// TestWorkbookTime: four times the candidates, each with a value of its own, take about four times as long. With a step that is
// quadratic, as sorting values by looking each up in a list was, they took sixteen times.
func TestWorkbookTime(t *testing.T) {
	took := func(n int) time.Duration {
		d := built(n, func(i int, c *results.CandidateRow) {
			c.OnFront = i%1000 == 0
			c.EDPJs = math.Exp(math.Sin(float64(i) * 12.9898))
			c.Params = []results.Param{{Path: "clock", Value: float64(i), Text: fmt.Sprintf("%d.5kHz", i)}, {Path: "n", Value: float64(i % 9), Text: fmt.Sprint(i % 9)}}
		})
		best := time.Duration(math.MaxInt64)
		for range 2 { // the machine may have been busy
			start := time.Now()
			if err := WriteXLSX(io.Discard, d); err != nil {
				t.Fatal(err)
			}
			best = min(best, time.Since(start))
		}
		return best
	}
	few, many := took(10_000), took(40_000)
	if ratio := float64(many) / float64(few); ratio > 9 {
		t.Errorf("four times the candidates took %v, %.1f times %v", many, ratio, few)
	}
}
