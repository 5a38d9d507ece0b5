package reports

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// chartSheet is the hidden sheet with the charts' points.
const chartSheet = "ChartData"

// pointColumn is one column of the hidden sheet: a name above its values, numbers or texts.
type pointColumn struct {
	name   string
	values []any
}

// column adds a column to the hidden sheet and returns what refers to its name and to its values. A series' name has to be
// a reference: given as text it would be taken for a formula.
func (b *book) column(name string, values []any) (head, cells string) {
	b.columns = append(b.columns, pointColumn{name, values})
	col, err := excelize.ColumnNumberToName(len(b.columns))
	b.keep(err)
	return fmt.Sprintf("%s!$%s$1", chartSheet, col), fmt.Sprintf("%s!$%s$2:$%s$%d", chartSheet, col, col, max(2, len(values)+1))
}

// points adds a series of points.
func (b *book) points(name string, xs, ys []float64) excelize.ChartSeries {
	cells := func(vs []float64) []any {
		out := make([]any, len(vs))
		for i, v := range vs {
			out[i] = number(v)
		}
		return out
	}
	head, x := b.column(name, cells(xs))
	_, y := b.column("", cells(ys))
	return excelize.ChartSeries{Name: head, Categories: x, Values: y}
}

// streamPoints writes the hidden sheet, row by row.
func (b *book) streamPoints() {
	s, err := b.f.NewStreamWriter(chartSheet)
	if err != nil {
		b.keep(err)
		return
	}
	rows := 0
	row := make([]any, len(b.columns))
	for k, c := range b.columns {
		row[k] = clip(c.name)
		if c.name == "" {
			row[k] = nil
		}
		rows = max(rows, len(c.values))
	}
	b.keep(s.SetRow("A1", row))
	for i := range rows {
		for k, c := range b.columns {
			row[k] = nil
			if i < len(c.values) {
				row[k] = c.values[i]
			}
		}
		b.keep(s.SetRow("A"+strconv.Itoa(i+2), row))
	}
	b.keep(s.Flush())
}

// logCharts tells what patchCharts has to do to a chart.
type logCharts struct {
	scatter bool
	x, y    bool          // logarithmic axes
	base    float64       // of x
	step    float64       // of the labels on a linear x; 0: what the program that shows it chooses
	corners map[int][]int // by series, the points that are corners of a staircase and no designs
}

// chart adds a chart to a sheet.
func (b *book) chart(sheet string, column, row int, c *excelize.Chart, l logCharts) {
	at, err := excelize.CoordinatesToCellName(column, row)
	b.keep(err)
	b.keep(b.f.AddChart(sheet, at, c))
	b.logs = append(b.logs, l)
}

// patchCharts makes the horizontal axes logarithmic and their values numbers: excelize writes logBase for the vertical
// axis only, and quotes the categories of a scatter chart as text. It also takes the markers off the corners of
// staircases that are no designs.
func (b *book) patchCharts() {
	for i, l := range b.logs {
		key := fmt.Sprintf("xl/charts/chart%d.xml", i+1)
		v, ok := b.f.Pkg.Load(key)
		data, isBytes := v.([]byte)
		if !ok || !isBytes {
			b.keep(fmt.Errorf("%s is missing; excelize has changed what it writes", key))
			return
		}
		if !l.scatter {
			continue
		}
		x := string(data)
		logs := 0
		if l.y {
			logs++
		}
		if l.x {
			logs++
			x = strings.Replace(x, "<scaling><orientation", fmt.Sprintf(`<scaling><logBase val="%g"></logBase><orientation`, l.base), 1)
		}
		x, ok = valueAxis(x, l)
		x = strings.ReplaceAll(x, "<xVal><strRef>", "<xVal><numRef>")
		x = strings.ReplaceAll(x, "</strRef></xVal>", "</numRef></xVal>")
		marked := true
		for series, corners := range l.corners {
			if marked {
				x, marked = plainCorners(x, series, corners)
			}
		}
		if !ok || !marked || strings.Count(x, "<logBase") != logs || strings.Contains(x, "<xVal><strRef>") {
			b.keep(fmt.Errorf("%s: the chart's axes are not as expected; excelize has changed what it writes", key))
		}
		b.f.Pkg.Store(key, []byte(x))
	}
}

// valueAxis makes the horizontal axis of a scatter chart one of values: excelize writes some of what belongs to axes of
// categories. An axis of another base than ten gets a label at each power of it, a linear one at each step.
func valueAxis(x string, l logCharts) (string, bool) {
	from, to := strings.Index(x, "<auto "), strings.Index(x, "</noMultiLvlLbl>")
	if from < 0 || to < from {
		return x, false
	}
	more := `<crossBetween val="midCat"></crossBetween>`
	if l.x && l.base != 10 {
		more += fmt.Sprintf(`<majorUnit val="%g"></majorUnit>`, l.base)
	} else if !l.x && l.step > 0 {
		more += fmt.Sprintf(`<majorUnit val="%g"></majorUnit>`, l.step)
	}
	return x[:from] + more + x[to+len("</noMultiLvlLbl>"):], true
}

// plainCorners takes the marker off points of a chart's series. False where the series has not the form that excelize is known
// to write.
func plainCorners(x string, at int, corners []int) (string, bool) {
	parts := strings.Split(x, "<ser>")
	if at+1 >= len(parts) {
		return x, false
	}
	series := parts[at+1]
	from, to, values := strings.Index(series, "<spPr>"), strings.Index(series, "<marker>"), strings.Index(series, "<xVal>")
	if from < 0 || to < from || values < to {
		return x, false
	}
	line := series[from:to] // points do not inherit the line of their series
	var points strings.Builder
	for _, i := range corners {
		fmt.Fprintf(&points, `<dPt><idx val="%d"/><marker><symbol val="none"/></marker><bubble3D val="0"/>%s</dPt>`, i, line)
	}
	parts[at+1] = series[:values] + points.String() + series[values:]
	return strings.Join(parts, "<ser>"), true
}

// corners lists the points of a staircase that are no designs, but for those so little above the next design that they fall
// on its pixels: LibreOffice draws one of such points, the first, and without its marker the design would not show.
func corners(edps []float64, y *logAxis) []int {
	const pixels = chartHeight
	low, high := y.decades()
	var out []int
	for i := 1; i+1 < len(edps); i += 2 {
		if math.Log10(edps[i]/edps[i+1])*pixels >= math.Log10(high/low) {
			out = append(out, i)
		}
	}
	return out
}

// axisOf describes a logarithmic axis of base ten.
func axisOf(a *logAxis, title, format string) excelize.ChartAxis {
	low, high := a.decades()
	out := linearAxis(title, format)
	out.LogBase, out.Minimum, out.Maximum, out.MinorGridLines = 10, &low, &high, true
	return out
}

// doublingAxis describes a logarithmic axis of base two, from below the data to above it: sizes and array dimensions double,
// and markers on the ends of an axis are cut.
func doublingAxis(a *logAxis, title, format string) excelize.ChartAxis {
	low, high := math.Exp2(math.Ceil(a.dataLow*math.Log2(10)-1e-9)-1), math.Exp2(math.Floor(a.dataHigh*math.Log2(10)+1e-9)+1)
	if low >= 0.01 {
		format = "0.####" // LibreOffice writes 4096.00000000001 in General
	}
	out := linearAxis(title, format)
	out.LogBase, out.Minimum, out.Maximum = 2, &low, &high
	return out
}

// linearAxis has black text: excelize's grey is nearly invisible in print.
func linearAxis(title, format string) excelize.ChartAxis {
	black := excelize.Font{Color: "000000"}
	return excelize.ChartAxis{Font: black, NumFmt: excelize.ChartNumFmt{CustomNumFmt: format}, MajorGridLines: true,
		Title: excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: shortTitle(title), Font: &black}}}}
}

func colour(c string) excelize.Fill {
	return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{c}}
}

// mostTitle is what a chart's title has room for: two lines.
const mostTitle = 160

// shortTitle leaves out the middle of a long title: its end says what the chart shows, its beginning of what.
func shortTitle(text string) string {
	if r := []rune(text); len(r) > mostTitle {
		text = string(r[:mostTitle/2]) + " ... " + string(r[len(r)-mostTitle/2:])
	}
	return printable(text)
}

func chartTitle(text string) excelize.ChartTitle {
	return excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: shortTitle(text), Font: &excelize.Font{Color: "000000", Size: 12, Bold: true}}}}
}

// cloudOf and lineOf style a scatter series: without a fill, markers do not show (LibreOffice).
func cloudOf(s excelize.ChartSeries) excelize.ChartSeries {
	s.Line = excelize.LineOptions{Type: excelize.LineNone}
	s.Marker = excelize.ChartMarker{Symbol: "circle", Size: 4, Fill: colour("7F7F7F")}
	return s
}

func lineOf(s excelize.ChartSeries, c string) excelize.ChartSeries {
	s.Fill = colour(c)
	s.Line = excelize.LineOptions{Type: excelize.LineSolid, Width: 1.75, Fill: colour(c)}
	s.Marker = excelize.ChartMarker{Symbol: "circle", Size: 8, Fill: colour(c)} // larger: LibreOffice draws the first series on top
	return s
}
