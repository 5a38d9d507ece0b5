package reports

import (
	"fmt"
	"math"

	"github.com/xuri/excelize/v2"
)

// A sheet of charts has so many of them; the tables have all axes.
const mostAxisCharts = 24

// axisCloud bounds the candidates that one axis' chart shows.
const axisCloud = 2000

// axes writes what each axis does: a table of the effects, one of the steps from the key designs, one of each value, and charts of
// EDP against each axis.
func (b *book) axes() {
	const sheet = "Axes"
	b.page(sheet)
	b.keep(b.f.SetColWidth(sheet, "A", "A", 30))
	b.keep(b.f.SetColWidth(sheet, "B", "N", 16))
	row := 1
	for i := range b.studies {
		if s := &b.studies[i]; len(s.effects) > 0 {
			row = b.effectTable(row, s)
			row = b.neighbourTable(row, s) + 1
		}
	}
	if row == 1 {
		b.put(sheet, 1, "No axis has two values among the mapped candidates.")
		return
	}
	row = b.axisCharts(row)
	for i := range b.studies {
		row = b.valueTable(row, &b.studies[i]) + 1
	}
}

// effectTable writes the axes' effects with their spread.
func (b *book) effectTable(row int, s *study) int {
	const sheet = "Axes"
	row = b.heading(sheet, row, s.w.Name+": EDP and area one step up each axis, all other axes equal", []any{"axis", "pairs", "EDP: median", "EDP: 10th %", "EDP: 90th %",
		"area: median", "EDP end to end", "groups"})
	for i := range s.effects {
		e := &s.effects[i]
		b.put(sheet, row, e.axis.name(), e.pairs, changeOf(e.edpStep.median), changeOf(e.edpStep.low), changeOf(e.edpStep.high),
			changeOf(e.areaStep.median), changeOf(e.edpEnds.median), e.whole)
		b.style(sheet, row, 3, 7, b.change)
		row++
	}
	return row + 1
}

// neighbourTable writes what one step along each axis changes at the key designs.
func (b *book) neighbourTable(row int, s *study) int {
	const sheet = "Axes"
	row = b.heading(sheet, row, s.w.Name+": one step from the key designs", []any{"axis", "design", "idx", "from", "to", "idx there", "EDP", "area", "energy", "latency"})
	first := row
	for _, k := range s.w.keyDesigns() {
		at := s.w.Front[k.at]
		c := &s.w.Candidates[at]
		for _, n := range s.w.neighbours(at, s.effects) {
			o := &s.w.Candidates[n.to]
			b.put(sheet, row, n.axis.name(), k.name, c.Index, n.axis.column.text(c.Params), n.axis.column.text(o.Params), o.Index,
				changeOf(o.EDPJs/c.EDPJs), changeOf(o.AreaMM2/c.AreaMM2), changeOf(o.EnergyJ/c.EnergyJ), changeOf(o.LatencyS/c.LatencyS))
			b.style(sheet, row, 7, 10, b.change)
			row++
		}
	}
	if row == first { // a sample may have none
		b.put(sheet, row, "No mapped candidate is one step from them.")
		row++
	}
	return row
}

// valueTable writes what is reached with each value of each axis.
func (b *book) valueTable(row int, s *study) int {
	const sheet, most = "Axes", 50
	for i := range s.effects {
		e := &s.effects[i]
		row = b.heading(sheet, row, fmt.Sprintf("%s: EDP by %s", s.w.Name, e.axis.name()), []any{"value", "candidates", "least edp_js", "of idx", "median edp_js"})
		for k := range e.values {
			if v := &e.values[k]; k < most {
				b.put(sheet, row, v.text, v.n, v.leastEDP, s.w.Candidates[v.least].Index, v.median)
				row++
			}
		}
		if n := len(e.values); n > most {
			b.put(sheet, row, fmt.Sprintf("the first %d of %d values", most, n))
			row++
		}
		row++
	}
	return row
}

// axisCharts draws EDP against each axis, two charts a row.
func (b *book) axisCharts(row int) int {
	const sheet, width, height = "Axes", 620, 360
	const rows = height/17 + 2
	drawn, left := 0, 0
	b.keep(b.f.InsertPageBreak(sheet, fmt.Sprintf("A%d", row-1)))
	for i := range b.studies {
		s := &b.studies[i]
		for k := range s.effects {
			e := &s.effects[k]
			if !e.numeric {
				continue
			}
			if drawn == mostAxisCharts {
				left++
				continue
			}
			column := 1 + drawn%2*5
			if drawn%2 == 0 && drawn > 0 {
				if row += rows; drawn%4 == 0 { // two rows of charts a page
					b.keep(b.f.InsertPageBreak(sheet, fmt.Sprintf("A%d", row-1)))
				}
			}
			b.axisChart(sheet, column, row, s, e, excelize.ChartDimension{Width: width, Height: height})
			drawn++
		}
	}
	if drawn > 0 {
		row += rows
		b.keep(b.f.InsertPageBreak(sheet, fmt.Sprintf("A%d", row)))
	}
	if left > 0 {
		b.put(sheet, row, fmt.Sprintf("%d more axes have no chart here; the tables have all of them.", left))
		row += 2
	}
	return row
}

// axisChart draws the candidates by one axis' value, with the least and the median EDP at each.
func (b *book) axisChart(sheet string, column, row int, s *study, e *effect, size excelize.ChartDimension) {
	x, y := newAxis(), newAxis()
	var cloudX, cloudY []float64
	of := map[string]float64{}
	for _, i := range s.cloud {
		c := &s.w.Candidates[i]
		if v := of[e.axis.column.note(of, c.Params)]; !math.IsNaN(v) {
			cloudX, cloudY = append(cloudX, v), append(cloudY, c.EDPJs)
			y.add(c.EDPJs)
		}
	}
	var at, least, median []float64
	for _, v := range e.values {
		at, least, median = append(at, v.value), append(least, v.leastEDP), append(median, v.median)
		x.add(v.value)
		y.add(v.leastEDP)
	}
	title := fmt.Sprintf("%s: EDP against %s", s.w.Name, e.axis.name())
	if len(s.cloud) < s.of {
		title += fmt.Sprintf(" (%d of %d candidates shown)", len(s.cloud), s.of)
	}
	l := logCharts{scatter: true, y: y.dataHigh-y.dataLow > 1, x: e.logOK && x.dataHigh-x.dataLow > math.Log10(3.9), base: 2}
	xAxis := linearAxis(e.axis.column.header, "General")
	if l.x {
		xAxis = doublingAxis(x, e.axis.column.header, "General")
	} else {
		xAxis.Minimum, xAxis.Maximum, l.step = roundEnds(at)
	}
	yAxis, zero := linearAxis("edp_js", "0.0E+00"), 0.0
	if yAxis.Minimum = &zero; l.y {
		yAxis = axisOf(y, "edp_js", "0.0E+00")
	}
	best := lineOf(b.points("least", at, least), "D55E00")
	middle := lineOf(b.points("median", at, median), "0072B2")
	middle.Marker.Symbol, middle.Marker.Size = "diamond", 6
	b.chart(sheet, column, row, &excelize.Chart{
		Type: excelize.Scatter, Series: []excelize.ChartSeries{cloudOf(b.points("candidates", cloudX, cloudY)), middle, best},
		Title: chartTitle(title), Legend: excelize.ChartLegend{Position: "bottom"}, Dimension: size,
		XAxis: xAxis, YAxis: yAxis,
	}, l)
}

// roundEnds are ends of a linear axis a little beyond its values, which are in ascending order, and the step of its labels:
// a program's own would count from an end such as 1.8.
func roundEnds(vs []float64) (low, high *float64, step float64) {
	a, z := vs[0], vs[len(vs)-1]
	step = math.Pow(10, math.Floor(math.Log10((z-a)/5)))
	for _, m := range []float64{5, 2} { // 5 to 12 of them between the values
		if (z-a)/5 >= m*step*(1-1e-9) {
			step *= m
			break
		}
	}
	a, z = (math.Ceil(a/step)-1)*step, (math.Floor(z/step)+1)*step
	if vs[0] >= 0 {
		a = max(a, 0)
	}
	return &a, &z, step
}
