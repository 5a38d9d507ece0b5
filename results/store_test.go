package results

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

func sample(i int64, area, edp float64) Candidate {
	return Candidate{
		Key: fmt.Sprintf("k%d", i), Index: i, Arch: "a", ArchYAML: "name: a", AreaMM2: area,
		Params: []Param{{"PE.x", float64(8 + i), fmt.Sprint(8 + i)}, {"GLB.size", 262144, "32KiB"}},
		Results: []WorkloadResult{{Workload: "net", Status: OK, EnergyJ: edp / 2, LatencyS: 2, EDPJs: edp, Layers: []Layer{{
			Name: "l1", Count: 3, EnergyJ: 1, LatencyS: 2, EDPJs: 2, MACs: 100, Utilization: 0.5, Bottleneck: "MAC",
			MappingJSON: `{"nodes":[]}`, MappingText: "MAC\n", Optimal: true, MapspaceLog10: 12, Evaluated: 5, Seconds: 0.001,
			Components: []Component{{Name: "GLB", EnergyJ: 1, LeakageJ: 0.5, BusyS: 2, AreaMM2: 0.1, Instances: 1, PeakBits: 64,
				SizeBits: 128, ReadBits: 7, WriteBits: 9, Tensors: []TensorTraffic{{"W", 7, 9, 64}}}},
		}}}},
	}
}

func create(t *testing.T) (*Store, int64, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "dir with spaces & ?", "r.db")
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	id, resumed, err := s.Begin(context.Background(), Sweep{Name: "s", Arch: "a", Workloads: []string{"net"}, Objective: "edp",
		Config: "c", ModelVersion: "1", ToolVersion: "t", StartedAt: time.Unix(1e9, 0), CandidatesTotal: 3, Warnings: []string{"w"}})
	if err != nil || resumed {
		t.Fatal(id, resumed, err)
	}
	return s, id, path
}

func TestRoundTrip(t *testing.T) {
	ctx := context.Background()
	s, id, path := create(t)
	want := sample(0, 1.5, 4)
	if err := s.Append(ctx, id, []Candidate{want, sample(1, 2, 5)}); err != nil {
		t.Fatal(err)
	}
	if err := s.Append(ctx, id, []Candidate{want}); err != nil { // again: kept once
		t.Fatal(err)
	}
	if err := s.Finish(ctx, id, time.Unix(2e9, 0)); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if files, _ := os.ReadDir(filepath.Dir(path)); len(files) != 1 {
		t.Errorf("Close left %v", files)
	}
	r, err := OpenReadOnly(path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	sweeps, err := r.Sweeps(ctx)
	if err != nil || len(sweeps) != 1 || sweeps[0].Warnings[0] != "w" || sweeps[0].FinishedAt.Unix() != 2e9 {
		t.Fatal(sweeps, err)
	}
	cs, err := r.Candidates(ctx, id, "net")
	if err != nil || len(cs) != 2 || !cs[0].OnFront || cs[1].OnFront || !reflect.DeepEqual(cs[0].Params, want.Params) || cs[0].EDPJs != 4 {
		t.Fatalf("%+v %v", cs, err)
	}
	n := 0
	r.eachLayer(ctx, id, func(l LayerRow) error {
		n++
		l.Components = want.Results[0].Layers[0].Components
		if !reflect.DeepEqual(l.Layer, want.Results[0].Layers[0]) {
			t.Errorf("%+v", l.Layer)
		}
		return nil
	})
	r.eachComponent(ctx, id, func(k ComponentRow) error {
		n++
		if !reflect.DeepEqual(k.Component, want.Results[0].Layers[0].Components[0]) {
			t.Errorf("%+v", k.Component)
		}
		return nil
	})
	if n != 4 {
		t.Errorf("%d rows, want 4", n)
	}
}

func TestResume(t *testing.T) {
	ctx := context.Background()
	s, id, _ := create(t)
	defer s.Close()
	s.Append(ctx, id, []Candidate{sample(7, 1, 1)})
	for _, c := range []struct {
		config, model string
		resumed       bool
	}{{"c", "1", true}, {"c", "2", false}, {"d", "1", false}} {
		got, resumed, err := s.Begin(ctx, Sweep{Config: c.config, ModelVersion: c.model})
		if err != nil || resumed != c.resumed || resumed != (got == id) {
			t.Errorf("%+v: %d %v %v", c, got, resumed, err)
		}
	}
	done, err := s.Done(ctx, id)
	if err != nil || done.Len() != 1 || !done.Has("k7") {
		t.Error(done, err)
	}
}

// TestFront compares the view with the definition, on random designs with ties.
func TestFront(t *testing.T) {
	ctx := context.Background()
	r := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		s, id, _ := create(t)
		var cs []Candidate
		for i := range int64(30) {
			cs = append(cs, sample(i, float64(1+r.IntN(8)), float64(1+r.IntN(8))))
			if r.IntN(5) == 0 {
				cs[i].Results[0] = WorkloadResult{Workload: "net", Status: Infeasible, Reason: "too small"}
			}
		}
		var want []int64
		for i, a := range cs {
			beaten := a.Results[0].Status != OK
			for j, b := range cs {
				if b.Results[0].Status != OK || i == j {
					continue
				}
				x, y := a.Results[0].EDPJs, b.Results[0].EDPJs
				if b.AreaMM2 <= a.AreaMM2 && y <= x && (b.AreaMM2 < a.AreaMM2 || y < x || j < i) {
					beaten = true
				}
			}
			if !beaten {
				want = append(want, a.Index)
			}
		}
		r.Shuffle(len(cs), func(i, j int) { cs[i], cs[j] = cs[j], cs[i] })
		if err := s.Append(ctx, id, cs); err != nil {
			t.Fatal(err)
		}
		rows, err := s.Candidates(ctx, id, "net")
		if err != nil {
			t.Fatal(err)
		}
		var got []int64
		for _, c := range rows {
			if c.OnFront {
				got = append(got, c.Index)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("front %v, want %v", got, want)
		}
		s.Close()
	}
}

// TestContractColumns: every name that outside queries rely on is there.
func TestContractColumns(t *testing.T) {
	s, _, _ := create(t)
	defer s.Close()
	for _, c := range []string{
		"sweep_id, name, started_at, finished_at, config, tool_version FROM sweeps",
		"sweep_id, candidate_id, arch, workload, area_mm2, energy_j, latency_s, edp_js, on_front, status FROM candidate",
		"candidate_id, path, value, text FROM candidate_param",
		"candidate_id, workload, layer, count, energy_j, latency_s, edp_js, utilization, bottleneck, mapping FROM layer_result",
		"candidate_id, layer, component, energy_j, leakage_j, busy_s, area_mm2, read_bits, write_bits FROM component_result",
		"sweep_id, workload, candidate_id, area_mm2, edp_js, energy_j, latency_s FROM front",
		"sweep_id, workload, budget_mm2, candidate_id, area_mm2, edp_js, energy_j, latency_s, settings FROM best_per_budget",
	} {
		if _, err := s.Query(context.Background(), "SELECT "+c); err != nil {
			t.Errorf("%s: %v", c, err)
		}
	}
}

func TestQueryReadsOnly(t *testing.T) {
	ctx := context.Background()
	s, id, path := create(t)
	s.Append(ctx, id, []Candidate{sample(0, 1, 1)})
	s.Close()
	r, err := OpenReadOnly(path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	evil := filepath.Join(t.TempDir(), "evil.db")
	for _, q := range []string{
		"DELETE FROM sweeps", "INSERT INTO params VALUES (1,9,'a',1,'b')", "UPDATE sweeps SET name = 'x'", "REPLACE INTO params VALUES (1,9,'a',1,'b')",
		"WITH x AS (SELECT 1) INSERT INTO params SELECT 1,9,'a',1,'b' FROM x", "WITH x AS (SELECT 1) DELETE FROM params", "DROP VIEW front",
		"CREATE TABLE x(y)", "CREATE TEMP TABLE x(y)", "CREATE TEMP VIEW x AS SELECT 1", "CREATE VIRTUAL TABLE x USING rtree(a, b, c)", "ALTER TABLE params ADD COLUMN x",
		"ATTACH '" + evil + "' AS e", "ATTACH ':memory:' AS e", "DETACH main", "VACUUM", "VACUUM INTO '" + evil + "'", "REINDEX", "ANALYZE",
		"BEGIN", "BEGIN IMMEDIATE", "COMMIT", "ROLLBACK", "SAVEPOINT x", "RELEASE x",
		"PRAGMA query_only=0", "PRAGMA writable_schema=1", "PRAGMA journal_mode=DELETE", "PRAGMA journal_mode", "PRAGMA user_version=99", "PRAGMA User_Version(99)",
		"PRAGMA trusted_schema=1", "PRAGMA temp_store_directory='/tmp'", "PRAGMA wal_checkpoint", "PRAGMA optimize", "PRAGMA database_list",
		"PRAGMA incremental_vacuum", "PRAGMA schema_version", "PRAGMA application_id", "PRAGMA foreign_keys", "PRAGMA data_version", "PRAGMA cache_size", "PRAGMA pragma_list",
		"SELECT * FROM pragma_database_list", "SELECT * FROM pragma_journal_mode", "SELECT * FROM pragma_user_version(99)", "SELECT * FROM pragma_query_only('0')",
		"SELECT load_extension('x')", "SELECT LOAD_EXTENSION('x', 'y')", "SELECT readfile('/etc/passwd')", "SELECT writefile('" + evil + "', 'x')", "SELECT edit('x')",
		"SELECT 1; DELETE FROM sweeps", "EXPLAIN SELECT 1; DELETE FROM sweeps", "EXPLAIN DELETE FROM sweeps",
	} {
		if _, err := r.Query(ctx, q); err == nil {
			t.Errorf("%s was run", q)
		}
	}
	if _, err := os.Stat(evil); err == nil {
		t.Error("a query wrote a file")
	}
	for _, q := range []string{"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<3) SELECT * FROM n",
		"SELECT json_extract(tensors, '$[0].tensor') FROM component_result", "SELECT t.value ->> 'tensor' FROM component_result, json_each(tensors) t",
		"PRAGMA table_info(sweeps)", "SELECT * FROM pragma_table_info('front')", "SELECT name FROM pragma_table_list", "PRAGMA user_version", "SELECT * FROM front",
		"PRAGMA integrity_check", "PRAGMA integrity_check(3)", "PRAGMA Quick_Check", "PRAGMA integrity_check(params)", "SELECT * FROM pragma_integrity_check",
		"PRAGMA index_list(candidates)", "PRAGMA main.table_info('front')", "SELECT count(*) FROM pragma_foreign_key_check",
		"EXPLAIN SELECT * FROM front", "EXPLAIN QUERY PLAN SELECT * FROM front", "SELECT sql FROM sqlite_schema", "VALUES (1)", "SELECT group_concat(path, ',') FROM candidate_param"} {
		if rows, err := r.Query(ctx, q); err != nil || len(rows.Values) == 0 {
			t.Errorf("%s: %v", q, err)
		}
	}
	if rows, err := r.Query(ctx, "PRAGMA foreign_key_check"); err != nil || len(rows.Values) != 0 {
		t.Errorf("foreign_key_check: %v, %v", rows, err)
	}
	if _, err := r.Query(ctx, "SELECT nonsense"); err == nil || errors.Is(err, ErrDenied) {
		t.Errorf("nonsense: %v", err)
	}
}

func TestOpenErrors(t *testing.T) {
	dir := t.TempDir()
	garbage, other, newer := filepath.Join(dir, "g.db"), filepath.Join(dir, "o.db"), filepath.Join(dir, "n.db")
	os.WriteFile(garbage, []byte(strings.Repeat("no database ", 100)), 0o644)
	for path, ddl := range map[string]string{other: "CREATE TABLE x(y)", newer: "PRAGMA user_version = 99"} {
		db, _ := sql.Open("sqlite3", path)
		if _, err := db.Exec(ddl); err != nil {
			t.Fatal(err)
		}
		db.Close()
	}
	for path, want := range map[string]string{garbage: "not an SQLite file", other: "something else", newer: "a newer tcmdse wrote it"} {
		if _, err := Open(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Open(%s): %v, want %s", path, err, want)
		}
	}
	if _, err := OpenReadOnly(filepath.Join(dir, "none.db")); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
	s, id, _ := create(t)
	defer s.Close()
	bad := sample(0, math.NaN(), 1)
	if err := s.Append(context.Background(), id, []Candidate{bad}); err == nil {
		t.Error("NaN was stored")
	}
}

// TestKill kills a child process while it appends: what was appended stays, and the file opens.
func TestKill(t *testing.T) {
	if path := os.Getenv("RESULTS_KILL"); path != "" {
		s, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		id, _, _ := s.Begin(context.Background(), Sweep{Config: "c"})
		for i := int64(0); ; i++ {
			if err := s.Append(context.Background(), id, []Candidate{sample(i, 1, 1)}); err != nil {
				t.Fatal(err)
			}
			fmt.Println("stored", i)
		}
	}
	for round := range 3 {
		path := filepath.Join(t.TempDir(), "k.db")
		cmd := exec.Command(os.Args[0], "-test.run", "^TestKill$")
		cmd.Env = append(os.Environ(), "RESULTS_KILL="+path)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		// Killed at some point after it said that a few are stored, wherever it is by then.
		lines := bufio.NewScanner(out)
		printed := 0
		for printed < 10*(round+1) && lines.Scan() {
			printed++
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		for lines.Scan() {
			printed++ // said before the end
		}
		cmd.Wait()
		if printed < 10*(round+1) {
			t.Fatalf("round %d: the child stopped after %d", round, printed)
		}
		s, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		done, err := s.Done(context.Background(), 1)
		if err != nil || done.Len() < printed {
			t.Errorf("round %d: %d stored, %d found, %v", round, printed, done.Len(), err)
		}
		var whole, broken int
		err = s.db.QueryRow("SELECT (SELECT count(*) FROM components), (SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok')").Scan(&whole, &broken)
		if err != nil || whole != done.Len() || broken != 0 {
			t.Errorf("round %d: %d candidates with %d components, %d damages, %v", round, done.Len(), whole, broken, err)
		}
		if files, _ := os.ReadDir(filepath.Dir(path)); len(files) < 3 {
			t.Errorf("round %d: the killed writer left %v; no WAL to recover", round, files)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if files, _ := os.ReadDir(filepath.Dir(path)); len(files) != 1 {
			t.Errorf("round %d: left %v", round, files)
		}
	}
}

// TestCosts: costs come back with their origins, equal ones are stored once, the view has a row for each figure.
func TestCosts(t *testing.T) {
	ctx := context.Background()
	s, id, _ := create(t)
	defer s.Close()
	area := CostFigure{Field: "area", Value: 1.5e-6, Unit: "m2", Method: "table", Source: "CACTI", Table: "cacti_sram.csv", SHA256: "ab", ErrorP95: 0.1, Note: "n"}
	want := []ComponentCosts{{"GLB", 1, []CostFigure{area, {Field: "leakage", Value: 0, Unit: "W", Method: "convention", Source: "s"}}}, {"RF", 16, []CostFigure{area}}}
	a, b := sample(0, 1, 4), sample(1, 2, 5)
	a.Costs, b.Costs = want, want
	a.Warnings, a.Overhead = []string{"careful"}, "x 2"
	if err := s.Append(ctx, id, []Candidate{a, b}); err != nil {
		t.Fatal(err)
	}
	got, warnings, overhead, err := s.Costs(ctx, 1)
	if err != nil || !reflect.DeepEqual(got, want) || !slices.Equal(warnings, []string{"careful"}) || overhead != "x 2" {
		t.Errorf("%+v, %q, %q, %v", got, warnings, overhead, err)
	}
	r, err := s.Query(ctx, "SELECT (SELECT count(*) FROM cost_sets), count(*), sum(value), min(method), max(instances) FROM component_cost WHERE field = 'area'")
	if err != nil || fmt.Sprint(r.Values) != "[[2 4 6e-06 table 16]]" {
		t.Errorf("%v, %v", r.Values, err)
	}
	a.Costs[0].Figures[0].Value = math.NaN()
	if err := s.Append(ctx, id, []Candidate{a}); err == nil {
		t.Error("a cost that is no number was stored")
	}
}

// TestEstimates: answers come back by key, the later one wins.
func TestEstimates(t *testing.T) {
	ctx := context.Background()
	s, _, _ := create(t)
	defer s.Close()
	if _, ok, err := s.Estimate(ctx, "k"); ok || err != nil {
		t.Error(ok, err)
	}
	for _, answer := range []string{`{"failure":"x"}`, `{"figures":[]}`} {
		if err := s.PutEstimate(ctx, "k", []byte(`{}`), []byte(answer)); err != nil {
			t.Fatal(err)
		}
		if got, ok, err := s.Estimate(ctx, "k"); !ok || err != nil || string(got) != answer {
			t.Errorf("%s, %v, %v", got, ok, err)
		}
	}
}

// TestOldSchema: a file of schema 1 is read as it is, and migrates when it is written to.
func TestOldSchema(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "old.db")
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	ddl, _ := schema.ReadFile("schema/0001.sql")
	if _, err := db.Exec(string(ddl) + `; PRAGMA user_version = 1;
		INSERT INTO sweeps VALUES (1, 's', 'a', '["net"]', 'edp', 'c', 't', '1', '2001-09-09T01:46:40Z', NULL, 1, '[]');
		INSERT INTO candidates VALUES (1, 1, 'k', 0, 'a', 'name: a', 1.5);
		INSERT INTO outcomes VALUES (1, 1, 'net', 'infeasible', 'too small', NULL, NULL, NULL);`); err != nil {
		t.Fatal(err)
	}
	db.Close()
	check := func(s *Store, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		rows, err := s.Candidates(ctx, 1, "net")
		if err != nil || len(rows) != 1 || rows[0].Reason != "too small" {
			t.Errorf("%+v, %v", rows, err)
		}
		if costs, _, _, err := s.Costs(ctx, 1); err != nil || len(costs) != 0 {
			t.Errorf("costs of an old file: %v, %v", costs, err)
		}
	}
	check(OpenReadOnly(path))
	check(Open(path))
	check(OpenReadOnly(path))
}
