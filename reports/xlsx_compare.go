package reports

import (
	"fmt"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"

	"tcmdse/results"
)

// WriteCompareXLSX writes a comparison as a workbook: Summary, what changed; Front, both fronts as a table and in one chart
// for each workload; and a hidden sheet with the charts' points.
func WriteCompareXLSX(w io.Writer, c *Comparison) error {
	f := excelize.NewFile()
	defer f.Close()
	b := &book{f: f, d: c.a}
	b.keep(f.SetSheetName("Sheet1", "Summary"))
	for _, name := range []string{"Front", chartSheet} {
		_, err := f.NewSheet(name)
		b.keep(err)
	}
	b.keep(f.SetSheetVisible(chartSheet, false))
	f.SetActiveSheet(0)
	b.styles()
	b.compareSummary(c)
	b.compareFronts(c)
	b.keep(f.SetDocProps(&excelize.DocProperties{Title: property("tcmdse sweeps " + c.a.Sweep.Name + " and " + c.b.Sweep.Name), Creator: property("tcmdse " + c.b.Sweep.ToolVersion)}))
	if b.err != nil {
		return fmt.Errorf("reports: %w", b.err)
	}
	return save(f, w)
}

// compareSummary says what differs and, for each workload, what changed; figures are numbers with their unit beside them.
func (b *book) compareSummary(c *Comparison) {
	const sheet = "Summary"
	b.page(sheet)
	b.keep(b.f.SetColWidth(sheet, "A", "A", 24))
	b.keep(b.f.SetColWidth(sheet, "B", "C", 34))
	b.keep(b.f.SetColWidth(sheet, "D", "E", 12))
	b.put(sheet, 1, "Two sweeps: A, "+c.a.Sweep.Name+", and B, "+c.b.Sweep.Name)
	b.style(sheet, 1, 1, 1, b.title)
	row := 2
	for _, n := range c.Notes {
		row = b.compareLine(row, "Note: "+n, b.warning)
	}
	differ := append([][3]string{{"differs", "A", "B"}}, c.differing()...)
	if len(differ) == 1 {
		differ = [][3]string{{"differs", "nothing", "nothing"}}
	}
	for _, t := range [][][3]string{append([][3]string{{"", "A", "B"}}, c.sides()...), differ} {
		row++
		for i, r := range t {
			b.put(sheet, row, r[0], r[1], r[2])
			if i == 0 {
				b.style(sheet, row, 1, 3, b.head)
			} else {
				b.style(sheet, row, 1, 3, b.lines)
				b.keep(b.f.SetRowHeight(sheet, row, min(maxHeight, 15*float64(1+max(len(r[1]), len(r[2]))/36))))
			}
			row++
		}
	}
	for i := range c.Workloads {
		row = b.compareFacts(row+1, &c.Workloads[i])
	}
	for _, side := range []struct {
		name string
		list []string
	}{{"A", c.OnlyA}, {"B", c.OnlyB}} {
		if len(side.list) > 0 {
			row = b.compareLine(row+1, "Workloads only in "+side.name+": "+strings.Join(side.list, ", "), b.lines)
		}
	}
}

// compareLine writes a text over all columns, with room for all of it.
func (b *book) compareLine(row int, text string, style int) int {
	const sheet = "Summary"
	b.put(sheet, row, text)
	b.keep(b.f.MergeCell(sheet, fmt.Sprintf("A%d", row), fmt.Sprintf("E%d", row)))
	b.style(sheet, row, 1, 5, style)
	b.keep(b.f.SetRowHeight(sheet, row, min(maxHeight, 15*float64(1+len(text)/110))))
	return row + 1
}

func (b *book) compareFacts(row int, w *WorkloadChange) int {
	const sheet = "Summary"
	b.put(sheet, row, w.Name, "A", "B", "unit", "change")
	b.style(sheet, row, 1, 5, b.head)
	row++
	for _, f := range w.facts() {
		var change any
		if f.unit != "" {
			change = number(f.b/f.a - 1)
		}
		b.put(sheet, row, f.name, number(f.a), number(f.b), f.unit, change)
		if change != nil {
			b.style(sheet, row, 5, 5, b.change)
		}
		row++
	}
	for _, s := range w.sentences() {
		row = b.compareLine(row, s, b.lines)
	}
	return row
}

// compareFronts writes the designs of both fronts and, below, a chart for each workload.
func (b *book) compareFronts(c *Comparison) {
	const sheet = "Front"
	b.page(sheet)
	b.repeatHeader(sheet)
	shown := c.shown()
	header := []string{"workload", "front", "idx_a", "idx_b", "area_mm2_a", "area_mm2_b", "edp_js_a", "edp_js_b", "edp_change"}
	for _, p := range shown {
		header = append(header, p.path)
	}
	header = append(header, "remark")
	cells := make([]any, len(header))
	for i, h := range unique(header) {
		cells[i] = h
		col, err := excelize.ColumnNumberToName(i + 1)
		b.keep(err)
		b.keep(b.f.SetColWidth(sheet, col, col, map[bool]float64{true: 64, false: width(h)}[h == "remark"]))
	}
	b.put(sheet, 1, cells...)
	b.style(sheet, 1, 1, len(cells), b.head)
	row := 1
	for i := range c.Workloads {
		designs := c.Workloads[i].designs()
		for k := range designs {
			row++
			b.put(sheet, row, designs[k].cells(c.Workloads[i].Name, shown)...)
			b.style(sheet, row, 9, 9, b.change)
		}
	}
	b.keep(b.f.SetPanes(sheet, frozen()))
	if row == 1 {
		b.put(sheet, 2, "There is no design on a front of a workload that both sweeps have; Summary tells why.")
		return
	}
	b.keep(b.f.AddTable(sheet, b.table(sheetRows{name: sheet, header: header}, row)))
	column, at := 1, row+2
	if row > 30 {
		column, at = len(header)+2, 2
	}
	n := 0
	for i := range c.Workloads {
		if !b.compareChart(c, &c.Workloads[i], column, at) {
			continue
		}
		if column == 1 && (n > 0 || row > rowsAboveChart) { // no page may end within a chart
			b.keep(b.f.InsertPageBreak(sheet, fmt.Sprintf("A%d", at-1)))
		}
		at, n = at+chartRows, n+1
	}
	b.patchCharts()
	b.streamPoints()
}

// cells makes the row of a design.
func (r *designRow) cells(workload string, shown []paramColumn) []any {
	row := []any{workload, r.front, nil, nil, nil, nil, nil, nil, nil}
	for side, c := range []*results.CandidateRow{r.a, r.b} {
		if c == nil {
			continue
		}
		row[2+side], row[4+side] = c.Index, number(c.AreaMM2)
		if c.Status == results.OK {
			row[6+side] = number(c.EDPJs)
		}
	}
	if row[6] != nil && row[7] != nil {
		row[8] = number(r.b.EDPJs/r.a.EDPJs - 1)
	}
	for i := range shown {
		row = append(row, shown[i].text(r.at().Params))
	}
	return append(row, r.why)
}

// compareChart draws both fronts of a workload as staircases that differ in colour, line and marker. False where one of them
// has nothing to draw.
func (b *book) compareChart(c *Comparison, w *WorkloadChange, column, row int) bool {
	x, y := newAxis(), newAxis()
	var series []excelize.ChartSeries
	for _, side := range []struct {
		d      *Data
		w      *Workload
		name   string
		colour string
		symbol string
		dash   excelize.LineDashType
	}{{c.a, w.a, "A", frontColour, "circle", excelize.LineDashSolid}, {c.b, w.b, "B", otherColour, "square", excelize.LineDashDash}} {
		areas, edps := side.w.staircase()
		if len(areas) == 0 {
			return false
		}
		for j := range areas {
			x.add(areas[j])
			y.add(edps[j])
		}
		fill := colour(strings.TrimPrefix(side.colour, "#"))
		s := b.points(c.sideName(side.d, side.name), areas, edps)
		s.Fill = fill
		s.Line = excelize.LineOptions{Type: excelize.LineSolid, Dash: side.dash, Width: 1.75, Fill: fill}
		s.Marker = excelize.ChartMarker{Symbol: side.symbol, Size: 8, Fill: fill}
		series = append(series, s)
	}
	plain := map[int][]int{}
	for k, side := range []*Workload{w.a, w.b} {
		_, edps := side.staircase()
		plain[k] = corners(edps, y)
	}
	b.chart("Front", column, row, &excelize.Chart{
		Type:      excelize.Scatter,
		Series:    series,
		Title:     chartTitle(w.Name + ": the fronts of area and EDP"),
		Legend:    excelize.ChartLegend{Position: "bottom"},
		Dimension: excelize.ChartDimension{Width: chartWidth, Height: chartHeight},
		XAxis:     axisOf(x, "area_mm2", "0.####"),
		YAxis:     axisOf(y, "edp_js", "0.0E+00"),
	}, logCharts{scatter: true, x: true, y: true, base: 10, corners: plain})
	return true
}
