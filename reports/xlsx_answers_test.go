package reports

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"tcmdse/results"
)

// lines are a sheet's rows, cells parted by bars.
func lines(t *testing.T, f *excelize.File, sheet string) string {
	t.Helper()
	var out []string
	for _, r := range rowsOf(t, f, sheet) {
		out = append(out, strings.Join(r, "|"))
	}
	return strings.Join(out, "\n")
}

// TestAnswers: the first sheet says what was asked, the best designs, what limits them and what each axis does.
func TestAnswers(t *testing.T) {
	f, _ := workbook(t, realistic(t))
	all := lines(t, f, "Summary")
	at := -1
	for _, want := range []string{
		"Asked|Which of 108 candidates of edge has the least energy-delay product for its area, on netA, netB, each alone?",
		"Varied|PE.x: 8, 16, 32; PE.y: 8, 16, 32; GLB.size: 32KiB, 64KiB, 128KiB, 0.25MiB; DRAM.bandwidth: 3.2GB/s, 6.4GB/s, 12.8GB/s",
		"netA: 13 of 108", "smallest|0|0.96|", "knee|", "least EDP|101|", "best within 1 mm2|0|", "best within 2 mm2|15|", "best within 20 mm2|101|",
		"What limits them on netA", "smallest|0|compute (MAC)||1|DRAM|0.4734", "What each axis does to the EDP of netA",
		"PE.x|3|8|32|-0.501", "GLB.size|4|32KiB|0.25MiB|", "DRAM.bandwidth|3|3.2GB/s|12.8GB/s|0|",
		"netB: 9 of 108", "geometric mean (netA 50 %, netB 50 %)", "netA: status", "What was run", "Front|the designs", "Mean|the front over all",
	} {
		next := strings.Index(all, want)
		if next < 0 {
			t.Errorf("no %q in\n%s", want, all)
		} else if next < at {
			t.Errorf("%q comes too early", want)
		}
		at = max(at, next)
	}
	for sheet, wants := range map[string][]string{
		"Axes": {"netA: EDP and area one step up each axis", "netA: one step from the key designs", "PE.x|smallest|0|8|16|36|", "netB: EDP by GLB.size",
			"value|candidates|least edp_js|of idx|median edp_js", "0.25MiB|"},
		"Breakdown": {"netA: energy by component", "design|idx|area_mm2|DRAM energy_j|GLB energy_j|MAC energy_j|leakage_j|energy_j", "#0, 0.960 mm2|0|0.96|",
			"netA: latency of each layer", "layer|#0 latency_s|bound by|#", "l0|0.00"},
		"Mean": {"workload|candidate_id|idx|area_mm2", "geometric mean (netA 50 %, netB 50 %)|4|3|1.216|"},
	} {
		all := lines(t, f, sheet)
		for _, want := range wants {
			if !strings.Contains(all, want) {
				t.Errorf("%s has no %q:\n%s", sheet, want, all)
			}
		}
	}
}

// TestLinks: every link leads to a row of the same design, from Candidates to Layers and Mappings and back.
func TestLinks(t *testing.T) {
	f, _ := workbook(t, realistic(t))
	form := ourLink()
	counts := map[string]int{}
	for _, sheet := range []string{"Front", "Candidates", "Layers", "Components", "Mappings"} {
		rows := rowsOf(t, f, sheet)
		w, i := slices.Index(rows[0], "workload"), slices.Index(rows[0], "idx")
		for c, h := range rows[0] {
			if !strings.HasPrefix(h, "to ") {
				continue
			}
			for r := 1; r < len(rows) && len(rows[r]) > i; r++ {
				at, _ := excelize.CoordinatesToCellName(c+1, r+1)
				x, err := f.GetCellFormula(sheet, at)
				if err != nil {
					t.Fatal(err)
				}
				if x == "" {
					continue
				}
				m := form.FindStringSubmatch(x)
				if m == nil || m[1] != m[3] || "to "+m[1] != h {
					t.Fatalf("%s!%s: %s", sheet, at, x)
				}
				counts[sheet+" "+m[1]]++
				if r > 40 && r%50 != 0 {
					continue
				}
				key, _ := f.GetCellValue(sheet, m[2])
				to := rowsOf(t, f, m[1])
				col, _ := excelize.ColumnNameToNumber(m[4])
				last, _ := strconv.Atoi(m[6])
				if last != len(to) {
					t.Errorf("%s!%s looks at %d rows of %d", sheet, at, last, len(to))
				}
				k := slices.IndexFunc(to, func(row []string) bool { return len(row) >= col && row[col-1] == key })
				if k < 1 || to[k][slices.Index(to[0], "workload")] != rows[r][w] || to[k][slices.Index(to[0], "idx")] != rows[r][i] {
					t.Errorf("%s!%s leads to row %d, which is not of %s %s", sheet, at, k+1, rows[r][w], rows[r][i])
				}
			}
		}
	}
	want := map[string]int{"Front Candidates": 22, "Front Layers": 22, "Front Mappings": 22, "Candidates Layers": 177, "Candidates Mappings": 22,
		"Layers Candidates": 708, "Components Candidates": 2124, "Mappings Candidates": 88}
	for k, n := range want {
		if counts[k] != n {
			t.Errorf("%d links %s, want %d", counts[k], k, n)
		}
	}
}

// TestDesignKey: keys tell designs apart without their capitals, and have nothing that looking up takes for a wildcard.
func TestDesignKey(t *testing.T) {
	long := strings.Repeat("x", 300)
	in := []string{"resnet18", "a*b?c~d", "x\x00", long, "NetA", "neta", "y" + long, "neta (2)"}
	b := &book{names: linkNames(in)}
	for i, want := range []string{"resnet18 #7", "a_b_c_d #7", "x_ #7", long[:100] + " #7", "NetA #7", "neta (2) #7", long[:100] + " (2) #7", "neta (2) (2) #7"} {
		if got := b.designKey(in[i], 7); got != want {
			t.Errorf("%q: %q, want %q", in[i], got, want)
		}
	}
}

// TestRoundEnds: ends a step beyond the values, and some round labels.
func TestRoundEnds(t *testing.T) {
	for _, c := range []struct {
		vs   []float64
		want [3]float64
	}{
		{[]float64{2, 3, 4}, [3]float64{1.8, 4.2, 0.2}}, {[]float64{100, 200}, [3]float64{80, 220, 20}}, {[]float64{0, 1}, [3]float64{0, 1.2, 0.2}},
		{[]float64{7, 14, 28}, [3]float64{6, 30, 2}}, {[]float64{1, 64}, [3]float64{0, 70, 10}},
	} {
		low, high, step := roundEnds(c.vs)
		for i, got := range []float64{*low, *high, step} {
			if math.Abs(got-c.want[i]) > 1e-9 {
				t.Errorf("%v: %v to %v by %v, want %v", c.vs, *low, *high, step, c.want)
				break
			}
		}
	}
}

// TestAxisCharts: sizes and array dimensions that double have axes of base two with a label at each power, stacks are
// stacked, and every series is named by a cell.
func TestAxisCharts(t *testing.T) {
	f, _ := workbook(t, realistic(t))
	kinds := map[string]int{}
	for i := 1; ; i++ {
		v, ok := f.Pkg.Load(fmt.Sprintf("xl/charts/chart%d.xml", i))
		if !ok {
			break
		}
		x := string(v.([]byte))
		switch {
		case strings.Contains(x, "<scatterChart>"):
			if strings.Contains(x, "<auto ") || strings.Count(x, "<crossBetween") != 2 {
				t.Errorf("chart %d: the horizontal axis is one of categories", i)
			}
			if strings.Contains(x, `<logBase val="2">`) {
				kinds["doubling"]++
				if !strings.Contains(x, `<majorUnit val="2">`) {
					t.Errorf("chart %d: no label at each power of two", i)
				}
			} else {
				kinds["points"]++
			}
		case strings.Contains(x, `<grouping val="stacked">`):
			kinds["stacks"]++
		case strings.Contains(x, "<barChart>"):
			kinds["bars"]++
		}
		if n := strings.Count(x, "<ser>"); n == 0 || strings.Count(x, "<tx><strRef><f>ChartData!$") != n {
			t.Errorf("chart %d: %d series, not all named by a cell", i, n)
		}
	}
	// Front 2, Mean 1; PE.x, PE.y, GLB.size and DRAM.bandwidth on two networks and their mean
	want := map[string]int{"points": 3, "doubling": 12, "stacks": 2, "bars": 2}
	for k, n := range want {
		if kinds[k] != n {
			t.Errorf("%d charts of %s, want %d (%v)", kinds[k], k, n, kinds)
		}
	}
}

// TestPrintWholeChart: the pages beside a long front have all of its chart; and no table is a header alone.
func TestPrintWholeChart(t *testing.T) {
	f, _ := workbook(t, built(40, func(i int, c *results.CandidateRow) {
		c.AreaMM2, c.EDPJs, c.OnFront = float64(i+1), 1/float64(i+1), true
		for _, path := range []string{"PE.x", "PE.y"} {
			c.Params = append(c.Params, results.Param{Path: path, Text: fmt.Sprint(i), Value: float64(i)})
		}
	}))
	area := ""
	for _, n := range f.GetDefinedName() {
		if n.Scope == "Front" && n.Name == "_xlnm.Print_Area" {
			area = n.RefersTo
		}
	}
	m := regexp.MustCompile(`,'Front'!\$([A-Z]+)\$1:\$([A-Z]+)\$\d+$`).FindStringSubmatch(area)
	if m == nil {
		t.Fatalf("Front prints %q", area)
	}
	from, _ := excelize.ColumnNameToNumber(m[1])
	to, _ := excelize.ColumnNameToNumber(m[2])
	if (to-from+1)*64 < chartWidth {
		t.Errorf("%s: %d columns of 64 pixels for a chart of %d", area, to-from+1, chartWidth)
	}
	if s := lines(t, f, "Axes"); !strings.Contains(s, "No mapped candidate is one step from them.") {
		t.Errorf("an empty table in\n%.800s", s)
	}
}

// TestPrintSetup: landscape, one page wide, headers repeated, and links and keys left off.
func TestPrintSetup(t *testing.T) {
	f, _ := workbook(t, realistic(t))
	names := map[string]string{}
	for _, n := range f.GetDefinedName() {
		names[n.Scope+" "+n.Name] = n.RefersTo
	}
	for sheet, want := range map[string]string{"Candidates": "'Candidates'!$A$1:$O$217", "Layers": "'Layers'!$A$1:$O$709", "Mappings": "'Mappings'!$A$1:"} {
		if got := names[sheet+" _xlnm.Print_Area"]; !strings.HasPrefix(got, want) {
			t.Errorf("%s prints %s, want %s", sheet, got, want)
		}
		if got := names[sheet+" _xlnm.Print_Titles"]; got != "'"+sheet+"'!$1:$1" {
			t.Errorf("%s repeats %q", sheet, got)
		}
	}
	if got := names["Front _xlnm.Print_Area"]; !strings.HasPrefix(got, "'Front'!$A$1:$M$") {
		t.Errorf("Front prints %s", got)
	}
	for _, sheet := range f.GetSheetList() {
		if sheet == chartSheet {
			continue
		}
		l, err := f.GetPageLayout(sheet)
		if err != nil || l.Orientation == nil || *l.Orientation != "landscape" || l.FitToWidth == nil || *l.FitToWidth != 1 || l.Size == nil || *l.Size != 9 {
			t.Errorf("%s: page %+v, %v", sheet, l, err)
		}
	}
}
