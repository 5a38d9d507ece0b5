package reports

import (
	"fmt"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"tcmdse/results"
)

// summary answers first: the front's ends and knee of each workload, then what became of the candidates, and last
// what was run. Figures are scaled for reading here and nowhere else.
func (b *book) summary() {
	const sheet = "Summary"
	d := b.d
	b.page(sheet)
	b.keep(b.f.SetColWidth(sheet, "A", "A", 24))
	b.keep(b.f.SetColWidth(sheet, "B", "B", 15))
	b.keep(b.f.SetColWidth(sheet, "C", "T", 14))
	b.put(sheet, 1, "Sweep "+d.Sweep.Name)
	b.style(sheet, 1, 1, 1, b.title)
	row := 2
	for _, w := range d.warnings() {
		row = b.line(row, "Warning", w, b.warning)
	}
	for _, n := range d.notes() {
		row = b.line(row, "Note", n, 0)
	}
	for i := range d.Workloads {
		row = b.answers(row+1, &d.Workloads[i])
	}
	for i := range d.Workloads {
		row = b.counts(row+1, &d.Workloads[i])
	}
	row++
	b.put(sheet, row, "What was run")
	b.style(sheet, row, 1, 1, b.bold)
	row++
	finished := "no"
	if !d.Sweep.FinishedAt.IsZero() {
		finished = d.Sweep.FinishedAt.Format("2006-01-02 15:04:05 UTC")
	}
	for _, x := range [][2]string{
		{"architecture", d.Sweep.Arch}, {"workloads", strings.Join(d.Sweep.Workloads, ", ")}, {"mappings optimal for", d.Sweep.Objective},
		{"started", d.Sweep.StartedAt.Format("2006-01-02 15:04:05 UTC")}, {"finished", finished},
		{"tool", d.Sweep.ToolVersion}, {"model", d.Sweep.ModelVersion}, {"sweep_id", fmt.Sprint(d.Sweep.ID)},
	} {
		row = b.line(row, x[0], x[1], 0)
	}
	row++
	all, on := "all candidates", "each candidate"
	if slices.ContainsFunc(d.Workloads, func(w Workload) bool { return w.thinned() }) {
		all = "a part of the candidates (see Note)"
	}
	if d.brief {
		on = "each design of the front (see Note)"
	}
	for _, s := range [][2]string{{"Front", "the designs of the front, and the chart"}, {"Candidates", all + ", why some are missing"},
		{"Layers", "each layer on " + on}, {"Components", "energy and traffic of each memory"},
		{"Mappings", "loop nests of the designs on the front"}, {"Method", "definitions, sources, limits, configuration"}} {
		b.put(sheet, row, s[0], s[1])
		at := fmt.Sprintf("A%d", row)
		b.keep(b.f.SetCellHyperLink(sheet, at, s[0]+"!A1", "Location"))
		b.keep(b.f.SetCellStyle(sheet, at, at, b.link))
		row++
	}
}

// line writes a name and a text that may be long: it is wrapped over the width of the sheet.
func (b *book) line(row int, name, text string, style int) int {
	const sheet, columns = "Summary", 100 // characters in B to H
	b.put(sheet, row, name, text)
	if style != 0 {
		b.style(sheet, row, 1, 2, style)
	}
	if n := 1 + len(text)/columns; n > 1 || style == b.warning {
		b.keep(b.f.MergeCell(sheet, fmt.Sprintf("B%d", row), fmt.Sprintf("H%d", row)))
		if style == 0 {
			b.style(sheet, row, 2, 2, b.lines)
		}
		b.keep(b.f.SetRowHeight(sheet, row, min(400, 15*float64(n))))
	}
	return row + 1
}

// answers writes the front's ends and knee of one workload.
func (b *book) answers(row int, w *Workload) int {
	const sheet = "Summary"
	b.put(sheet, row, fmt.Sprintf("%s: %d of %d candidates are on the front of area and EDP", w.Name, len(w.Front), w.all.n))
	b.style(sheet, row, 1, 1, b.bold)
	row++
	if len(w.Front) == 0 {
		return row
	}
	shown := b.d.shown()
	column := func(of func(*results.CandidateRow) float64) scale {
		var vs []float64
		for _, at := range w.Front {
			vs = append(vs, of(&w.Candidates[at]))
		}
		return scaleOf(vs)
	}
	edp := column(func(c *results.CandidateRow) float64 { return c.EDPJs })
	energy := column(func(c *results.CandidateRow) float64 { return c.EnergyJ })
	latency := column(func(c *results.CandidateRow) float64 { return c.LatencyS })
	head := []any{"design", "idx", "area_mm2", "edp_" + edp.prefix + "Js", "energy_" + energy.prefix + "J",
		"latency_" + latency.prefix + "s", "bottleneck"}
	for _, p := range shown {
		head = append(head, p.path)
	}
	for i := 7; i < len(head); i++ {
		col, err := excelize.ColumnNumberToName(i + 1)
		b.keep(err)
		b.keep(b.f.SetColWidth(sheet, col, col, max(14, min(40, float64(len(shown[i-7].path))+3))))
	}
	b.put(sheet, row, head...)
	b.style(sheet, row, 1, len(head), b.head)
	row++
	limits := w.bottlenecks()
	for _, k := range w.keyDesigns() {
		c := &w.Candidates[w.Front[k.at]]
		cells := []any{k.name, c.Index, c.AreaMM2, c.EDPJs / edp.factor, c.EnergyJ / energy.factor, c.LatencyS / latency.factor, limits[c.ID]}
		for i := range shown {
			cells = append(cells, shown[i].text(c.Params))
		}
		b.put(sheet, row, cells...)
		b.style(sheet, row, 3, 6, b.plain)
		row++
	}
	return row
}

// keyDesign is a design of the front that a summary names; at counts in the front.
type keyDesign struct {
	name string
	at   int
}

func (w *Workload) keyDesigns() []keyDesign {
	n := len(w.Front)
	switch n {
	case 0:
		return nil
	case 1:
		return []keyDesign{{"smallest and least EDP", 0}}
	}
	out := []keyDesign{{"smallest", 0}}
	if k := w.knee(); k >= 0 {
		out = append(out, keyDesign{"knee", k})
	}
	return append(out, keyDesign{"least EDP", n - 1})
}

// counts writes what became of the candidates of one workload, with reasons.
func (b *book) counts(row int, w *Workload) int {
	const sheet = "Summary"
	b.put(sheet, row, w.Name+": status", "candidates", "reason (of the first such candidate)")
	b.style(sheet, row, 1, 8, b.head)
	row++
	for _, o := range w.outcomes() {
		reason := o.reason
		if reason != "" && o.status != various {
			reason = fmt.Sprintf("candidate %d: %s", o.first, reason)
		}
		b.put(sheet, row, strings.ReplaceAll(o.status, "_", " "), o.n, reason)
		if n := 1 + len(reason)/85; n > 1 { // characters in C to H
			b.keep(b.f.MergeCell(sheet, fmt.Sprintf("C%d", row), fmt.Sprintf("H%d", row)))
			b.style(sheet, row, 3, 3, b.lines)
			b.keep(b.f.SetRowHeight(sheet, row, min(400, 15*float64(n))))
		}
		row++
	}
	return row
}
