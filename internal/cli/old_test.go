package cli

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tcmdse/results"
)

// TestOldReports: one sweep as each schema stored it is reported alike, in every figure, by every schema, before the file
// is migrated and after; CSV files too.
func TestOldReports(t *testing.T) {
	const newSweep = "name: n\narch: edge\nworkloads: [{name: resnet18, layers: [l1]}]\naxes: [{path: PE.x, values: [8]}]\n"
	var first string
	for v := 1; v <= results.SchemaVersion; v++ {
		dir := t.TempDir()
		data, err := os.ReadFile(fmt.Sprintf("../../results/testdata/schema%d.db", v))
		if err != nil {
			t.Fatal(err)
		}
		db, sweep := filepath.Join(dir, "old.db"), filepath.Join(dir, "n.yaml")
		for name, text := range map[string][]byte{db: data, sweep: []byte(newSweep)} {
			if err := os.WriteFile(name, text, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		before := oldReport(t, db, filepath.Join(dir, "before"))
		if status, _, errs := call(t, "sweep", sweep, "--db", db, "--out", dir, "--quiet"); status != 0 {
			t.Fatalf("schema %d: %s", v, errs)
		}
		if _, version, _ := call(t, "query", db, "PRAGMA user_version", "--format", "csv"); !strings.HasSuffix(strings.TrimSpace(version), fmt.Sprint(results.SchemaVersion)) {
			t.Errorf("schema %d is %s after a sweep", v, version)
		}
		if after := oldReport(t, db, filepath.Join(dir, "after")); after != before {
			t.Errorf("schema %d: after migration %s", v, difference(after, before))
		}
		if first == "" {
			first = before
		}
		if d := difference(before, first); d != "" {
			t.Errorf("schema %d against schema 1: %s", v, d)
		}
	}
	if !strings.Contains(first, `"edp_js"`) || strings.Count(first, "\n") < 60 {
		t.Errorf("hardly anything is compared:\n%s", first)
	}
}

// oldReport returns what report says of the first sweep in a file, without ids, times and what older files do not keep.
func oldReport(t *testing.T, db, folder string) string {
	t.Helper()
	status, out, errs := call(t, "report", db, "--sweep", "1", "--json", "--csv", folder)
	if status != 0 {
		t.Fatal(errs)
	}
	var doc map[string]any
	if err := json.Unmarshal([]byte(out), &doc); err != nil {
		t.Fatal(err)
	}
	delete(doc, "warnings") // older versions warned of less
	var clean func(any)
	clean = func(x any) {
		switch x := x.(type) {
		case map[string]any:
			for _, key := range []string{"candidate_id", "started_at", "finished_at", "tool_version", "schema", "database", "csv", "runs", "identity", "sweep_id", "cost_tables"} {
				delete(x, key)
			}
			for _, y := range x {
				clean(y)
			}
		case []any:
			for _, y := range x {
				clean(y)
			}
		}
	}
	clean(doc)
	text, err := json.MarshalIndent(doc, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(folder, "*.csv"))
	if err != nil || len(files) < 3 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		text = append(text, fmt.Sprintf("\n%s\n%s", filepath.Base(f), withoutIDs(t, f))...)
	}
	return string(text)
}

// withoutIDs returns the rows of a CSV file without candidates' ids, which are given as results are stored, and times of searches.
func withoutIDs(t *testing.T, file string) string {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil || len(rows) == 0 {
		t.Fatal(file, err)
	}
	var b strings.Builder
	for i, r := range rows {
		for j, cell := range r {
			if name := rows[0][j]; i == 0 || name != "candidate_id" && name != "search_s" {
				fmt.Fprint(&b, cell, " | ")
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}
