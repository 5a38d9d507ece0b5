package reports

import (
	"bytes"
	"context"
	"encoding/csv"
	"flag"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fmt"
	"html"
	"tcmdse/results"
)

var update = flag.Bool("update", false, "rewrite golden files")

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile(path); err != nil || string(want) != got {
		t.Errorf("%s (%v):\n%s\nwant\n%s", name, err, got, want)
	}
}

// TestRead: the last sweep by default, any other by its number, mappings only where a report shows them.
func TestRead(t *testing.T) {
	ctx := context.Background()
	db, err := results.Open(filepath.Join(t.TempDir(), "r.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := Read(ctx, db, 0); err == nil || !strings.Contains(err.Error(), "holds no sweep") {
		t.Errorf("empty file: %v", err)
	}
	s, cs := sampleSweep()
	for _, name := range []string{"first", "second"} {
		s.Name, s.Config = name, name
		id, _, err := db.Begin(ctx, s)
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Append(ctx, id, cs[:9]); err != nil {
			t.Fatal(err)
		}
	}
	for id, want := range map[int64]string{0: "second", 1: "first", 2: "second"} {
		if d, err := Read(ctx, db, id); err != nil || d.Sweep.Name != want || len(d.Workloads) != 2 || len(d.Workloads[0].Candidates) != 9 {
			t.Errorf("sweep %d: %+v, %v", id, d, err)
		}
	}
	if _, err := Read(ctx, db, 7); err == nil || !strings.Contains(err.Error(), "no sweep 7; there are 1 to 2") {
		t.Errorf("sweep 7: %v", err)
	}
	d, err := Read(ctx, db, 2)
	if err != nil {
		t.Fatal(err)
	}
	with, without := 0, 0
	w := &d.Workloads[0]
	for _, l := range w.Layers {
		on := w.Candidates[l.Index].OnFront
		if on != (l.MappingText != "") || on != (l.MappingJSON != "") {
			t.Errorf("candidate %d, on front %v, has the mapping %q", l.Index, on, l.MappingText)
		}
		if on {
			with++
		} else {
			without++
		}
	}
	if with == 0 || without == 0 {
		t.Errorf("%d layers with a mapping, %d without: the test tells nothing", with, without)
	}
}

func TestFrontTable(t *testing.T) {
	var b bytes.Buffer
	if err := WriteFrontTable(&b, realistic(t)); err != nil {
		t.Fatal(err)
	}
	golden(t, "front.txt", b.String())
	b.Reset()
	none := built(3, func(i int, c *results.CandidateRow) {
		c.Status, c.OnFront, c.Reason = results.Infeasible, false, "GLB is too small"
	})
	if err := WriteFrontTable(&b, none); err != nil || !strings.Contains(b.String(), "3 infeasible: GLB is too small") {
		t.Errorf("%q, %v", b.String(), err)
	}
	b.Reset()
	if err := WriteFrontTable(&b, hostileData(t)); err != nil || strings.ContainsAny(b.String(), "\x1b\x07") {
		t.Errorf("control characters reach the terminal: %q, %v", b.String(), err)
	}
}

// TestSkipped: skipped candidates are counted and listed with their bound, and are on no chart.
func TestSkipped(t *testing.T) {
	d := built(5, func(i int, c *results.CandidateRow) {
		if i%2 == 1 {
			c.Status, c.OnFront, c.Reason, c.EnergyJ, c.LatencyS, c.EDPJs, c.BoundEDPJs = results.Skipped, false, "idx 0 is no larger and at least as good", 0, 0, 0, float64(i)
		}
	})
	w := &d.Workloads[0]
	if _, drawn := thin(w, 100); w.all.mapped != 3 || drawn != 3 {
		t.Errorf("%d mapped, %d drawn", w.all.mapped, drawn)
	}
	if o := w.outcomes(); len(o) != 2 || o[1].status != results.Skipped || o[1].n != 2 {
		t.Errorf("%+v", o)
	}
	table := d.candidates()
	edp, bound := slices.Index(table.header, "edp_js"), len(table.header)-1
	if table.header[bound] != "bound_edp_js" {
		t.Fatalf("%v", table.header)
	}
	for row := range table.rows {
		skipped := row[4] == results.Skipped
		if len(row) != len(table.header) || (row[edp] == nil) != skipped || (row[bound] != nil) != skipped {
			t.Errorf("%v", row)
		}
	}
	if all := built(5, func(int, *results.CandidateRow) {}); slices.Contains(all.candidates().header, "bound_edp_js") || len(definitions(d)) != len(definitions(all))+1 {
		t.Error("bounds where nothing is skipped, or no word about them where it is")
	}
	f, _ := workbook(t, d)
	if rows := rowsOf(t, f, "Candidates"); len(rows) != 6 || rows[2][bound] != "1" {
		t.Errorf("%v", rows)
	}
	var b bytes.Buffer
	if err := WriteHTML(&b, d); err != nil || !strings.Contains(b.String(), "2 skipped: idx 0 is no larger") {
		t.Errorf("page: %v", err)
	}
}

func TestCSV(t *testing.T) {
	dir := t.TempDir()
	s, cs := sampleSweep()
	writeAllCSV(t, dir, database(t, s, cs), room{maxCandidates, maxDesigns, maxLayers})
	for name, want := range map[string]int{"candidates": 2 * 108, "layers": 4 * (102 + 75), "components": 12 * (102 + 75), "front": 13 + 9, "mappings": 4 * (13 + 9)} {
		data, err := os.ReadFile(filepath.Join(dir, name+".csv"))
		if err != nil {
			t.Fatal(err)
		}
		all, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
		if err != nil || len(all) != want+1 {
			t.Errorf("%s: %d rows, want %d and a header, %v", name, len(all), want, err)
		}
		switch name {
		case "front":
			golden(t, "front.csv", string(data))
		case "candidates":
			lines := strings.SplitAfter(string(data), "\n")
			golden(t, "candidates.csv", strings.Join(lines[:1], "")+strings.Join(lines[100:125], ""))
		}
	}
}

// writeAllCSV reads a sweep within limits and writes its CSV files.
func writeAllCSV(t *testing.T, dir string, db *results.Store, most room) {
	t.Helper()
	d, err := read(context.Background(), db, 0, most, nil)
	if err == nil {
		err = WriteCSV(context.Background(), dir, db, d)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestCSVFormulas(t *testing.T) {
	dir := t.TempDir()
	s, cs := hostileSweep()
	writeAllCSV(t, dir, database(t, s, cs), room{maxCandidates, maxDesigns, maxLayers})
	files, err := filepath.Glob(filepath.Join(dir, "*.csv"))
	if err != nil || len(files) != 6 {
		t.Fatal(files, err)
	}
	guarded := 0
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		all, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range all {
			for _, f := range row {
				if strings.HasPrefix(f, "'") {
					guarded++
				}
				if f != "" && strings.ContainsAny(f[:1], "=+@") || strings.HasPrefix(f, "-l") {
					t.Errorf("%s: %q would be a formula", path, f)
				}
			}
		}
	}
	if guarded < 20 {
		t.Errorf("%d fields guarded: the test tells little", guarded)
	}
}

func TestWarnings(t *testing.T) {
	d := built(4, func(i int, c *results.CandidateRow) {
		if i == 1 {
			c.AreaMM2 = 0
		}
	})
	d.Sweep.FinishedAt, d.Sweep.CandidatesTotal, d.Sweep.Warnings = time.Time{}, 9, []string{"own"}
	d.Workloads[0].all.layers, d.Workloads[0].all.unproved = 2, 1
	got := strings.Join(d.warnings(), "\n")
	for _, want := range []string{"own", "4 of 9 candidates are stored", "1 of 2 layers is not proved", "1 candidates have no area"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in %q", want, got)
		}
	}
	if w := built(4, func(int, *results.CandidateRow) {}).warnings(); len(w) > 0 {
		t.Errorf("warnings of a sound sweep: %q", w)
	}
}

// TestCosts: the costs of the design of least EDP stand on Method and on the page with value, method, error and source,
// its warnings among the report's; the page draws each component's share of the area.
func TestCosts(t *testing.T) {
	s, cs := sampleSweep()
	for i := range cs {
		cs[i].Costs = []results.ComponentCosts{{Component: "GLB", Instances: 1, Figures: []results.CostFigure{
			{Field: "area", Value: 1e-6 * cs[i].AreaMM2, Unit: "m2", Method: "interpolated", Source: "CACTI", Table: "cacti_sram.csv", SHA256: "0123456789abcdef", ErrorP95: 0.12, Note: "=a note"}}}}
		cs[i].Warnings, cs[i].Overhead = []string{fmt.Sprintf("careful with %d", i)}, "estimated areas x 2"
	}
	d := stored(t, s, cs)
	front := d.Workloads[0].Front
	best := d.Workloads[0].Candidates[front[len(front)-1]]
	want := []string{
		fmt.Sprintf("area %.6g m2: interpolated, CACTI; within 12 %% of it in 95 %% of cases; =a note (cacti_sram.csv, sha256 0123456789ab)", 1e-6*best.AreaMM2),
		fmt.Sprintf("(idx %d)", best.Index), "estimated areas x 2", fmt.Sprintf("careful with %d", best.Index),
	}
	lines := fmt.Sprint(costLines(d))
	var page strings.Builder
	if err := WriteHTML(&page, d); err != nil {
		t.Fatal(err)
	}
	for _, text := range want {
		if !strings.Contains(lines, text) {
			t.Errorf("Method has no %q:\n%s", text, lines)
		}
		if !strings.Contains(html.UnescapeString(page.String()), text) {
			t.Errorf("the page has no %q", text)
		}
	}
	if w := strings.Join(d.warnings(), "\n"); !strings.Contains(w, want[3]) {
		t.Errorf("warnings: %s", w)
	}
	p := dataOf(t, page.String())
	for _, c := range p.Plots[0].Designs[len(front)-1].Components {
		if glb := 0.008 * best.Params[2].Value / 8192; p.Names[int(c[0].(float64))] == "GLB" && math.Abs(c[3].(float64)-glb) > 1e-3*glb {
			t.Errorf("the page draws GLB with %v mm2, it has %g", c[3], glb)
		}
	}
}
