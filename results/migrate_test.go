package results

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// old copies a file that tcmdse of that schema wrote: 6 candidates of a small network, 2 mapped, 3 over budget and 1
// infeasible.
func old(t *testing.T, version int) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", fmt.Sprintf("schema%d.db", version)))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "old.db")
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// dump reads a file's only sweep by the means of reports.
func dump(t *testing.T, s *Store) string {
	t.Helper()
	ctx := context.Background()
	sweeps, err := s.Sweeps(ctx)
	if err != nil || len(sweeps) != 1 || sweeps[0].Mode != ModeAll || len(sweeps[0].Overrides) != 0 {
		t.Fatalf("%+v %v", sweeps, err)
	}
	out := fmt.Sprintf("%+v\n", sweeps[0])
	rows, err := s.Candidates(ctx, 1, "net")
	if err != nil || len(rows) != 6 {
		t.Fatalf("%d candidates, %v", len(rows), err)
	}
	for _, c := range rows {
		costs, warnings, overhead, err := s.Costs(ctx, c.ID)
		if err != nil {
			t.Fatal(err)
		}
		out += fmt.Sprintf("%+v %+v %q %s\n", c, costs, warnings, overhead)
	}
	n := 0
	err = s.eachLayer(ctx, 1, func(l LayerRow) error { n++; out += fmt.Sprintf("%+v\n", l); return nil })
	if err != nil || n != 4 {
		t.Fatalf("%d layers, %v", n, err)
	}
	err = s.eachComponent(ctx, 1, func(k ComponentRow) error { n++; out += fmt.Sprintf("%+v\n", k); return nil })
	if err != nil || n != 20 {
		t.Fatalf("%d layers and components, %v", n, err)
	}
	runs, err := s.Runs(ctx, 1) // none before schema 3
	if err != nil {
		t.Fatal(err)
	}
	return out + fmt.Sprintf("%+v", runs)
}

// TestOldFiles: files of every earlier schema are read as they are, and say the same once migrated.
func TestOldFiles(t *testing.T) {
	ctx := context.Background()
	for v := 1; v < SchemaVersion; v++ {
		t.Run(fmt.Sprint("schema", v), func(t *testing.T) {
			path := old(t, v)
			before, _ := os.ReadFile(path)
			r, err := OpenReadOnly(path)
			if err != nil {
				t.Fatal(err)
			}
			want := dump(t, r)
			r.Close()
			if after, _ := os.ReadFile(path); string(before) != string(after) {
				t.Error("reading changed the file")
			}
			s, err := Open(path)
			if err != nil {
				t.Fatal(err)
			}
			if got := dump(t, s); got != want {
				t.Errorf("migrated:\n%s\nbefore:\n%s", got, want)
			}
			checkSums(t, s)
			var damages, keys int
			err = s.db.QueryRow("SELECT (SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok') + (SELECT count(*) FROM pragma_foreign_key_check), foreign_keys FROM pragma_foreign_keys").Scan(&damages, &keys)
			if err != nil || damages != 0 || keys != 1 {
				t.Errorf("%d damages, foreign keys %d, %v", damages, keys, err)
			}
			if err := s.Append(ctx, 1, []Candidate{worked(50, 0, 3)}); err != nil { // the sweep goes on
				t.Error(err)
			}
			if _, ok, err := s.Recall(ctx, workKey(1)); !ok || err != nil {
				t.Error(ok, err)
			}
			s.Close()
			if r, err = OpenReadOnly(path); err != nil {
				t.Fatal(err)
			}
			r.Close()
		})
	}
}

// checkSums compares the stored sums by component with the layers, and what tables repeat of others with these.
func checkSums(t *testing.T, s *Store) {
	t.Helper()
	r, err := s.Query(context.Background(), `
		WITH k AS (SELECT l.outcome_id, k.component, min(k.position) position, sum(l.count*k.energy_j) e, sum(l.count*k.leakage_j) q,
				sum(l.count*k.busy_s) b, max(k.area_mm2) a, max(k.instances) i, max(k.peak_bits) p, max(k.size_bits) z,
				sum(l.count*k.read_bits) r, sum(l.count*k.write_bits) w FROM layers l JOIN components k USING (layer_id) GROUP BY 1, 2),
			b AS (SELECT outcome_id, bottleneck AS component, sum(count*latency_s) s, count(*) n FROM layers GROUP BY 1, 2),
			names AS (SELECT outcome_id, component FROM k UNION SELECT outcome_id, component FROM b)
		SELECT count(*), (SELECT count(*) FROM outcome_components), sum(
			o.position IS ifnull(k.position, 1000) AND abs(o.energy_j - ifnull(e, 0)) <= 1e-12*o.energy_j
			AND abs(o.leakage_j - ifnull(q, 0)) <= 1e-12*o.leakage_j AND abs(o.busy_s - ifnull(k.b, 0)) <= 1e-12*o.busy_s
			AND o.area_mm2 = ifnull(a, 0) AND o.instances = ifnull(i, 0) AND o.peak_bits = ifnull(p, 0) AND o.size_bits = ifnull(z, 0)
			AND abs(o.read_bits - ifnull(r, 0)) <= 1e-12*o.read_bits AND abs(o.write_bits - ifnull(w, 0)) <= 1e-12*o.write_bits
			AND abs(o.limiting_s - ifnull(s, 0)) <= 1e-12*o.limiting_s AND o.limiting_layers = ifnull(n, 0))
		FROM names LEFT JOIN k USING (outcome_id, component) LEFT JOIN b USING (outcome_id, component)
		LEFT JOIN outcome_components o USING (outcome_id, component)`)
	if err != nil {
		t.Fatal(err)
	}
	v := r.Values[0]
	if v[0] == int64(0) || v[0] != v[1] || v[0] != v[2] {
		t.Errorf("%v components, %v sums, %v of them right", v[0], v[1], v[2])
	}
	none(t, s, "what outcomes repeat", `SELECT * FROM outcomes o JOIN candidates c USING (candidate_id)
		WHERE (o.sweep_id, o.area_mm2, o.idx) <> (c.sweep_id, c.area_mm2, c.idx)`)
	none(t, s, "what layers repeat", `SELECT * FROM layers l JOIN outcomes o USING (outcome_id)
		WHERE (l.sweep_id, l.candidate_id, l.workload) <> (o.sweep_id, o.candidate_id, o.workload)
		OR l.energy_share IS NOT l.count * l.energy_j / o.energy_j OR l.latency_share IS NOT l.count * l.latency_s / o.latency_s`)
}

// TestSums: what Append writes is what the migration computes.
func TestSums(t *testing.T) {
	s, id, _ := create(t)
	defer s.Close()
	c := worked(0, 0, 7)
	c.Results[0].Layers[2].Bottleneck = "GLB"
	c.Results[0].Layers[3].Count = 5
	if err := s.Append(context.Background(), id, []Candidate{c, sample(1, 1, 1)}); err != nil {
		t.Fatal(err)
	}
	checkSums(t, s)
}
