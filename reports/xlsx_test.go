package reports

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"tcmdse/results"
)

// workbook writes a workbook and opens it again.
func workbook(t *testing.T, d *Data) (*excelize.File, []byte) {
	t.Helper()
	var b bytes.Buffer
	if err := WriteXLSX(&b, d); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f, b.Bytes()
}

func rowsOf(t *testing.T, f *excelize.File, sheet string) [][]string {
	t.Helper()
	rows, err := f.GetRows(sheet, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func part(t *testing.T, f *excelize.File, key string) string {
	t.Helper()
	v, ok := f.Pkg.Load(key)
	if !ok {
		t.Fatalf("the workbook has no %s", key)
	}
	return string(v.([]byte))
}

func TestSheets(t *testing.T) {
	d := realistic(t)
	f, _ := workbook(t, d)
	if got := strings.Join(f.GetSheetList(), " "); got != "Summary Front Mean Axes Breakdown Candidates Layers Components Mappings Method ChartData" {
		t.Errorf("sheets %s", got)
	}
	if visible, err := f.GetSheetVisible(chartSheet); err != nil || visible {
		t.Errorf("the sheet of the charts' points is visible, %v", err)
	}
	for sheet, want := range map[string]int{"Front": 22, "Candidates": 216, "Layers": 708, "Components": 2124, "Mappings": 88} {
		rows := rowsOf(t, f, sheet)
		if len(rows) < want+1 || rows[want][0] == "" || len(rows) > want+1 && sheet != "Front" {
			t.Errorf("%s: %d rows, want %d and a header", sheet, len(rows), want)
		}
		for _, h := range []string{"area_mm2", "energy_j", "latency_s", "edp_js"} {
			if (sheet == "Front" || sheet == "Candidates") && !slices.Contains(rows[0], h) {
				t.Errorf("%s has no column %s: %v", sheet, h, rows[0])
			}
		}
		panes, err := f.GetPanes(sheet)
		if err != nil || !panes.Freeze || panes.YSplit != 1 {
			t.Errorf("%s: header not frozen: %+v, %v", sheet, panes, err)
		}
		tables, err := f.GetTables(sheet)
		last, _ := excelize.CoordinatesToCellName(len(rows[0]), want+1)
		if err != nil || len(tables) != 1 || tables[0].Range != "A1:"+last {
			t.Errorf("%s: tables %+v, want one over A1:%s, %v", sheet, tables, last, err)
		}
	}
	for i := range 5 {
		if x := part(t, f, fmt.Sprintf("xl/tables/table%d.xml", i+1)); !strings.Contains(x, "<autoFilter") {
			t.Errorf("table %d does not filter", i+1)
		}
	}
}

// TestNumbers: every figure is a number, of full precision, and nothing else stands in its column.
func TestNumbers(t *testing.T) {
	d := realistic(t)
	f, _ := workbook(t, d)
	for _, sheet := range []string{"Front", "Candidates", "Layers", "Components"} {
		rows := rowsOf(t, f, sheet)
		for c, h := range rows[0] {
			if !slices.ContainsFunc([]string{"_mm2", "_j", "_s", "_js", "_bits", "idx", "count", "PE.x", "_KiB", "_GB_per_s"}, func(s string) bool { return strings.HasSuffix(h, s) }) {
				continue
			}
			for r := 1; r <= min(len(rows)-1, 120) && len(rows[r]) > 0; r++ {
				at, _ := excelize.CoordinatesToCellName(c+1, r+1)
				typ, err := f.GetCellType(sheet, at)
				if err != nil || typ != excelize.CellTypeNumber && typ != excelize.CellTypeUnset {
					t.Errorf("%s!%s (%s) has type %v, %v", sheet, at, h, typ, err)
				}
			}
		}
	}
	rows := rowsOf(t, f, "Candidates")
	c := d.Workloads[0].Candidates[0]
	at := slices.Index(rows[0], "edp_js")
	if got, err := strconv.ParseFloat(rows[1][at], 64); err != nil || math.Abs(got/c.EDPJs-1) > 1e-14 {
		t.Errorf("EDP %s, want %g, %v", rows[1][at], c.EDPJs, err)
	}
	size := slices.Index(rows[0], "GLB.size_KiB")
	if rows[1][size] != "32" || rows[10][size] != "256" {
		t.Errorf("sizes %s, %s: want 32 and 256 (written 0.25MiB)", rows[1][size], rows[10][size])
	}
}

// TestCharts: one chart a workload, two series of the right length each, both axes logarithmic, values as numbers.
func TestCharts(t *testing.T) {
	d := realistic(t)
	f, _ := workbook(t, d)
	points := rowsOf(t, f, chartSheet)
	for i := range d.Workloads {
		w := &d.Workloads[i]
		x := part(t, f, fmt.Sprintf("xl/charts/chart%d.xml", i+1))
		col := func(k int) string { s, _ := excelize.ColumnNumberToName(4*i + k); return s }
		mapped, corners := w.all.mapped, 2*len(w.Front)-1
		want := map[string]int{"<scatterChart>": 1, "<ser>": 2, `<logBase val="10">`: 2, "<xVal><numRef>": 2, "strRef></xVal>": 0,
			fmt.Sprintf("<tx><strRef><f>ChartData!$%s$1<", col(1)): 1, fmt.Sprintf("<tx><strRef><f>ChartData!$%s$1<", col(3)): 1}
		for k, n := range []int{mapped, mapped, corners, corners} {
			want[fmt.Sprintf("<f>ChartData!$%s$2:$%s$%d</f>", col(k+1), col(k+1), n+1)] = 1
		}
		for p, n := range want {
			if got := strings.Count(x, p); got != n {
				t.Errorf("chart %d has %d of %q, want %d", i+1, got, p, n)
			}
		}
		if got := strings.Count(x, `<symbol val="none"`); got != len(w.Front)-1 {
			t.Errorf("chart %d: %d corners without a marker, want %d", i+1, got, len(w.Front)-1)
		}
		first := w.Candidates[w.Front[0]]
		if got := points[1][4*i+2]; got != fmt.Sprint(first.AreaMM2) || points[0][4*i+2] != "front" {
			t.Errorf("the staircase starts at %q, want %g", got, first.AreaMM2)
		}
		if points[mapped+1-1][4*i] == "" {
			t.Errorf("the points end before row %d", mapped+1)
		}
	}
	if x := part(t, f, "xl/charts/chart3.xml"); !strings.Contains(x, "geometric mean (netA 50 %, netB 50 %)") {
		t.Error("the third chart is not that of the mean front")
	}
}

// TestThinnedChart: above 20,000 candidates the chart says what it shows, and the sheet has all.
func TestThinnedChart(t *testing.T) {
	n := chartPoints + 500
	d := built(n, func(i int, c *results.CandidateRow) {
		c.OnFront = i%1000 == 0
		c.EDPJs = math.Exp(math.Sin(float64(i) * 12.9898))
	})
	f, _ := workbook(t, d)
	shown, _ := thin(&d.Workloads[0], chartPoints)
	x := part(t, f, "xl/charts/chart1.xml")
	if want := fmt.Sprintf("(%d of %d candidates shown)", len(shown), n); !strings.Contains(x, want) || len(shown) > chartPoints {
		t.Errorf("the title does not say %q", want)
	}
	if rows := rowsOf(t, f, "Candidates"); len(rows) != n+1 {
		t.Errorf("%d rows of candidates", len(rows))
	}
}

// ourLink is the form of all formulas of a workbook: names of sheets and cells alone, no text of users.
func ourLink() *regexp.Regexp {
	return regexp.MustCompile(`^HYPERLINK\("#(\w+)!A"&\(1\+MATCH\(([A-Z]+\d+),(\w+)!\$([A-Z]+)\$2:\$([A-Z]+)\$(\d+),0\)\),"(\w+)"\)$`)
}

// TestHostileWorkbook: what users wrote stays text, and the configuration is there word for word.
func TestHostileWorkbook(t *testing.T) {
	d := hostileData(t)
	f, _ := workbook(t, d)
	seen := 0
	for _, sheet := range f.GetSheetList() {
		for r, row := range rowsOf(t, f, sheet) {
			for c, v := range row {
				at, _ := excelize.CoordinatesToCellName(c+1, r+1)
				if x, err := f.GetCellFormula(sheet, at); err != nil || x != "" && !ourLink().MatchString(x) {
					t.Errorf("%s!%s has the formula %s, %v", sheet, at, x, err)
				}
				if strings.HasPrefix(v, "=") {
					seen++
				}
			}
		}
	}
	if seen < 20 {
		t.Errorf("%d texts that start with =: they should be there as they are", seen)
	}
	rows := rowsOf(t, f, "Method")
	at := slices.IndexFunc(rows, func(r []string) bool { return len(r) > 0 && r[0] == "Configuration as it ran" })
	var config strings.Builder
	for i, r := range rows[at+1:] {
		mark, text := "", ""
		if len(r) > 0 {
			mark = r[0]
		}
		if len(r) > 1 {
			text = r[1]
		}
		if i > 0 && mark == "" {
			config.WriteByte('\n')
		}
		config.WriteString(text)
	}
	want := strings.TrimRight(strings.ReplaceAll(d.Sweep.Config, "\r", ""), "\n")
	if got := strings.TrimRight(config.String(), "\n"); got != want {
		t.Errorf("configuration of %d bytes, want %d", len(got), len(want))
	}
	head := rowsOf(t, f, "Candidates")[0]
	lower := map[string]bool{}
	for _, h := range head {
		if lower[strings.ToLower(h)] {
			t.Errorf("column %q twice: Excel repairs such tables", h)
		}
		lower[strings.ToLower(h)] = true
	}
}

// TestOddData: sweeps without results, areas or finite figures give whole workbooks, pages and tables.
func TestOddData(t *testing.T) {
	set := func(f func(i int, c *results.CandidateRow)) func(int, *results.CandidateRow) { return f }
	nothing := set(func(int, *results.CandidateRow) {})
	for name, d := range map[string]*Data{
		"no workload":  {},
		"no candidate": built(0, nothing),
		"one":          built(1, nothing),
		"zero area":    built(5, func(i int, c *results.CandidateRow) { c.AreaMM2, c.OnFront = 0, i == 4 }),
		"not finite": built(5, func(i int, c *results.CandidateRow) {
			if i == 2 {
				c.EnergyJ, c.LatencyS, c.EDPJs = math.Inf(1), math.NaN(), math.NaN()
			}
		}),
		"all infeasible": built(5, func(i int, c *results.CandidateRow) { c.Status, c.OnFront, c.Reason = results.Infeasible, false, "why" }),
		"params differ": built(5, func(i int, c *results.CandidateRow) {
			for k := range i {
				c.Params = append(c.Params, results.Param{Path: fmt.Sprintf("P.p%d", k), Text: fmt.Sprint(k * i)})
			}
		}),
	} {
		t.Run(name, func(t *testing.T) {
			f, _ := workbook(t, d)
			for _, sheet := range f.GetSheetList() {
				for _, row := range rowsOf(t, f, sheet) {
					for _, v := range row {
						if v == "NaN" || strings.HasSuffix(v, "Inf") {
							t.Errorf("%s holds %q", sheet, v)
						}
					}
				}
			}
			charts := 0
			for i := range d.Workloads {
				if a, _ := d.Workloads[i].staircase(); len(a) > 0 {
					charts++
					if x := part(t, f, fmt.Sprintf("xl/charts/chart%d.xml", charts)); strings.Contains(x, "NaN") || strings.Contains(x, "Inf") {
						t.Error("the chart has an axis that is not finite")
					}
				}
			}
			var page, table bytes.Buffer
			if err := WriteHTML(&page, d); err != nil || strings.Contains(page.String(), "NaN") || strings.Contains(page.String(), "Inf") {
				t.Errorf("page: %v", err)
			}
			if err := WriteFrontTable(&table, d); err != nil || strings.Contains(table.String(), "NaN") {
				t.Errorf("table: %v\n%s", err, table.String())
			}
			for _, s := range append(d.tables(), d.fronts()) {
				if err := writeCSV(filepath.Join(t.TempDir(), "t.csv"), s.csv()); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// TestSummary: the answers are on the first sheet.
func TestSummary(t *testing.T) {
	d := realistic(t)
	d.Sweep.Warnings = []string{"axis value 3 never survives"}
	f, _ := workbook(t, d)
	var lines []string
	for _, r := range rowsOf(t, f, "Summary") {
		lines = append(lines, strings.Join(r, "|"))
	}
	all := strings.Join(lines, "\n")
	for _, want := range []string{"Sweep buffers", "Warning|axis value 3", "netA: 13 of 108", "smallest|0|0.96|", "knee|", "least EDP|101|11.776|0.38979",
		"ok|102\n", "over budget|6|candidate 102: area 12.3 mm2", "infeasible|27|candidate 0: layer qk", "finished|2001-09-09 01:47:40 UTC", "model|m"} {
		if !strings.Contains(all, want) {
			t.Errorf("no %q in\n%s", want, all)
		}
	}
	if strings.Index(all, "least EDP") > strings.Index(all, "What was run") {
		t.Error("the answers come after the circumstances")
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

// TestLongNames: names of any length leave titles that can be read, a page that is not shrunk, and a chart on one page.
func TestLongNames(t *testing.T) {
	d := built(24, func(i int, c *results.CandidateRow) {
		c.AreaMM2, c.EDPJs, c.OnFront = float64(i+1), 1/float64(i+1), true
		c.Params = []results.Param{{Path: "GLB.size", Text: fmt.Sprint(64<<(i%4), "B"), Value: float64(int(512) << (i % 4))},
			{Path: "PE.x", Text: fmt.Sprint(i%3 + 2), Value: float64(i%3 + 2)}}
	})
	d.Sweep.Name, d.Workloads[0].Name = strings.Repeat("a-long-name", 40), strings.Repeat("net-", 100)
	d.Sweep.Workloads = []string{d.Workloads[0].Name}
	f, _ := workbook(t, d)
	x := part(t, f, "xl/charts/chart1.xml")
	title := regexp.MustCompile(`<(?:a:)?t(?: [^>]*)?>([^<]*)</`).FindStringSubmatch(x)
	if title == nil || len(title[1]) > 200 || !strings.HasSuffix(title[1], "area and EDP") || !strings.HasPrefix(title[1], "net-net") {
		t.Errorf("title %q", title)
	}
	if x := part(t, f, "xl/charts/chart2.xml"); !strings.Contains(x, `formatCode="0.####"`) {
		t.Errorf("sizes on an axis are not whole numbers: %.2000s", x)
	}
	if x := part(t, f, "xl/charts/chart3.xml"); !strings.Contains(x, `<crossBetween val="midCat"></crossBetween><majorUnit val="0.2">`) {
		t.Errorf("labels count from an end of the axis: %.2000s", x)
	}
	if p, err := f.GetDocProps(); err != nil || len(p.Title) > 255 || len(p.Title) < 200 {
		t.Errorf("%d characters of a title, %v", len(p.Title), err)
	}
	var area string
	for _, n := range f.GetDefinedName() {
		if n.Scope == "Summary" && n.Name == "_xlnm.Print_Area" {
			area = n.RefersTo
		}
	}
	if !strings.HasPrefix(area, "'Summary'!$A$1:$J$") {
		t.Errorf("Summary prints %q", area)
	}
	if breaks := part(t, f, "xl/worksheets/sheet2.xml"); !strings.Contains(breaks, "<rowBreaks") {
		t.Error("no page begins with the chart, which is below 24 designs")
	}
}
