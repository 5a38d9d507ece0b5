package reports

import (
	"fmt"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"
)

// A chart's size in pixels, and in rows with a gap. Rows are 20 pixels high in Excel and 17 in LibreOffice.
const (
	chartWidth, chartHeight = 900, 500
	chartRows               = chartHeight/17 + 3
)

// rowsAboveChart is how many rows a table has at most whose chart prints on the same page, in a sheet's full size.
const rowsAboveChart = 7

// front writes the front's designs and a chart for each workload: below a short table, beside a long one.
func (b *book) front() {
	b.frontSheet("Front", b.d.fronts(), b.studies[:len(b.d.Workloads)])
}

// mean writes the same for the front over all workloads.
func (b *book) mean() {
	b.frontSheet("Mean", b.d.meanFront(), b.studies[len(b.d.Workloads):])
}

func (b *book) frontSheet(sheet string, t sheetRows, of []study) {
	b.page(sheet)
	b.repeatHeader(sheet)
	header := append(slices.Clip(t.header), "design")
	links := []sheetLink{b.linkTo("Candidates"), b.linkTo("Layers"), b.linkTo("Mappings")}
	for _, l := range links {
		header = append(header, l.header())
	}
	for i, h := range header {
		col, err := excelize.ColumnNumberToName(i + 1)
		b.keep(err)
		b.keep(b.f.SetColWidth(sheet, col, col, width(h)))
	}
	if sheet == "Mean" {
		b.keep(b.f.SetColWidth(sheet, "A", "A", min(60, float64(len(b.d.Mean.Name))+2)))
	}
	cells := make([]any, len(header))
	for i, h := range unique(header) {
		cells[i] = h
	}
	b.put(sheet, 1, cells...)
	b.style(sheet, 1, 1, len(cells), b.head)
	row := 1
	for r := range t.rows {
		row++
		b.put(sheet, row, r...)
		for i, h := range t.header {
			if s := b.shareStyle(h); s != 0 {
				b.style(sheet, row, i+1, i+1, s)
			}
		}
		b.frontLinks(sheet, row, len(t.header)+1, links, r)
	}
	b.keep(b.f.SetPanes(sheet, frozen()))
	if row == 1 {
		b.put(sheet, 2, "No candidate has a valid mapping of every layer; Summary and column reason of Candidates tell why.")
		return
	}
	b.keep(b.f.AddTable(sheet, b.table(sheetRows{name: t.name, header: header}, row)))
	column, at := 1, row+2
	if row > 30 {
		column, at = len(header)+2, 2
	}
	start, core := at, len(t.header)-len(limitHeader())
	for i := range of {
		if !b.frontChart(sheet, of[i].w, column, at) {
			continue
		}
		if column == 1 && (i > 0 || row > rowsAboveChart) { // no page may end within a chart
			b.keep(b.f.InsertPageBreak(sheet, fmt.Sprintf("A%d", at-1)))
		}
		at += chartRows
	}
	switch { // printed are the figures and the parameters; on wide pages nobody could read them
	case column == 1:
		b.printArea(sheet, core, max(row, at-1))
	case at > start:
		b.printArea(sheet, core, row, column, at-1)
	}
}

// frontLinks leads from a design of the front to its rows on other sheets, wherever sorting has moved them.
func (b *book) frontLinks(sheet string, row, after int, links []sheetLink, design []any) {
	workload, _ := design[0].(string)
	idx, _ := design[2].(int64)
	if sheet == "Mean" {
		workload = b.d.Sweep.Workloads[0] // a candidate's row on the first of them
	}
	at, err := excelize.CoordinatesToCellName(after, row)
	b.keep(err)
	b.keep(b.f.SetCellStr(sheet, at, b.designKey(workload, idx)))
	for i, l := range links {
		if b.rows[l.sheet] == 0 || sheet == "Mean" && l.sheet != "Candidates" {
			continue
		}
		at, err := excelize.CoordinatesToCellName(after+i+1, row)
		b.keep(err)
		formula, err := linkFormula(l, after, row)
		b.keep(err)
		b.keep(b.f.SetCellStr(sheet, at, l.sheet))
		b.keep(b.f.SetCellFormula(sheet, at, formula))
		b.keep(b.f.SetCellStyle(sheet, at, at, b.link))
	}
}

// frontChart draws one workload: all mapped candidates as points, the front as a staircase. False where nothing can be
// drawn.
func (b *book) frontChart(sheet string, w *Workload, column, row int) bool {
	points, all := thin(w, chartPoints)
	areas, edps := w.staircase()
	if len(areas) == 0 {
		return false
	}
	title := fmt.Sprintf("%s on %s: area and EDP", w.Name, b.d.Sweep.Arch)
	if len(points) < all {
		title += fmt.Sprintf(" (%d of %d candidates shown)", len(points), all)
	}
	x, y := newAxis(), newAxis()
	cloudX, cloudY := make([]float64, len(points)), make([]float64, len(points))
	for k, at := range points {
		c := &w.Candidates[at]
		cloudX[k], cloudY[k] = c.AreaMM2, c.EDPJs
		x.add(c.AreaMM2)
		y.add(c.EDPJs)
	}
	cloud := cloudOf(b.points("candidates", cloudX, cloudY))
	stair := lineOf(b.points("front", areas, edps), strings.TrimPrefix(frontColour, "#"))
	b.chart(sheet, column, row, &excelize.Chart{
		Type:      excelize.Scatter,
		Series:    []excelize.ChartSeries{cloud, stair},
		Title:     chartTitle(title),
		Legend:    excelize.ChartLegend{Position: "bottom"},
		Dimension: excelize.ChartDimension{Width: chartWidth, Height: chartHeight},
		XAxis:     axisOf(x, "area_mm2", "0.####"),
		YAxis:     axisOf(y, "edp_js", "0.0E+00"),
	}, logCharts{scatter: true, x: true, y: true, base: 10, corners: map[int][]int{1: corners(edps, y)}})
	return true
}

// meanFront lists the designs of the front over all workloads.
func (d *Data) meanFront() sheetRows {
	m := &Data{Sweep: d.Sweep, Workloads: []Workload{*d.Mean}, columns: d.columns, short: d.short}
	t := m.fronts()
	t.name = "Mean"
	return t
}
