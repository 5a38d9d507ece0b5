package reports

import (
	"bytes"
	"context"
	"encoding/csv"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"tcmdse/results"
)

var update = flag.Bool("update", false, "rewrite golden files")

// sampleData stores a small sweep and reads it back: 12 designs, one infeasible, names that look like formulas.
func sampleData(t *testing.T) *Data {
	t.Helper()
	ctx := context.Background()
	s, err := results.Open(filepath.Join(t.TempDir(), "r.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	id, _, err := s.Begin(ctx, results.Sweep{Name: "sample", Arch: "a", Workloads: []string{"net"}, Objective: "edp", Config: "name: sample\n=1+1\n",
		ToolVersion: "test", ModelVersion: "m", StartedAt: time.Unix(1e9, 0), CandidatesTotal: 12, Warnings: []string{"=HYPERLINK(\"x\")"}})
	if err != nil {
		t.Fatal(err)
	}
	var cs []results.Candidate
	for i := range 12 {
		area, e, l := float64(1+i), 1e-3*(1+1/float64(1+i)), 0.02/float64(1+i%7)
		c := results.Candidate{Key: fmt.Sprint(i), Index: int64(i), Arch: "a", ArchYAML: "name: a\n", AreaMM2: area,
			Params: []results.Param{{Path: "PE.x", Value: float64(i), Text: fmt.Sprint(i)}, {Path: "GLB.size", Value: 1, Text: fmt.Sprintf("%dKiB", 32<<(i%3))}}}
		w := results.WorkloadResult{Workload: "net", Status: results.OK, EnergyJ: e, LatencyS: l, EDPJs: e * l}
		w.Layers = []results.Layer{{Name: "=cmd", Count: 1, EnergyJ: e, LatencyS: l, EDPJs: e * l, MACs: 1e6, Utilization: 0.5, Bottleneck: "GLB",
			MappingJSON: `{"nodes":[]}`, MappingText: "for m in 4\n  MAC\n", Optimal: true, MapspaceLog10: 20, Evaluated: 3, Seconds: 0.01,
			Components: []results.Component{{Name: "GLB", EnergyJ: e, BusyS: l, AreaMM2: 0.5, Instances: 1, PeakBits: 10, SizeBits: 20, ReadBits: 5, WriteBits: 6}}}}
		if i == 11 {
			w = results.WorkloadResult{Workload: "net", Status: results.Infeasible, Reason: "=too small"}
		}
		c.Results = []results.WorkloadResult{w}
		cs = append(cs, c)
	}
	if err := s.Append(ctx, id, cs); err != nil {
		t.Fatal(err)
	}
	if err := s.Finish(ctx, id, time.Unix(1e9+60, 0)); err != nil {
		t.Fatal(err)
	}
	d, err := Read(ctx, s, 0)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		os.MkdirAll("testdata", 0o755)
		os.WriteFile(path, []byte(got), 0o644)
	}
	if want, _ := os.ReadFile(path); string(want) != got {
		t.Errorf("%s:\n%s\nwant\n%s", name, got, want)
	}
}

func TestFrontTable(t *testing.T) {
	var b bytes.Buffer
	if err := WriteFrontTable(&b, sampleData(t)); err != nil {
		t.Fatal(err)
	}
	golden(t, "front.txt", b.String())
}

func TestCSV(t *testing.T) {
	dir := t.TempDir()
	if err := WriteCSV(dir, sampleData(t)); err != nil {
		t.Fatal(err)
	}
	for name, rows := range map[string]int{"candidates": 13, "layers": 12, "components": 12, "mappings": 8} {
		data, _ := os.ReadFile(filepath.Join(dir, name+".csv"))
		all, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
		if err != nil || len(all) != rows {
			t.Errorf("%s: %d rows, want %d, %v", name, len(all), rows, err)
		}
		for _, row := range all {
			for _, f := range row {
				if strings.HasPrefix(f, "=") {
					t.Errorf("%s: %q would be a formula", name, f)
				}
			}
		}
	}
	data, _ := os.ReadFile(filepath.Join(dir, "candidates.csv"))
	golden(t, "candidates.csv", string(data))
}

func workbook(t *testing.T) (*excelize.File, []byte) {
	t.Helper()
	var b bytes.Buffer
	if err := WriteXLSX(&b, sampleData(t)); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	return f, b.Bytes()
}

func TestXLSX(t *testing.T) {
	f, _ := workbook(t)
	defer f.Close()
	if got := strings.Join(f.GetSheetList()[:7], " "); got != "Summary Front Candidates Layers Components Mappings Method" {
		t.Errorf("sheets %s", got)
	}
	rows, err := f.GetRows("Candidates", excelize.Options{RawCellValue: true})
	if err != nil || len(rows) != 13 || rows[0][10] != "GLB.size/KiB" || rows[2][10] != "64" || rows[1][8] == "" || rows[12][8] != "" {
		t.Errorf("%v %v", rows, err)
	}
	front, _ := f.GetRows("Front", excelize.Options{RawCellValue: true})
	if len(front) != 8 {
		t.Errorf("front %v", front)
	}
	for _, sheet := range f.GetSheetList() {
		all, _ := f.GetRows(sheet)
		for r := range all {
			for c := range all[r] {
				at, _ := excelize.CoordinatesToCellName(c+1, r+1)
				if x, _ := f.GetCellFormula(sheet, at); x != "" {
					t.Errorf("%s!%s has the formula %s", sheet, at, x)
				}
			}
		}
	}
	for sheet, cell := range map[string]string{"Candidates": "F2", "Layers": "E2", "Front": "C2"} {
		if typ, _ := f.GetCellType(sheet, cell); typ == excelize.CellTypeSharedString || typ == excelize.CellTypeInlineString {
			t.Errorf("%s!%s is text", sheet, cell)
		}
	}
}

// TestChart: two series of the right length, both axes logarithmic, values as numbers.
func TestChart(t *testing.T) {
	f, _ := workbook(t)
	defer f.Close()
	v, ok := f.Pkg.Load("xl/charts/chart1.xml")
	if !ok {
		t.Fatal("no chart")
	}
	x := string(v.([]byte))
	for part, n := range map[string]int{"<ser>": 2, "<logBase": 2, "<xVal><numRef>": 2, "strRef></xVal>": 0,
		"ChartData!$A$2:$A$12": 1, "ChartData!$B$2:$B$12": 1, "ChartData!$C$2:$C$14": 1, "ChartData!$D$2:$D$14": 1} {
		if got := strings.Count(x, part); got != n {
			t.Errorf("chart has %d of %q, want %d\n%s", got, part, n, x)
		}
	}
}

func TestHTML(t *testing.T) {
	var b bytes.Buffer
	if err := WriteHTML(&b, sampleData(t)); err != nil {
		t.Fatal(err)
	}
	page := b.String()
	for _, want := range []string{"7 designs on the front", "data-design=", "for m in 4", "GLB.size", `&#34;x&#34;`} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q in the page", want)
		}
	}
	for _, bad := range []string{"http://", "https://", "NaN", "Inf", "ZgotmplZ"} {
		if strings.Contains(page, bad) {
			t.Errorf("%q in the page", bad)
		}
	}
}

// TestRender converts the workbook with LibreOffice and counts coloured pixels of the front. It needs TCMDSE_LO=1,
// soffice and pdftoppm.
func TestRender(t *testing.T) {
	if os.Getenv("TCMDSE_LO") == "" {
		t.Skip("TCMDSE_LO is not set")
	}
	dir := t.TempDir()
	_, data := workbook(t)
	if err := os.WriteFile(filepath.Join(dir, "r.xlsx"), data, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range [][]string{
		{"soffice", "--headless", "-env:UserInstallation=file://" + dir + "/lo", "--convert-to", "pdf", "--outdir", dir, filepath.Join(dir, "r.xlsx")},
		{"pdftoppm", "-r", "60", "-f", "2", "-l", "2", filepath.Join(dir, "r.pdf"), filepath.Join(dir, "p")},
	} {
		if out, err := exec.Command(c[0], c[1:]...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", c, err, out)
		}
	}
	files, _ := filepath.Glob(filepath.Join(dir, "p*.ppm"))
	if len(files) != 1 {
		t.Fatalf("pages %v", files)
	}
	ppm, _ := os.ReadFile(files[0])
	coloured := 0
	for i := len(ppm) % 3; i+2 < len(ppm); i += 3 { // the header is short; whole pixels follow it
		if r, g, bl := ppm[i], ppm[i+1], ppm[i+2]; r > 180 && g > 60 && g < 140 && bl < 60 {
			coloured++
		}
	}
	if coloured < 100 {
		t.Errorf("%d pixels in the front's colour; the chart does not show", coloured)
	}
}

// TestWorkbookFile reads back a workbook that the command wrote; .ci/run gives its path.
func TestWorkbookFile(t *testing.T) {
	path := os.Getenv("TCMDSE_WORKBOOK")
	if path == "" {
		t.Skip("TCMDSE_WORKBOOK is not set")
	}
	f, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows("Candidates")
	if err != nil || len(rows) != 109 {
		t.Errorf("%d rows of candidates, want a header and 108, %v", len(rows), err)
	}
	front, err := f.GetRows("Front")
	if err != nil || len(front) < 5 {
		t.Errorf("%d rows on the front, %v", len(front), err)
	}
	if v, ok := f.Pkg.Load("xl/charts/chart1.xml"); !ok || strings.Count(string(v.([]byte)), "<logBase") != 2 {
		t.Error("no chart with two logarithmic axes")
	}
}
