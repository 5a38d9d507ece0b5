package results

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// population writes a sweep of n candidates of that many layers of four components, like one of a small network: a
// tenth of it has no mapping, figures fall with the array's size and the buffer's, all deterministic.
func population(t testing.TB, s *Store, name string, n, layers int) int64 {
	t.Helper()
	ctx := context.Background()
	id, _, err := s.Begin(ctx, Sweep{Name: name, Arch: "edge", Workloads: []string{"net"}, Objective: "edp", Config: name, ToolVersion: "test",
		ModelVersion: "1", StartedAt: time.Unix(1e9, 0), CandidatesTotal: int64(n)})
	if err != nil {
		t.Fatal(err)
	}
	var batch []Candidate
	for i := range n {
		batch = append(batch, member(name, i, layers))
		if len(batch) == 200 || i == n-1 {
			if err := s.Append(ctx, id, batch); err != nil {
				t.Fatal(err)
			}
			batch = batch[:0]
		}
	}
	return id
}

func member(name string, i, layers int) Candidate {
	r := rand.New(rand.NewPCG(uint64(i), uint64(len(name))))
	pes, kib, bw := 8<<(i%5), 16<<(i/5%6), 1+i/30
	c := Candidate{Key: fmt.Sprintf("%032x", i+len(name)<<32), Index: int64(i), Arch: "edge", ArchYAML: strings.Repeat("node: value\n", 80),
		AreaMM2: float64(pes)*0.01 + float64(kib)*0.004 + r.Float64()*0.01,
		Params:  []Param{{"PE.x", float64(pes), fmt.Sprint(pes)}, {"GLB.size", float64(kib) * 8192, fmt.Sprintf("%dKiB", kib)}, {"DRAM.bandwidth", float64(bw) * 8e8, fmt.Sprintf("%.1fGB/s", float64(bw)/10)}}}
	if i%10 == 9 {
		c.Results = []WorkloadResult{{Workload: "net", Status: Infeasible, Reason: "layer layer0: GLB is too small"}}
		return c
	}
	w := WorkloadResult{Workload: "net", Status: OK}
	for j := range layers {
		macs := 1e6 * float64(1+j%7)
		mac, dram := macs/(float64(pes)*1e9), macs*0.02*float64(1+j%3)/(1e8*float64(bw))*4/float64(kib)*16
		l := Layer{Name: fmt.Sprint("layer", j), Count: int64(1 + j%2), LatencyS: max(mac, dram), MACs: macs, Utilization: mac / max(mac, dram), Bottleneck: "MAC",
			MappingJSON: fmt.Sprintf(`{"id":%d,%s}`, (i*layers+j)/3, strings.Repeat("x", 700)), MappingText: strings.Repeat("for p in 0..7\n", 40),
			Optimal: true, MapspaceLog10: 12, Evaluated: 100, Seconds: 0.01, WorkKey: fmt.Appendf(nil, "%08x%08x", r.Uint32(), i*layers+j)}
		if dram > mac {
			l.Bottleneck = "DRAM"
		}
		for p, k := range []string{"DRAM", "GLB", "RF", "MAC"} {
			x := Component{Name: k, EnergyJ: macs * 1e-12 * (1 + r.Float64()), LeakageJ: l.LatencyS * 1e-6, BusyS: min(mac, dram), AreaMM2: c.AreaMM2 * []float64{0, 0.5, 0.2, 0.3}[p],
				Instances: 1, PeakBits: float64(kib) * 4000, SizeBits: []int64{0, int64(kib) * 8192, 4096, 0}[p], ReadBits: macs * 8 / 3, WriteBits: macs * 8 / 7,
				Tensors: []TensorTraffic{{"W", macs / 3, 0, 100}, {"I", macs / 7, macs, 200}, {"O", macs, macs / 9, 300}}}
			l.Components = append(l.Components, x)
			l.EnergyJ += x.EnergyJ + x.LeakageJ
		}
		l.EDPJs = l.EnergyJ * l.LatencyS
		w.Layers = append(w.Layers, l)
		w.EnergyJ += float64(l.Count) * l.EnergyJ
		w.LatencyS += float64(l.Count) * l.LatencyS
	}
	w.EDPJs = w.EnergyJ * w.LatencyS
	c.Results = []WorkloadResult{w}
	return c
}

// views asks every view about a sweep and about a candidate, and for figures of the whole sweep.
func views() []string {
	out := []string{
		"SELECT sum(on_front) FROM candidate WHERE sweep_id = 1",
		"SELECT count(*), avg(value) FROM candidate_param JOIN candidates USING (candidate_id) WHERE sweep_id = 1",
		"SELECT component, avg(energy_share), avg(area_share), avg(busy_share) FROM component_share WHERE sweep_id = 1 GROUP BY component",
		"SELECT component, count(*), avg(limiting_share) FROM bottleneck WHERE sweep_id = 1 GROUP BY component",
		"SELECT layer, avg(energy_share), avg(latency_share) FROM layer_breakdown WHERE sweep_id = 1 GROUP BY layer",
		"SELECT status, count(*) FROM failure WHERE sweep_id = 1 GROUP BY status",
		"SELECT count(*), avg(edp_ratio) FROM candidate_comparison WHERE sweep_a = 1 AND sweep_b = 2",
		"SELECT count(*) FROM front", "SELECT * FROM best_per_budget WHERE sweep_id = 1", "SELECT * FROM sweep_comparison", "SELECT * FROM run",
		"SELECT candidate_b, edp_ratio FROM candidate_comparison WHERE candidate_a = 77 AND sweep_b = 2",
		// Joins as people write them.
		"SELECT f.candidate_id, l.layer, l.energy_j FROM front f JOIN layer_result l USING (candidate_id, workload) WHERE f.sweep_id = 1",
		"SELECT l.layer, sum(l.energy_j * l.count) FROM layer_result l JOIN front f ON f.candidate_id = l.candidate_id GROUP BY l.layer",
		"SELECT k.component, sum(k.energy_j) FROM component_result k JOIN front f USING (candidate_id, workload) GROUP BY k.component",
		"SELECT count(*), sum(l.macs) FROM layer_result l JOIN candidate c USING (candidate_id) WHERE c.on_front",
		"SELECT c.idx, p.text FROM candidate c JOIN candidate_param p USING (candidate_id) WHERE c.on_front AND p.path = 'PE.x'",
		"SELECT a.idx, b.idx FROM candidate a JOIN candidate b ON a.candidate_id = b.candidate_id WHERE a.sweep_id = 1 AND b.on_front",
	}
	for _, v := range []string{"candidate", "candidate_param", "layer_result", "component_result", "component_cost", "layer_breakdown", "component_share", "bottleneck", "failure", "best_per_budget", "front"} {
		out = append(out, "SELECT * FROM "+v+" WHERE candidate_id = 77")
	}
	return out
}

// TestViewTimes asks a file of 20,000 candidates of 20 layers (RESULTS_BIG=20000; 400 otherwise) within 0.2 s each.
func TestViewTimes(t *testing.T) {
	n := 400
	if v := os.Getenv("RESULTS_BIG"); v != "" {
		fmt.Sscan(v, &n)
	}
	path := os.Getenv("RESULTS_BIG_FILE") // kept for the next time
	if path == "" {
		path = filepath.Join(t.TempDir(), "big.db")
	}
	if _, err := os.Stat(path); err != nil {
		s, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		at := time.Now()
		population(t, s, "first", n, 20)
		t.Logf("%d candidates stored in %v", n, time.Since(at))
		population(t, s, "second", n/10, 20)
		s.Close()
	}
	s, err := OpenReadOnly(path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	all := views()
	for _, q := range questions(t) {
		all = append(all, q.query)
	}
	for _, q := range all {
		at := time.Now()
		r, err := s.Query(context.Background(), q)
		if err != nil {
			t.Errorf("%s: %v", q, err)
			continue
		}
		took := time.Since(at)
		t.Logf("%7.1f ms %6d rows  %s", float64(took.Microseconds())/1e3, len(r.Values), q)
		if limit := 200 * time.Millisecond; took > limit*5 { // a loaded machine is no failure
			t.Errorf("%s took %v, more than %v", q, took, limit)
		}
	}
}
