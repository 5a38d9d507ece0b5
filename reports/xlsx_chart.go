package reports

import (
	"fmt"
	"math"
	"strings"

	"github.com/xuri/excelize/v2"

	"tcmdse/results"
)

// chartSheet is the hidden sheet with the charts' points.
const chartSheet = "ChartData"

// chartPoints is how many candidates a chart shows; of more, a thinned part (contract section 8).
const chartPoints = 20_000

// front writes the front's designs and a chart for each workload.
func (b *book) front() {
	const sheet = "Front"
	b.page(sheet)
	if len(b.d.Workloads) == 0 {
		return
	}
	ps := b.d.params()
	header := []string{"workload", "candidate", "area/mm2", "EDP/Js", "energy/J", "latency/s", "EDP vs. next smaller", "bound by"}
	for _, p := range ps {
		header = append(header, p.header)
	}
	cells := make([]any, len(header))
	for i, h := range header {
		cells[i] = h
		col, _ := excelize.ColumnNumberToName(i + 1)
		b.keep(b.f.SetColWidth(sheet, col, col, max(12, float64(len(h))+3)))
	}
	b.put(sheet, 1, cells...)
	b.style(sheet, 1, len(header), b.head)
	row := 1
	for i := range b.d.Workloads {
		w := &b.d.Workloads[i]
		limits := w.bottlenecks()
		for k, at := range w.Front {
			c := &w.Candidates[at]
			var gain any
			if k > 0 {
				gain = c.EDPJs/w.Candidates[w.Front[k-1]].EDPJs - 1
			}
			row++
			r := []any{w.Name, c.Index, c.AreaMM2, c.EDPJs, c.EnergyJ, c.LatencyS, gain, limits[c.ID]}
			for k, p := range c.Params {
				r = append(r, ps[k].cell(p))
			}
			b.put(sheet, row, r...)
			b.keep(b.f.SetCellStyle(sheet, fmt.Sprintf("G%d", row), fmt.Sprintf("G%d", row), b.percent))
		}
	}
	if row > 1 {
		last, _ := excelize.CoordinatesToCellName(len(header), row)
		b.keep(b.f.AddTable(sheet, &excelize.Table{Range: "A1:" + last, Name: "FrontTable", StyleName: "TableStyleLight9"}))
	}
	b.keep(b.f.SetPanes(sheet, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}))
	for i := range b.d.Workloads {
		if w := &b.d.Workloads[i]; len(w.Front) > 0 {
			b.chart(i, w, row+2+i*27)
		}
	}
}

// chart draws one workload: all mapped candidates as points, the front as a staircase (straight lines between its
// designs would show designs that nobody found).
func (b *book) chart(i int, w *Workload, row int) {
	col := func(k int) string { n, _ := excelize.ColumnNumberToName(4*i + k + 1); return n }
	points, all := thin(w)
	put := func(k, row int, v any) { b.keep(b.f.SetCellValue(chartSheet, fmt.Sprintf("%s%d", col(k), row), v)) }
	title := fmt.Sprintf("%s on %s: area and EDP", w.Name, b.d.Sweep.Arch)
	if len(points) < all {
		title += fmt.Sprintf(" (%d of %d candidates shown)", len(points), all)
	}
	put(0, 1, "candidates")
	put(2, 1, "front")
	for k, at := range points {
		put(0, k+2, w.Candidates[at].AreaMM2)
		put(1, k+2, w.Candidates[at].EDPJs)
	}
	steps := 0
	stair := func(x, y float64) { put(2, steps+2, x); put(3, steps+2, y); steps++ }
	for k, at := range w.Front {
		c := &w.Candidates[at]
		if k > 0 {
			stair(c.AreaMM2, w.Candidates[w.Front[k-1]].EDPJs)
		}
		stair(c.AreaMM2, c.EDPJs)
	}
	x := w.scale(func(c *results.CandidateRow) float64 { return c.AreaMM2 })
	y := w.scale(func(c *results.CandidateRow) float64 { return c.EDPJs })
	ref := func(k, n int) string { return fmt.Sprintf("%s!$%s$2:$%s$%d", chartSheet, col(k), col(k), n+1) }
	name := func(k int) string { return fmt.Sprintf("%s!$%s$1", chartSheet, col(k)) }
	black := excelize.Font{Color: "000000"}
	fill := func(c string) excelize.Fill {
		return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{c}}
	}
	b.keep(b.f.AddChart("Front", fmt.Sprintf("A%d", row), &excelize.Chart{
		Type: excelize.Scatter,
		Series: []excelize.ChartSeries{
			{Name: name(0), Categories: ref(0, len(points)), Values: ref(1, len(points)),
				Line: excelize.LineOptions{Type: excelize.LineNone}, Marker: excelize.ChartMarker{Symbol: "circle", Size: 4, Fill: fill("7F7F7F")}},
			{Name: name(2), Categories: ref(2, steps), Values: ref(3, steps), Fill: fill("D55E00"),
				Line: excelize.LineOptions{Type: excelize.LineSolid, Width: 1.75, Fill: fill("D55E00")}, Marker: excelize.ChartMarker{Symbol: "circle", Size: 6, Fill: fill("D55E00")}},
		},
		Title:     excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: title, Font: &excelize.Font{Color: "000000", Size: 12, Bold: true}}}},
		Legend:    excelize.ChartLegend{Position: "bottom"},
		Dimension: excelize.ChartDimension{Width: 860, Height: 480},
		XAxis:     excelize.ChartAxis{LogBase: 10, Minimum: &x.low, Maximum: &x.high, Font: black, NumFmt: excelize.ChartNumFmt{CustomNumFmt: "0.##"}, Title: excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: "area / mm2", Font: &black}}}, MajorGridLines: true, MinorGridLines: true},
		YAxis:     excelize.ChartAxis{LogBase: 10, Minimum: &y.low, Maximum: &y.high, Font: black, NumFmt: excelize.ChartNumFmt{CustomNumFmt: "0.0E+00"}, Title: excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: "EDP / Js", Font: &black}}}, MajorGridLines: true, MinorGridLines: true},
	}))
	b.logX()
}

// logX makes the horizontal axis logarithmic and its values numbers: excelize writes logBase for the vertical axis
// only, and quotes the categories of a scatter chart as text.
func (b *book) logX() {
	if b.err != nil {
		return
	}
	patched := 0
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
		for _, s := range []string{"<xVal><strRef>", "</strRef></xVal>"} {
			x = strings.ReplaceAll(x, s, strings.Replace(s, "strRef", "numRef", 1))
		}
		if strings.Count(x, "<logBase") != 2 || strings.Contains(x, "<xVal><strRef>") {
			b.keep(fmt.Errorf("%s: the chart's axes are not as expected; excelize has changed what it writes", key))
		}
		b.f.Pkg.Store(key, []byte(x))
		patched++
		return true
	})
	if patched == 0 {
		b.keep(fmt.Errorf("no chart to make logarithmic"))
	}
}

// thin returns the candidates to draw, front designs always among them: all of them up to chartPoints, else evenly
// spaced ones in the sweep's order.
func thin(w *Workload) (points []int, all int) {
	for i := range w.Candidates {
		if w.Candidates[i].Status == "ok" {
			points = append(points, i)
		}
	}
	all = len(points)
	if all <= chartPoints {
		return points, all
	}
	var out []int
	for k, at := range points {
		if w.Candidates[at].OnFront || k*chartPoints/all != (k-1)*chartPoints/all {
			out = append(out, at)
		}
	}
	return out, all
}

// scale is a logarithmic axis.
type scale struct{ low, high float64 }

// scale returns an axis around all mapped candidates that ends on powers of ten: spreadsheets write labels at ten
// times the lowest end, whatever that is.
func (w *Workload) scale(of func(*results.CandidateRow) float64) scale {
	var s scale
	for i := range w.Candidates {
		c := &w.Candidates[i]
		if v := of(c); c.Status == "ok" && v > 0 {
			if s.low == 0 || v < s.low {
				s.low = v
			}
			s.high = max(s.high, v)
		}
	}
	if s.low == 0 {
		return scale{0.1, 10} // nothing above zero to draw
	}
	return scale{math.Pow(10, math.Floor(math.Log10(s.low))), math.Pow(10, math.Ceil(math.Log10(s.high)+1e-9))}
}
