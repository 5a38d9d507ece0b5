package reports

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// chartSheet is the hidden sheet with the charts' points.
const chartSheet = "ChartData"

// A chart's size in pixels, and in rows with a gap. Rows are 20 pixels high in Excel and 17 in LibreOffice.
const (
	chartWidth, chartHeight = 900, 500
	chartRows               = chartHeight/17 + 3
)

// front writes the front's designs and a chart for each workload: below a short table, beside a long one.
func (b *book) front() {
	const sheet = "Front"
	b.page(sheet)
	b.repeatHeader(sheet)
	t := b.d.fronts()
	for i, h := range t.header {
		col, err := excelize.ColumnNumberToName(i + 1)
		b.keep(err)
		b.keep(b.f.SetColWidth(sheet, col, col, width(h)))
	}
	cells := make([]any, len(t.header))
	for i, h := range unique(t.header) {
		cells[i] = h
	}
	b.put(sheet, 1, cells...)
	b.style(sheet, 1, 1, len(cells), b.head)
	row := 1
	for r := range t.rows {
		row++
		b.put(sheet, row, r...)
		b.style(sheet, row, 8, 8, b.percent)
	}
	b.keep(b.f.SetPanes(sheet, frozen()))
	if row == 1 {
		b.put(sheet, 2, "No candidate has a valid mapping of every layer; Summary and column reason of Candidates tell why.")
		return
	}
	b.keep(b.f.AddTable(sheet, b.table(t, row)))
	column, at := 1, row+2
	if row > 30 {
		column, at = len(t.header)+2, 2
	}
	for i := range b.d.Workloads {
		if !b.chart(i, &b.d.Workloads[i], column, at) {
			continue
		}
		if i > 0 && column == 1 { // no page may end within a chart
			b.keep(b.f.InsertPageBreak(sheet, fmt.Sprintf("A%d", at-1)))
		}
		at += chartRows
	}
	b.patchCharts()
}

// chart draws one workload: all mapped candidates as points, the front as a staircase. False where nothing can be
// drawn.
func (b *book) chart(i int, w *Workload, column, row int) bool {
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
	cloud := b.points(4*i+1, "candidates", cloudX, cloudY)
	cloud.Line = excelize.LineOptions{Type: excelize.LineNone}
	cloud.Marker = excelize.ChartMarker{Symbol: "circle", Size: 4, Fill: colour("7F7F7F")} // without a fill markers do not show
	stair := b.points(4*i+3, "front", areas, edps)
	stair.Fill = colour("D55E00")
	stair.Line = excelize.LineOptions{Type: excelize.LineSolid, Width: 1.75, Fill: colour("D55E00")}
	stair.Marker = excelize.ChartMarker{Symbol: "circle", Size: 8, Fill: colour("D55E00")} // larger: LibreOffice draws the first series on top
	at, err := excelize.CoordinatesToCellName(column, row)
	b.keep(err)
	b.keep(b.f.AddChart("Front", at, &excelize.Chart{
		Type:      excelize.Scatter,
		Series:    []excelize.ChartSeries{cloud, stair},
		Title:     excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: printable(title), Font: &excelize.Font{Color: "000000", Size: 12, Bold: true}}}},
		Legend:    excelize.ChartLegend{Position: "bottom"},
		Dimension: excelize.ChartDimension{Width: chartWidth, Height: chartHeight},
		XAxis:     axisOf(x, "area_mm2", "0.####"),
		YAxis:     axisOf(y, "edp_js", "0.0E+00"),
	}))
	return true
}

// points writes a series' values into two columns of the hidden sheet, its name above them, and refers to them: a
// name given as text would be taken for a formula.
func (b *book) points(column int, name string, xs, ys []float64) excelize.ChartSeries {
	ref := func(k, from, to int) string {
		col, err := excelize.ColumnNumberToName(k)
		b.keep(err)
		return fmt.Sprintf("%s!$%s$%d:$%s$%d", chartSheet, col, from, col, to)
	}
	for k, vs := range [][]float64{xs, ys} {
		for j, v := range vs {
			at, err := excelize.CoordinatesToCellName(column+k, j+2)
			b.keep(err)
			b.keep(b.f.SetCellValue(chartSheet, at, v))
		}
	}
	at, err := excelize.CoordinatesToCellName(column, 1)
	b.keep(err)
	b.keep(b.f.SetCellStr(chartSheet, at, name))
	head, _, _ := strings.Cut(ref(column, 1, 1), ":")
	return excelize.ChartSeries{Name: head, Categories: ref(column, 2, len(xs)+1), Values: ref(column+1, 2, len(ys)+1)}
}

func axisOf(a *logAxis, title, format string) excelize.ChartAxis {
	low, high := a.decades()
	black := excelize.Font{Color: "000000"}
	return excelize.ChartAxis{LogBase: 10, Minimum: &low, Maximum: &high, Font: black, NumFmt: excelize.ChartNumFmt{CustomNumFmt: format},
		Title: excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: title, Font: &black}}}, MajorGridLines: true, MinorGridLines: true}
}

func colour(c string) excelize.Fill {
	return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{c}}
}

// patchCharts makes the horizontal axes logarithmic and their values numbers: excelize writes logBase for the vertical
// axis only, and quotes the categories of a scatter chart as text. It also takes the markers off the corners of the
// staircase that are no designs.
func (b *book) patchCharts() {
	b.f.Pkg.Range(func(k, v any) bool {
		key, _ := k.(string)
		data, ok := v.([]byte)
		if !ok || !strings.HasPrefix(key, "xl/charts/chart") {
			return true
		}
		x := string(data)
		if strings.Count(x, "<logBase") == 1 {
			x = strings.Replace(x, "<scaling><orientation", `<scaling><logBase val="10"></logBase><orientation`, 1)
		}
		x = strings.ReplaceAll(x, "<xVal><strRef>", "<xVal><numRef>")
		x = strings.ReplaceAll(x, "</strRef></xVal>", "</numRef></xVal>")
		x, marked := plainCorners(x)
		if !marked || strings.Count(x, "<logBase") != 2 || strings.Contains(x, "<xVal><strRef>") {
			b.keep(fmt.Errorf("%s: the chart's axes are not as expected; excelize has changed what it writes", key))
		}
		b.f.Pkg.Store(key, []byte(x))
		return true
	})
}

// plainCorners takes the marker off every second point of a chart's last series, the corners of its staircase. False
// where the series has not the form that excelize is known to write.
func plainCorners(x string) (string, bool) {
	at := strings.LastIndex(x, "<ser>")
	if at < 0 {
		return x, false
	}
	head, series := x[:at], x[at:]
	from, to, values := strings.Index(series, "<spPr>"), strings.Index(series, "<marker>"), strings.Index(series, "<xVal>")
	if from < 0 || to < from || values < to {
		return x, false
	}
	line := series[from:to] // points do not inherit the line of their series
	_, area, _ := strings.Cut(series[values:], ":$")
	_, last, _ := strings.Cut(area, "$")
	last, _, _ = strings.Cut(last, "<")
	rows, err := strconv.Atoi(last)
	if err != nil {
		return x, false
	}
	var points strings.Builder
	for i := 1; i < rows-1; i += 2 {
		fmt.Fprintf(&points, `<dPt><idx val="%d"/><marker><symbol val="none"/></marker><bubble3D val="0"/>%s</dPt>`, i, line)
	}
	return head + series[:values] + points.String() + series[values:], true
}
