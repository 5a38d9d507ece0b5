package dse

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"tcmdse/hwmodel"
	"tcmdse/mapper"
	"tcmdse/mapper/workload"
	"tcmdse/results"
	"tcmdse/sweeps"
)

var (
	spaces     = flag.Int("spaces", 8, "how many random spaces TestFrontOnly compares")
	spacesSeed = flag.Int("spaces.seed", 0, "first seed of TestFrontOnly")
)

const frontArch = `
name: a
clock: 1GHz
nodes:
  - {memory: D, size: unlimited, keep: all, read: {energy: 8pJ/bit, bandwidth: 16b/cycle}, write: {energy: 8pJ/bit, bandwidth: 16b/cycle}, leakage: 1mW, area: 1mm2}
  - {memory: G, size: 1KiB, may_keep: all, read: {energy: 1pJ/bit, bandwidth: 64b/cycle}, write: {energy: 1pJ/bit, bandwidth: 64b/cycle}, leakage: 1mW, area: 0.5mm2}
  - array: P
    dims:
      - {name: x, size: 4, min_utilization: 1}
      - {name: y, size: 2, min_utilization: 0.5}
  - {memory: R, size: 16B, may_keep: all, read: {energy: 0.1pJ/bit, bandwidth: 16b/cycle}, write: {energy: 0.1pJ/bit, bandwidth: 16b/cycle}, leakage: 0.1mW, area: 0.01mm2}
  - {compute: M, energy: 0.5pJ, throughput: 1/cycle, leakage: 0.1mW, area: 0.005mm2}
`

// randomSpace writes a sweep of random axes over frontArch: some trade area for cost, some are free, some do harm, some
// make candidates invalid, over the budget or equal to others.
func randomSpace(t *testing.T, r *rand.Rand) *sweeps.Sweep {
	t.Helper()
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "a.yaml"), frontArch)
	var layers []string
	for i := range 1 + r.IntN(3) {
		layer := fmt.Sprintf("matmul: {M: %d, K: %d, N: %d}", 1<<r.IntN(4), 1<<r.IntN(4), 3<<r.IntN(2))
		if r.IntN(2) == 0 {
			layer = fmt.Sprintf("conv: {C: %d, M: 4, P: %d, Q: 4, R: 3, S: 1, stride: %d}", 1+r.IntN(3), 2+2*r.IntN(2), 1+r.IntN(2))
		}
		layers = append(layers, fmt.Sprintf("  - {name: l%d, %s, count: %d}", i, layer, 1+r.IntN(2)))
	}
	text := "name: net\nlayers:\n" + strings.Join(layers, "\n") + "\n"
	writeFile(t, filepath.Join(dir, "one.yaml"), text)
	writeFile(t, filepath.Join(dir, "two.yaml"), strings.Replace(text, "name: net", "name: net2", 1)+"  - {name: last, matmul: {M: 4, K: 4, N: 4}}\n")
	all := []string{
		"zip: [{path: G.size, values: [128B, 512B, 2KiB]}, {path: G.area, values: [0.2mm2, 0.5mm2, 1mm2]}, {path: G.read.energy, values: [0.5pJ/bit, 1pJ/bit, 1.5pJ/bit]}]",
		"zip: [{path: R.size, values: [3B, 16B, 64B]}, {path: R.area, values: [0.005mm2, 0.01mm2, 0.03mm2]}]",
		"zip: [{path: D.bandwidth, values: [4b/cycle, 16b/cycle, 64b/cycle]}, {path: D.area, values: [0.5mm2, 1mm2, 2mm2]}]",
		"{path: P.x, values: [1, 2, 3, 4, 5, 8]}",
		"{path: P.y, values: [1, 2, 4]}",
		"{path: G.bandwidth, values: [16b/cycle, 64b/cycle, unlimited]}",
		"{path: P.area, values: [0mm2, 0.01mm2, 0.2mm2]}",
		"{path: P.energy, values: [0pJ/bit, 0.02pJ/bit, 1pJ/bit]}",
		"{path: M.leakage, values: [0.01mW, 0.1mW, 3mW]}",
		"{path: D.area, values: [1mm2, 1.5mm2]}",
		"{path: R.read.energy, values: [0.05pJ/bit, 0.1pJ/bit, 0.4pJ/bit]}",
		"{path: M.throughput, values: [1/cycle, 2/cycle]}",
		"{path: G.size, values: [1B, 64B, 256B, 1KiB, 1025B]}",
	}
	r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	seen, axes := map[string]bool{}, ""
	for _, a := range all {
		clash := false
		for _, p := range strings.Split(a, "path: ")[1:] {
			p, _, _ = strings.Cut(p, ",")
			clash = clash || seen[p]
		}
		if !clash && len(seen) < 5 {
			if !strings.HasPrefix(a, "{") {
				a = "{" + a + "}"
			}
			axes += "  - " + a + "\n"
			for _, p := range strings.Split(a, "path: ")[1:] {
				p, _, _ = strings.Cut(p, ",")
				seen[p] = true
			}
		}
	}
	body := fmt.Sprintf("name: s\narch: a.yaml\nworkloads: [one.yaml%s]\nobjective: %s\naxes:\n%s", []string{"", ", two.yaml"}[r.IntN(2)], sweeps.Objectives()[r.IntN(3)], axes)
	if r.IntN(3) == 0 {
		body += "budget: {area: 2mm2}\n"
	}
	s, err := sweeps.Parse([]byte(body), "s.yaml", dir, nil)
	if err != nil {
		t.Fatalf("%v\n%s", err, body)
	}
	return s
}

// store runs a sweep into a file of its own and returns the file.
func store(t *testing.T, c Config) *results.Store {
	t.Helper()
	s, err := results.Open(filepath.Join(t.TempDir(), "r.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	c.Store = s
	if _, err := Run(context.Background(), c); err != nil {
		t.Fatal(err)
	}
	return s
}

// asked returns the rows of a query as text, one a line.
func asked(t *testing.T, s *results.Store, query string) string {
	t.Helper()
	rows, err := s.Query(context.Background(), query)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, v := range rows.Values {
		fmt.Fprintln(&b, v...)
	}
	return b.String()
}

const frontRows = `SELECT f.workload, c.idx, c.key, f.area_mm2, f.edp_js, f.energy_j, f.latency_s FROM front f JOIN candidate c USING (candidate_id, workload)
	ORDER BY f.workload, f.area_mm2`

// TestFrontOnly: on random spaces the front is that of the full sweep to the last bit, every candidate is stored, what
// is skipped has no less EDP than its bound, and what is mapped has the same figures.
func TestFrontOnly(t *testing.T) {
	skipped, candidates, designs := 0, 0, 0
	for seed := *spacesSeed; seed < *spacesSeed+*spaces; seed++ {
		s := randomSpace(t, rand.New(rand.NewPCG(uint64(seed), 6)))
		full := store(t, Config{Sweep: s, Jobs: 2})
		part := store(t, Config{Sweep: s, Jobs: 1 + seed%3, FrontOnly: true})
		want, got := asked(t, full, frontRows), asked(t, part, frontRows)
		if want != got {
			t.Fatalf("seed %d: front\n%swant\n%s\n%s", seed, got, want, s.Config())
		}
		designs += strings.Count(got, "\n")
		const all = "SELECT idx, workload, status, area_mm2, coalesce(edp_js, 0.0), coalesce(bound_edp_js, 0.0), key, coalesce(energy_j, 0.0) FROM candidate ORDER BY idx, workload"
		a, err := full.Query(context.Background(), all)
		if err != nil {
			t.Fatal(err)
		}
		b, err := part.Query(context.Background(), all)
		if err != nil || len(a.Values) != len(b.Values) {
			t.Fatalf("seed %d: %d outcomes, want %d, %v", seed, len(b.Values), len(a.Values), err)
		}
		for i, x := range a.Values {
			y := b.Values[i]
			candidates++
			if y[2] == results.Skipped {
				skipped++
				if bound, edp := y[5].(float64), x[4].(float64); bound <= 0 || x[2] == results.OK && bound > edp {
					t.Fatalf("seed %d: candidate %v skipped with the bound %g, its EDP is %g", seed, x[0], bound, edp)
				}
				x[2], x[4], x[7], y[5] = y[2], 0.0, 0.0, 0.0
			}
			if fmt.Sprint(x) != fmt.Sprint(y) {
				t.Fatalf("seed %d: %v, want %v", seed, y, x)
			}
		}
	}
	t.Logf("%d candidates, %d skipped, %d front designs", candidates, skipped, designs)
	if skipped < candidates/10 || designs < *spaces {
		t.Errorf("%d of %d skipped, %d designs: the spaces are too easy or nothing is skipped", skipped, candidates, designs)
	}
}

// TestFrontOnlyJobs: what is mapped and what is skipped does not depend on the number of goroutines.
func TestFrontOnlyJobs(t *testing.T) {
	s := randomSpace(t, rand.New(rand.NewPCG(5, 6)))
	const all = "SELECT idx, workload, status, reason, edp_js, bound_edp_js FROM candidate ORDER BY idx, workload"
	one, many := asked(t, store(t, Config{Sweep: s, Jobs: 1, FrontOnly: true}), all), asked(t, store(t, Config{Sweep: s, Jobs: 8, FrontOnly: true}), all)
	if one != many || !strings.Contains(one, results.Skipped) {
		t.Errorf("one goroutine\n%s\neight\n%s", one, many)
	}
}

// TestFrontOnlyAgain: a second run of a sweep of two workloads finds each candidate stored once.
func TestFrontOnlyAgain(t *testing.T) {
	s := load(t, strings.NewReplacer("[net]", "[net, more]", "budget: {area: 1.5mm2}", "").Replace(file))
	writeFile(t, filepath.Join(s.Dir, "net"), net)
	writeFile(t, filepath.Join(s.Dir, "more"), strings.Replace(net, "name: net", "name: more", 1))
	st := store(t, Config{Sweep: s, FrontOnly: true})
	sum, err := Run(context.Background(), Config{Sweep: s, Store: st, FrontOnly: true})
	if err != nil || sum.Reused != sum.Total || sum.Done != sum.Total {
		t.Errorf("%+v %v", sum, err)
	}
	if got := asked(t, st, "SELECT stored, finished FROM runs ORDER BY run_id"); got != "18 18\n0 18\n" {
		t.Errorf("candidates stored and finished by run:\n%s", got)
	}
}

// TestRelax: no layer's optimum on any candidate is below the bounds of the relaxation of them all.
func TestRelax(t *testing.T) {
	layers := []string{"{matmul: {M: 4, K: 8, N: 6}}", "{conv: {C: 2, M: 4, P: 4, Q: 4, R: 3, S: 1}}"}
	for seed := range uint64(6) {
		s := randomSpace(t, rand.New(rand.NewPCG(seed, 8)))
		var best []float64
		var archs []*hwmodel.Arch
		for c, err := range s.Candidates() {
			if err != nil {
				t.Fatal(err)
			}
			x := figures(c.Arch, nil)
			if best == nil {
				best = x
			}
			for i := range best {
				best[i] = min(best[i], x[i])
			}
			if archs = append(archs, c.Arch); len(archs) == 12 {
				break
			}
		}
		for _, text := range layers {
			net, err := workload.Parse([]byte("name: n\nlayers:\n  - "+strings.Replace(text, "{", "{name: l, ", 1)+"\n"), "n.yaml")
			if err != nil {
				t.Fatal(err)
			}
			e := &net.Layers[0].Einsum
			least, err := new(mapper.Mapper).Least(context.Background(), withFigures(archs[0], best), e)
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range archs {
				for _, o := range []mapper.Objective{mapper.Energy, mapper.Latency, mapper.EDP} {
					r, err := mapper.Optimal(context.Background(), a, e, mapper.Options{Objective: o})
					if err != nil {
						continue
					}
					up := 1 + margin
					if r.Cost.EnergyJ*up < least.EnergyJ || r.Cost.LatencyS*up < least.LatencyS || r.Cost.EDPJs*up < least.EDPJs {
						t.Fatalf("seed %d: %+v is below the relaxation's %+v", seed, r.Cost, least)
					}
				}
			}
		}
	}
}

// TestFrontOnlyLoose: where bounds before a search lie far below the optima, boxes are refined rather than mapped out.
func TestFrontOnlyLoose(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "a.yaml"), frontArch)
	writeFile(t, filepath.Join(dir, "one.yaml"), "name: net\nlayers:\n  - {name: l, matmul: {M: 8, K: 4, N: 4}}\n")
	s, err := sweeps.Parse([]byte("name: s\narch: a.yaml\nworkloads: [one.yaml]\naxes:\n  - {path: M.leakage, linspace: {from: 1mW, to: 20mW, count: 20}}\n"+
		"  - {path: D.read.energy, linspace: {from: 8pJ/bit, to: 27pJ/bit, count: 20}}\n"), "s.yaml", dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	st := store(t, Config{Sweep: s, Jobs: 2, FrontOnly: true})
	if got := asked(t, st, "SELECT status, count(*) > 300 FROM candidate GROUP BY 1"); got != "ok 0\nskipped 1\n" {
		t.Error(got)
	}
}
