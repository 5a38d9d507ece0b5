package dse

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"tcmdse/hwmodel"
	"tcmdse/mapper"
	"tcmdse/mapper/workload"
	"tcmdse/results"
	"tcmdse/sweeps"
)

const file = `
name: t
arch: flat.yaml
workloads: [net]
axes:
  - {path: PE.x, values: [1, 2, 4]}
  - {path: GLB.size, values: [1B, 64B, 4KiB]}
  - {path: GLB.area, values: [1mm2, 2mm2]}
budget: {area: 1.5mm2}
`

const net = `
name: net
layers:
  - {name: a, matmul: {M: 4, K: 8, N: 4}, count: 2}
  - {name: b, conv: {C: 2, M: 4, P: 4, Q: 4, R: 3, S: 3}}
  - {name: c, matmul: {M: 4, K: 8, N: 4}}
`

// flat has figures for everything, so that memories of any size can be built.
const flat = `
name: flat
clock: 500MHz
nodes:
  - {memory: DRAM, size: unlimited, keep: all, read: {energy: 13.5pJ/bit, bandwidth: 12.8GB/s}, write: {energy: 13.5pJ/bit, bandwidth: 12.8GB/s}}
  - {memory: GLB, size: 128KiB, may_keep: all, read: {energy: 0.35pJ/bit, bandwidth: 512b/cycle}, write: {energy: 0.4pJ/bit, bandwidth: 512b/cycle}, leakage: 4uW, area: 0.45mm2}
  - {array: PE, dims: [{name: x, size: 16, multicast: all}, {name: y, size: 16, multicast: all}]}
  - {memory: RF, size: 512B, may_keep: all, read: {energy: 0.026pJ/bit, bandwidth: 32b/cycle}, write: {energy: 0.055pJ/bit, bandwidth: 32b/cycle}, ports: separate, leakage: 0.02uW, area: 0.0019mm2, bits: {outputs: 16}}
  - {compute: MAC, energy: 0.3pJ, throughput: 1/cycle, leakage: 7.4uW, area: 0.0004mm2}
`

func load(t *testing.T, body string) *sweeps.Sweep {
	t.Helper()
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "flat.yaml"), flat)
	s, err := sweeps.Parse([]byte(body), "t.yaml", dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// run runs the sweep into a file and returns a dump of all that does not depend on time.
func run(t *testing.T, ctx context.Context, path string, c Config) (string, Summary, error) {
	t.Helper()
	store, err := results.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	c.Store = store
	sum, runErr := Run(ctx, c)
	var b strings.Builder
	for _, q := range []string{
		"SELECT workload, area_mm2, energy_j, latency_s, edp_js, on_front, status, reason, idx, key FROM candidate ORDER BY idx",
		"SELECT c.idx, l.layer, l.count, l.energy_j, l.latency_s, l.mapping, l.optimal FROM layer_result l JOIN candidate c USING (candidate_id) ORDER BY c.idx, l.position",
		"SELECT c.idx, k.layer, k.component, k.energy_j, k.area_mm2, k.tensors FROM component_result k JOIN candidate c USING (candidate_id) ORDER BY c.idx, k.layer_position, k.position",
	} {
		rows, err := store.Query(context.Background(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows.Values {
			fmt.Fprintln(&b, r...)
		}
	}
	return b.String(), sum, runErr
}

func sweep(t *testing.T) *sweeps.Sweep {
	t.Helper()
	s := load(t, file)
	n := filepath.Join(s.Dir, "net")
	writeFile(t, n, net)
	return s
}

// TestJobs: the stored results do not depend on the number of workers.
func TestJobs(t *testing.T) {
	var dumps []string
	for _, jobs := range []int{1, 4} {
		d, sum, err := run(t, context.Background(), filepath.Join(t.TempDir(), "r.db"), Config{Sweep: sweep(t), Jobs: jobs})
		if err != nil || sum.Done != 18 || sum.Infeasible == 0 && sum.OverBudget == 0 {
			t.Fatalf("%+v %v", sum, err)
		}
		dumps = append(dumps, d)
	}
	if dumps[0] != dumps[1] {
		t.Errorf("1 worker:\n%s\n4 workers:\n%s", dumps[0], dumps[1])
	}
	if !strings.Contains(dumps[0], "ok") || !strings.Contains(dumps[0], "over_budget") || !strings.Contains(dumps[0], "DRAM keeps") {
		t.Error("the sweep should have candidates of both kinds")
	}
}

// TestResume: a run that is interrupted and started again stores what an uninterrupted one stores, and maps nothing twice.
func TestResume(t *testing.T) {
	want, _, err := run(t, context.Background(), filepath.Join(t.TempDir(), "r.db"), Config{Sweep: sweep(t), Jobs: 2})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "r.db")
	s := sweep(t)
	var calls atomic.Int64
	stopAfter := int64(5)
	ctx, cancel := context.WithCancel(context.Background())
	c := Config{Sweep: s, Jobs: 2, Map: func(ctx context.Context, a *hwmodel.Arch, l *workload.Layer, o mapper.Objective) (results.Layer, error) {
		if calls.Add(1) == stopAfter {
			cancel()
		}
		return MapLayer(ctx, a, l, o)
	}}
	_, sum, err := run(t, ctx, path, c)
	if !errors.Is(err, context.Canceled) || sum.Done == sum.Total {
		t.Fatalf("%+v %v", sum, err)
	}
	stopAfter = -1
	got, sum, err := run(t, context.Background(), path, c)
	if err != nil || !sum.Resumed || sum.Done != sum.Total {
		t.Fatalf("%+v %v", sum, err)
	}
	if got != want {
		t.Errorf("interrupted and resumed:\n%s\nat once:\n%s", got, want)
	}
	before := calls.Load()
	if _, sum, err = run(t, context.Background(), path, c); err != nil || sum.Reused != sum.Total || calls.Load() != before {
		t.Errorf("a third run mapped %d layers: %+v %v", calls.Load()-before, sum, err)
	}
}

// TestMemo: layers of one shape on architectures that differ in area alone are mapped once, and their areas differ.
func TestMemo(t *testing.T) {
	var calls atomic.Int64
	s := load(t, strings.NewReplacer("[1, 2, 4]", "[2]", "[1B, 64B, 4KiB]", "[4KiB]", "budget: {area: 1.5mm2}", "").Replace(file))
	writeFile(t, filepath.Join(s.Dir, "net"), net)
	dump, sum, err := run(t, context.Background(), filepath.Join(t.TempDir(), "r.db"), Config{Sweep: s, Jobs: 1,
		Map: func(ctx context.Context, a *hwmodel.Arch, l *workload.Layer, o mapper.Objective) (results.Layer, error) {
			calls.Add(1)
			return MapLayer(ctx, a, l, o)
		}})
	if err != nil || sum.Done != 2 || calls.Load() != 2 {
		t.Errorf("%d calls for 2 shapes on 2 areas, %+v %v\n%s", calls.Load(), sum, err, dump)
	}
}

// TestRetry: candidates that failed are tried again by the next run, which then stores what a sound run stores.
func TestRetry(t *testing.T) {
	want, _, err := run(t, context.Background(), filepath.Join(t.TempDir(), "r.db"), Config{Sweep: sweep(t)})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "r.db")
	s := sweep(t)
	_, sum, err := run(t, context.Background(), path, Config{Sweep: s, Map: func(ctx context.Context, a *hwmodel.Arch, l *workload.Layer, o mapper.Objective) (results.Layer, error) {
		if a.Nodes[2].Dims[0].Size == 2 {
			return results.Layer{}, errors.New("broken")
		}
		return MapLayer(ctx, a, l, o)
	}})
	if err != nil || sum.Failed == 0 {
		t.Fatalf("%+v %v", sum, err)
	}
	got, sum, err := run(t, context.Background(), path, Config{Sweep: s})
	if err != nil || sum.Failed != 0 || got != want {
		t.Errorf("%+v %v\n%s\nwant\n%s", sum, err, got, want)
	}
}

// TestSameSweep: a file that means the same goes on where the sweep stopped, whatever its comments; one that means
// something else is another sweep. The run keeps the configuration as it had it.
func TestSameSweep(t *testing.T) {
	path := filepath.Join(t.TempDir(), "r.db")
	first := sweep(t)
	if _, _, err := run(t, context.Background(), path, Config{Sweep: first}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		what string
		s    *sweeps.Sweep
		id   int64
	}{
		{"to the letter", first, 1},
		{"comment", edited(t, first, "name: t", "name: t # as reviewed"), 1},
		{"units", edited(t, first, "1.5mm2", "1500000um2"), 1},
		{"axis set as it is", set(t, first, "PE.x=1,2,4"), 1},
		{"another objective", edited(t, first, "name: t", "name: t\nobjective: energy"), 2},
		{"another budget", edited(t, first, "1.5mm2", "1.6mm2"), 3},
		{"another name", edited(t, first, "name: t", "name: u"), 4},
		{"another order", edited(t, first, "[1, 2, 4]", "[4, 2, 1]"), 5},
		{"one value", edited(t, first, "[1, 2, 4]", "[1]"), 6},
		{"one value that is no parameter", edited(t, first, "  - {path: PE.x, values: [1, 2, 4]}\n", "", "axes:", "set: [PE.x=1]\naxes:"), 7},
	} {
		_, sum, err := run(t, context.Background(), path, Config{Sweep: c.s})
		if err != nil || sum.SweepID != c.id || sum.Resumed != (c.id == 1) || sum.Resumed && sum.Reused != sum.Total {
			t.Errorf("%s: sweep %d, resumed %v, reused %d of %d, %v; want sweep %d", c.what, sum.SweepID, sum.Resumed, sum.Reused, sum.Total, err, c.id)
		}
	}
	store, err := results.OpenReadOnly(path)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if got := asked(t, store, "SELECT config LIKE '%as reviewed%', config IS NULL FROM runs WHERE sweep_id = 1 ORDER BY run_id LIMIT 3"); got != "<nil> 1\n<nil> 1\n1 0\n" {
		t.Errorf("configurations of runs:\n%s", got)
	}
}

// set returns the sweep as --set leaves it.
func set(t *testing.T, s *sweeps.Sweep, sets ...string) *sweeps.Sweep {
	t.Helper()
	out, err := sweeps.Parse([]byte(body(s)), "s.yaml", s.Dir, sets)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestRefusedByDisk: when a batch cannot be stored, the run tells so and counts what is in the file, no more; run again,
// it ends as if nothing had been.
func TestRefusedByDisk(t *testing.T) {
	s := edited(t, sweep(t), "values: [1mm2, 2mm2]", "linspace: {from: 1mm2, to: 2mm2, count: 60}", "budget: {area: 1.5mm2}\n", "")
	want, _, err := run(t, context.Background(), filepath.Join(t.TempDir(), "r.db"), Config{Sweep: s, Jobs: 1})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "r.db")
	execute(t, path, "CREATE INDEX full ON outcomes (CASE WHEN outcome_id > 450 THEN json('no JSON') END)") // an error at the 451st, as of a full disk
	if _, _, err := run(t, context.Background(), path, Config{Sweep: s, Jobs: 1}); err == nil || !strings.Contains(err.Error(), "malformed JSON") {
		t.Fatal(err)
	}
	store, err := results.OpenReadOnly(path)
	if err != nil {
		t.Fatal(err)
	}
	q, err := store.Query(context.Background(), "SELECT stored, finished, (SELECT count(*) FROM candidates), outcome FROM runs")
	store.Close()
	if err != nil {
		t.Fatal(err)
	}
	v := q.Values[0]
	if n := v[2].(int64); n == 0 || n > 450 || v[0] != n || v[1] != n || !strings.HasPrefix(v[3].(string), "failed: ") {
		t.Errorf("stored, finished, in the file, outcome: %v", v)
	}
	execute(t, path, "DROP INDEX full")
	got, sum, err := run(t, context.Background(), path, Config{Sweep: s, Jobs: 1})
	if err != nil || got != want || sum.Reused == 0 {
		t.Errorf("%+v %v\n%s\nwant\n%s", sum, err, got, want)
	}
}

// execute changes a results file behind the store's back.
func execute(t *testing.T, path, statement string) {
	t.Helper()
	store, err := results.Open(path) // for the tables
	if err != nil {
		t.Fatal(err)
	}
	store.Close()
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(statement); err != nil {
		t.Fatal(err)
	}
}

// TestInfeasible: a layer without mapping marks the candidate, and the sweep goes on.
func TestInfeasible(t *testing.T) {
	s := sweep(t)
	dump, sum, err := run(t, context.Background(), filepath.Join(t.TempDir(), "r.db"), Config{Sweep: s, Jobs: 2,
		Map: func(ctx context.Context, a *hwmodel.Arch, l *workload.Layer, o mapper.Objective) (results.Layer, error) {
			switch {
			case l.Name == "b" && a.Nodes[2].Dims[0].Size == 2:
				return results.Layer{}, &mapper.InfeasibleError{Node: "GLB", Reason: "GLB is too small"}
			case l.Name == "b" && a.Nodes[2].Dims[0].Size == 4:
				return results.Layer{}, errors.New("broken")
			}
			return MapLayer(ctx, a, l, o)
		}})
	if err != nil || sum.Done != 18 || sum.Infeasible == 0 || sum.Failed == 0 || !strings.Contains(dump, "layer b: no valid mapping: GLB is too small") {
		t.Errorf("%+v %v\n%s", sum, err, dump)
	}
}

// TestModelledSweep: a sweep over the size of a modelled memory trades area against energy, and the file says where
// each cost is from.
func TestModelledSweep(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"net.yaml": net, "a.yaml": `
name: a
technology: 45nm
clock: 1GHz
nodes:
  - {memory: DRAM, size: unlimited, keep: all, model: dram, type: LPDDR4}
  - {memory: GLB, size: 1KiB, width: 64b, model: sram, may_keep: all}
  - {array: PE, model: noc, pitch: 50um, dims: [{name: x, size: 4}]}
  - {compute: MAC, model: mac}
`} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	s, err := sweeps.Parse([]byte("name: m\narch: a.yaml\nworkloads: [net.yaml]\naxes:\n  - {path: GLB.size, pow2: [1KiB, 64KiB]}\n  - {path: MAC.format, values: [int8, bf16]}\n"), "m.yaml", dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	store, err := results.Open(filepath.Join(dir, "r.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if _, err := Run(context.Background(), Config{Sweep: s, Store: store}); err != nil {
		t.Fatal(err)
	}
	ask := func(q, want string) {
		t.Helper()
		r, err := store.Query(context.Background(), q)
		if err != nil || fmt.Sprint(r.Values) != want {
			t.Errorf("%s: %v, %v; want %s", q, r.Values, err, want)
		}
	}
	ask("SELECT count(*), count(DISTINCT area_mm2), count(DISTINCT energy_j) FROM candidate WHERE status = 'ok'", "[[14 14 14]]")
	ask("SELECT DISTINCT path, value, text FROM candidate_param WHERE path = 'MAC.format' ORDER BY 2", "[[MAC.format 0 int8] [MAC.format 1 bf16]]")
	ask("SELECT DISTINCT component, method FROM component_cost WHERE field IN ('area', 'energy') AND component <> 'MAC' ORDER BY 1, 2", "[[DRAM convention] [GLB table] [PE formula]]")
	ask("SELECT count(*) FROM component_cost WHERE method = '' OR source = ''", "[[0]]")
	ask("SELECT count(*) FROM component_result WHERE component = 'PE' AND energy_j <= 0", "[[0]]")
	ask("SELECT count(*) FROM (SELECT value < lag(value) OVER (ORDER BY idx) AS down FROM component_cost JOIN candidate USING (candidate_id) WHERE component = 'GLB' AND field = 'area') WHERE down", "[[0]]")
}

// TestArrayListed: whether a row lists an array among the components is decided by the candidate's own area of it, not
// by the candidate that was mapped first.
func TestArrayListed(t *testing.T) {
	for _, values := range []string{"[0mm2, 1mm2]", "[1mm2, 0mm2]"} {
		dir := t.TempDir()
		writeFile(t, filepath.Join(dir, "a.yaml"), frontArch)
		writeFile(t, filepath.Join(dir, "net"), net)
		s, err := sweeps.Parse([]byte("name: s\narch: a.yaml\nworkloads: [net]\naxes: [{path: P.area, values: "+values+"}]\n"), "s.yaml", dir, nil)
		if err != nil {
			t.Fatal(err)
		}
		st := store(t, Config{Sweep: s})
		if got := asked(t, st, `SELECT p.value > 0, count(*) > 0 FROM candidate_param p LEFT JOIN component_result k ON k.candidate_id = p.candidate_id AND k.component = 'P'
			WHERE k.component IS NOT NULL OR p.value = 0 GROUP BY p.value`); got != "0 1\n1 1\n" {
			t.Error(got)
		}
		if got := asked(t, st, "SELECT count(DISTINCT candidate_id) FROM component_result WHERE component = 'P'"); got != "1\n" {
			t.Errorf("%s: %s candidates list the array, want 1", values, got)
		}
	}
}

// TestProgressOfWorkloads: a candidate counts once for each status, however many of its workloads have it, in both
// modes; infeasible work is not proved anew by a later sweep.
func TestProgressOfWorkloads(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "a.yaml"), strings.Replace(frontArch, "{memory: G, size: 1KiB, may_keep: all", "{memory: G, size: 1KiB, keep: all", 1))
	writeFile(t, filepath.Join(dir, "one"), net)
	writeFile(t, filepath.Join(dir, "two"), strings.Replace(net, "name: net", "name: net2", 1))
	text := "name: s\narch: a.yaml\nworkloads: [one, two]\naxes: [{path: G.size, values: [1B, 512B, 1KiB]}]\n"
	s, err := sweeps.Parse([]byte(text), "s.yaml", dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, frontOnly := range []bool{false, true} {
		path := filepath.Join(t.TempDir(), "r.db")
		_, sum, err := run(t, context.Background(), path, Config{Sweep: s, FrontOnly: frontOnly})
		if err != nil || sum.Infeasible != 1 || sum.Done != 3 {
			t.Errorf("front only %v: %+v %v", frontOnly, sum.Progress, err)
		}
		again, err := sweeps.Parse([]byte(strings.Replace(text, "name: s", "name: again", 1)), "s.yaml", dir, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, sum, err = run(t, context.Background(), path, Config{Sweep: again, FrontOnly: frontOnly}); err != nil || sum.Mapped != 0 || sum.Recalled == 0 {
			t.Errorf("front only %v, again: %+v %v", frontOnly, sum.Progress, err)
		}
	}
}
