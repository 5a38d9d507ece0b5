package results

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// netSweep is the sweep that create begins.
func netSweep() Sweep {
	return Sweep{Name: "s", Arch: "a", Workloads: []string{"net"}, Objective: "edp", Config: "c", ModelVersion: "1", ToolVersion: "t",
		StartedAt: time.Unix(1e9, 0), CandidatesTotal: 3, Warnings: []string{"w"}}
}

// contents is all that a file says of its sweeps, without ids, times and searches: what two ways to the same results share.
func contents(t *testing.T, s *Store) string {
	t.Helper()
	var out strings.Builder
	for _, q := range []string{
		"SELECT name, arch, workloads, config, model_version, mode, candidates_total, finished_at IS NULL FROM sweeps ORDER BY 1, 4",
		"SELECT s.name, c.key, c.idx, c.arch_yaml, c.area_mm2, c.settings, o.workload, o.status, o.reason, o.energy_j, o.latency_s, o.edp_js, o.bound_edp_js, o.idx, o.area_mm2 FROM outcomes o JOIN candidates c USING (candidate_id) JOIN sweeps s ON s.sweep_id = o.sweep_id AND s.sweep_id = c.sweep_id ORDER BY 1, 3, 7",
		"SELECT c.key, p.position, path, value, text FROM params p JOIN candidates c USING (candidate_id) ORDER BY c.sweep_id, c.idx, 2",
		"SELECT c.key, l.workload, l.position, layer, count, l.energy_j, l.latency_s, l.edp_js, macs, utilization, bottleneck, m.json, m.text, optimal, energy_share, latency_share, work_key FROM layers l JOIN mappings m USING (mapping_id) JOIN outcomes o USING (outcome_id) JOIN candidates c ON c.candidate_id = l.candidate_id AND c.candidate_id = o.candidate_id AND l.workload = o.workload AND l.sweep_id = c.sweep_id ORDER BY c.key, 2, 3",
		"SELECT c.key, l.workload, l.position, k.position, component, k.energy_j, leakage_j, busy_s, k.area_mm2, instances, peak_bits, size_bits, read_bits, write_bits, tensors FROM components k JOIN layers l USING (layer_id) JOIN candidates c USING (candidate_id) ORDER BY 1, 2, 3, 4",
		"SELECT c.key, o.workload, k.* FROM (SELECT outcome_id, component, position, energy_j, limiting_s, limiting_layers FROM outcome_components) k JOIN outcomes o USING (outcome_id) JOIN candidates c USING (candidate_id) ORDER BY 1, 2, 4",
		"SELECT c.key, x.component, x.instances, s.figures FROM component_costs x JOIN cost_sets s USING (cost_id) JOIN candidates c USING (candidate_id) ORDER BY c.sweep_id, c.idx, x.position",
	} {
		r, err := s.Query(context.Background(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range r.Values {
			if strings.Contains(q, "k.* FROM") {
				row = append(row[:2:2], row[3:]...) // without outcome_id
			}
			fmt.Fprintln(&out, row...)
		}
		out.WriteString("\n")
	}
	return out.String()
}

// file makes a file with some candidates of one sweep.
func file(t *testing.T, name string, sw Sweep, cs ...Candidate) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	id, _, err := s.Begin(context.Background(), sw)
	if err == nil {
		err = s.Append(context.Background(), id, cs)
	}
	if err == nil {
		err = s.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func merged(t *testing.T, paths ...string) (*Store, []Merged) {
	t.Helper()
	s, err := Open(filepath.Join(t.TempDir(), "merged.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	var out []Merged
	for _, p := range paths {
		m, err := s.Merge(context.Background(), p)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, m)
	}
	var bad int
	if err := s.db.QueryRow("SELECT (SELECT count(*) FROM pragma_foreign_key_check) + (SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok')").Scan(&bad); err != nil || bad != 0 {
		t.Errorf("%d damages, %v", bad, err)
	}
	var layers int
	if err := s.db.QueryRow("SELECT count(*) FROM layers").Scan(&layers); err != nil {
		t.Fatal(err)
	}
	if layers > 0 {
		checkSums(t, s)
	}
	return s, out
}

// TestMerge: candidates spread over files in any way, with overlaps and in any order, join to what one file has.
func TestMerge(t *testing.T) {
	sw := netSweep()
	var all []Candidate
	for i := range int64(12) {
		all = append(all, worked(i, int(i), int(3*i)))
	}
	whole, err := OpenReadOnly(file(t, "whole.db", sw, all...))
	if err != nil {
		t.Fatal(err)
	}
	defer whole.Close()
	want := contents(t, whole)
	a, b, c := file(t, "a.db", sw, all[8], all[0], all[1], all[2]), file(t, "b.db", sw, all[2:7]...), file(t, "c.db", sw, all[6:]...)
	for _, order := range [][]string{{a, b, c}, {c, a, b, a}, {b, c, a, c, b}} {
		s, counts := merged(t, order...)
		if got := contents(t, s); got != want {
			t.Errorf("%v: differs from the one file:\n%s\nwant\n%s", counts, got, want)
		}
		sum := int64(0)
		for i, m := range counts {
			sum += m.Candidates
			if (m.Sweeps == 1) != (i == 0) || i >= 3 && (m.Candidates != 0 || m.Outcomes != 0 || m.Equal == 0) {
				t.Errorf("file %d: %+v", i, m)
			}
		}
		if sum != 12 {
			t.Errorf("%d candidates", sum)
		}
	}
	other := sw
	other.Config, other.Identity = "another", []byte("another")
	s, _ := merged(t, a, file(t, "other.db", other, all[0]))
	if all, err := s.Sweeps(context.Background()); err != nil || len(all) != 2 {
		t.Errorf("%d sweeps, %v: another configuration is another sweep", len(all), err)
	}
}

// TestMergeConflict: the same candidate with another figure is an error that tells both, and changes nothing.
func TestMergeConflict(t *testing.T) {
	ctx := context.Background()
	sw := netSweep()
	a := file(t, "a.db", sw, worked(0, 0, 3), worked(1, 1, 4))
	for name, change := range map[string]func(c *Candidate){
		"edp_js":   func(c *Candidate) { c.Results[0].EDPJs *= 1 + 1e-11 },
		"energy_j": func(c *Candidate) { c.Results[0].EnergyJ++ },
		"status": func(c *Candidate) {
			c.Results[0] = WorkloadResult{Workload: c.Results[0].Workload, Status: Infeasible, Reason: "why"}
		},
		"area_mm2":      func(c *Candidate) { c.AreaMM2 += 1e-3 },
		"layer latency": func(c *Candidate) { c.Results[0].Layers[1].LatencyS *= 2 },
		"layer name":    func(c *Candidate) { c.Results[0].Layers[1].Name = "else" },
		"parameter":     func(c *Candidate) { c.Params[0].Value *= 2 },
		"component":     func(c *Candidate) { c.Results[0].Layers[1].Components[0].EnergyJ *= 2 },
		"number of layers": func(c *Candidate) {
			l := c.Results[0].Layers[1]
			l.Components = nil
			c.Results[0].Layers = append(c.Results[0].Layers, l)
		},
	} {
		t.Run(name, func(t *testing.T) {
			other := worked(1, 1, 4)
			change(&other)
			b := file(t, "b.db", sw, other, worked(2, 2, 5))
			s, _ := merged(t, a)
			before := contents(t, s)
			_, err := s.Merge(ctx, b)
			var e *ConflictError
			if !errors.As(err, &e) || e.N != 1 || e.First[0].Into == e.First[0].From || !strings.Contains(err.Error(), e.First[0].Into) || !strings.Contains(err.Error(), e.First[0].From) ||
				!strings.Contains(err.Error(), e.First[0].Settings) {
				t.Fatalf("%v", err)
			}
			if got := contents(t, s); got != before {
				t.Error("a refused file left something")
			}
			if _, err := s.Merge(ctx, file(t, "c.db", sw, worked(2, 2, 5))); err != nil { // the store goes on
				t.Error(err)
			}
		})
	}
	same := worked(1, 1, 4)
	same.Results[0].EDPJs *= 1 + 1e-14 // another processor
	same.Results[0].Layers[0].Seconds = 77
	s, _ := merged(t, a, file(t, "d.db", sw, same))
	if n := len(contents(t, s)); n == 0 {
		t.Error("nothing")
	}
}

// TestMergeFirm: results replace failures and skipped candidates, whichever file comes first.
func TestMergeFirm(t *testing.T) {
	sw := netSweep()
	ok, failed, skipped := worked(0, 0, 3), worked(0, 0, 3), worked(0, 0, 3)
	name := ok.Results[0].Workload
	failed.Results[0] = WorkloadResult{Workload: name, Status: Failed, Reason: "disk"}
	skipped.Results[0] = WorkloadResult{Workload: name, Status: Skipped, Reason: "beaten", BoundEDPJs: 1e-9}
	a, b, c := file(t, "a.db", sw, ok), file(t, "b.db", sw, failed), file(t, "c.db", sw, skipped)
	want, _ := merged(t, a)
	for _, order := range [][]string{{b, c, a}, {a, b, c}, {c, b, a}, {b, a, c}} {
		s, _ := merged(t, order...)
		if got, want := contents(t, s), contents(t, want); got != want {
			t.Errorf("%s\nwant\n%s", got, want)
		}
	}
	s, _ := merged(t, b, c)
	if got := contents(t, s); !strings.Contains(got, "skipped") || strings.Contains(got, "failed") {
		t.Errorf("%s", got)
	}
}

// TestMergeOld: files of every schema join, and stay as they were; what is no results file is refused.
func TestMergeOld(t *testing.T) {
	for v := 1; v < SchemaVersion; v++ {
		path := old(t, v)
		before, _ := os.ReadFile(path)
		s, m := merged(t, path, path)
		if m[0].Candidates != 6 || m[1].Candidates != 0 || m[1].Equal != 6 {
			t.Errorf("schema %d: %+v", v, m)
		}
		if after, _ := os.ReadFile(path); string(after) != string(before) {
			t.Errorf("schema %d: the file was changed", v)
		}
		text := filepath.Join(t.TempDir(), "x.db")
		os.WriteFile(text, []byte("no database at all, but a text"), 0o644)
		if _, err := s.Merge(context.Background(), text); err == nil {
			t.Error("a text was joined")
		}
		if _, err := s.Merge(context.Background(), filepath.Join(t.TempDir(), "none.db")); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("a file that is not there: %v", err)
		}
	}
}

// TestMergeLog: what a killed writer left in its log is joined too.
func TestMergeLog(t *testing.T) {
	sw := netSweep()
	path := file(t, "a.db", sw, worked(0, 0, 3))
	w, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if err := w.Append(context.Background(), 1, []Candidate{worked(1, 1, 4)}); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir() // as after a kill: the file and its log, no writer
	for _, end := range []string{"", "-wal"} {
		data, err := os.ReadFile(path + end)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "a.db"+end), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if _, m := merged(t, filepath.Join(dir, "a.db")); m[0].Candidates != 2 {
		t.Errorf("%+v", m)
	}
}

// TestPublish: a snapshot is whole, replaces the one before, leaves nothing beside it, and is read without locks while
// the store goes on.
func TestPublish(t *testing.T) {
	ctx := context.Background()
	s, id, _ := create(t)
	defer s.Close()
	dir := t.TempDir()
	path := filepath.Join(dir, "part.db")
	shard := Shard{SweepID: id, Index: 1, Of: 3, Candidates: 2}
	if err := s.BeginShard(ctx, shard); err != nil {
		t.Fatal(err)
	}
	for i := range int64(2) {
		if err := s.Append(ctx, id, []Candidate{worked(i, int(i), 3)}); err != nil {
			t.Fatal(err)
		}
		if err := s.Publish(ctx, path); err != nil {
			t.Fatal(err)
		}
		r, err := OpenSnapshot(path)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := r.Outcomes(ctx, id); err != nil || n != i+1 {
			t.Errorf("%d outcomes, %v", n, err)
		}
		if d, err := r.Shards(ctx); err != nil || len(d) != 1 || d[0] != shard || len(Missing(d, id, 3)) != 3 {
			t.Errorf("%+v, %v", d, err)
		}
		r.Close()
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("left: %v", left)
	}
	if err := s.FinishShard(ctx, shard, time.Unix(2e9, 0)); err != nil {
		t.Fatal(err)
	}
	if d, err := s.Shards(ctx); err != nil || d[0].FinishedAt.IsZero() || len(Missing(d, id, 3)) != 2 {
		t.Errorf("%+v, %v", d, err)
	}
	if all, err := s.Sweeps(ctx); err != nil || !all[0].FinishedAt.IsZero() {
		t.Errorf("one of three shards finished the sweep: %v", err)
	}
	for _, i := range []int{0, 2} {
		more := Shard{SweepID: id, Index: i, Of: 3}
		if err := errors.Join(s.BeginShard(ctx, more), s.FinishShard(ctx, more, time.Unix(2e9, 0))); err != nil {
			t.Fatal(err)
		}
	}
	if all, err := s.Sweeps(ctx); err != nil || all[0].FinishedAt.IsZero() {
		t.Errorf("three of three shards did not finish the sweep: %v", err)
	}
	if err := s.Publish(ctx, filepath.Join(dir, "none", "x.db")); err == nil {
		t.Error("published into a folder that is not there")
	}
}

// TestMergeDamaged: files that are cut off or overwritten are refused by name, and leave nothing; where they are of an older
// schema, too.
func TestMergeDamaged(t *testing.T) {
	whole, err := os.ReadFile(file(t, "a.db", netSweep(), worked(0, 0, 3), worked(1, 1, 4)))
	if err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(old(t, SchemaVersion-1))
	if err != nil {
		t.Fatal(err)
	}
	const page = 4096
	for name, c := range map[string]struct {
		data   []byte
		damage func(b []byte) []byte
	}{
		"cut":        {whole, func(b []byte) []byte { return b[:len(b)/2] }},
		"index":      {whole, func(b []byte) []byte { return swapIndex(t, b) }},
		"zeros":      {whole, func(b []byte) []byte { clear(b[5*page : 6*page]); return b }},
		"old, cut":   {before, func(b []byte) []byte { return b[:len(b)/page/2*page] }},
		"old, zeros": {before, func(b []byte) []byte { clear(b[5*page : 6*page]); return b }},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "damaged.db")
			if err := os.WriteFile(path, c.damage(append([]byte{}, c.data...)), 0o644); err != nil {
				t.Fatal(err)
			}
			s, _ := merged(t)
			_, err := s.Merge(context.Background(), path)
			if err == nil || !strings.Contains(err.Error(), path+" is damaged") {
				t.Errorf("%v", err)
			}
			if n, err := s.Sweeps(context.Background()); err != nil || len(n) > 0 {
				t.Errorf("it left %v %v", n, err)
			}
		})
	}
}

// swapIndex changes a key in an index without touching the table: no page is ill-formed then.
func swapIndex(t *testing.T, b []byte) []byte {
	path := filepath.Join(t.TempDir(), "x.db")
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
	db, err := open(path, "rw", "")
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range []string{"PRAGMA writable_schema=1", // the index now is said to be of another column
		"UPDATE sqlite_schema SET sql = replace(sql, 'idx', 'area_mm2') WHERE type = 'index' AND sql LIKE '%(%idx%'"} {
		if _, err := db.Exec(q); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	b, err = os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestMergeChanged: a file that is read without locks and is written to meanwhile is not joined; one that a rename replaces is.
func TestMergeChanged(t *testing.T) {
	path := file(t, "a.db", netSweep(), worked(0, 0, 3))
	before, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := unchanged(path, before); err != nil {
		t.Error(err)
	}
	s, err := Open(path)
	if err == nil {
		err = s.Append(context.Background(), 1, []Candidate{worked(1, 1, 4)})
	}
	if err == nil {
		err = s.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	var changed *ChangedError
	if err := unchanged(path, before); !errors.As(err, &changed) || !strings.Contains(err.Error(), path) {
		t.Errorf("%v", err)
	}
	if err := os.Rename(file(t, "b.db", netSweep(), worked(2, 2, 5)), path); err != nil {
		t.Fatal(err)
	}
	if err := unchanged(path, before); err != nil {
		t.Error(err)
	}
}

// TestMergeEdited: figures that an edit hid from the comparison, a layer moved to another place and a count that is infinite
// in a table without STRICT, are a conflict.
func TestMergeEdited(t *testing.T) {
	ctx := context.Background()
	for figure, edits := range map[string][]string{
		"position": {"UPDATE layers SET position = 10, energy_j = 2 * energy_j WHERE position = 1"},
		"count": {"PRAGMA writable_schema = ON", "UPDATE sqlite_schema SET sql = replace(sql, 'STRICT', '') WHERE name = 'layers'",
			"PRAGMA writable_schema = RESET", "UPDATE layers SET count = 9e999 WHERE position = 1"},
	} {
		b := file(t, "b.db", netSweep(), worked(0, 0, 3))
		edited, err := Open(b)
		if err != nil {
			t.Fatal(err)
		}
		for _, edit := range edits {
			if _, err := edited.db.ExecContext(ctx, edit); err != nil {
				t.Fatal(err)
			}
		}
		if err := edited.Close(); err != nil {
			t.Fatal(err)
		}
		s, _ := merged(t, file(t, "a.db", netSweep(), worked(0, 0, 3)))
		_, err = s.Merge(ctx, b)
		var e *ConflictError
		if !errors.As(err, &e) || e.N != 1 || e.First[0].Figure != figure {
			t.Errorf("%s: %v", figure, err)
		}
	}
}

// TestMergeTwoIntoOne: two sweeps of a file that are one sweep here, as a part of a sweep file and a whole run of it with
// another comment are, are joined as one, and again.
func TestMergeTwoIntoOne(t *testing.T) {
	ctx := context.Background()
	whole, part, other := netSweep(), netSweep(), netSweep()
	whole.Identity, other.Identity, other.Config = []byte("id"), []byte("id"), "c # a comment"
	path := file(t, "two.db", other, worked(0, 0, 3), worked(1, 1, 4))
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	id, resumed, err := s.Begin(ctx, part)
	if err == nil {
		err = s.Append(ctx, id, []Candidate{worked(1, 1, 4), worked(2, 2, 5)})
	}
	if err := errors.Join(err, s.Close()); err != nil || resumed {
		t.Fatal(resumed, err)
	}
	got, m := merged(t, file(t, "whole.db", whole, worked(0, 0, 3)), path, path)
	if m[1].Candidates != 2 || m[1].Sweeps != 0 || m[1].Outcomes != 2 || m[1].Equal != 2 || m[2].Candidates != 0 || m[2].Equal != 4 {
		t.Errorf("%+v", m)
	}
	want, _ := merged(t, file(t, "all.db", whole, worked(0, 0, 3), worked(1, 1, 4), worked(2, 2, 5)))
	if got, want := contents(t, got), contents(t, want); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}
