package reports

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"tcmdse/results"
)

// summary answers first: for each workload the front's ends and knee and the best design for each area, what limits them, and
// what each axis does; then what became of the candidates, and last what was run. Figures are scaled for reading here and
// nowhere else.
func (b *book) summary() {
	const sheet = "Summary"
	d := b.d
	b.page(sheet)
	b.keep(b.f.SetColWidth(sheet, "A", "A", 26))
	b.keep(b.f.SetColWidth(sheet, "B", "T", 15))
	b.put(sheet, 1, "Sweep "+d.Sweep.Name)
	b.style(sheet, 1, 1, 1, b.title)
	row := 2
	for _, q := range d.question() {
		row = b.line(row, q[0], q[1], 0)
	}
	for _, w := range d.warnings() {
		row = b.line(row, "Warning", w, b.warning)
	}
	for _, n := range d.notes() {
		row = b.line(row, "Note", n, 0)
	}
	for i := range b.studies {
		row = b.answers(row+1, b.studies[i].w)
		row = b.limiting(row, &b.studies[i])
		row = b.sensitivity(row, &b.studies[i])
	}
	for i := range d.Workloads {
		row = b.counts(row+1, &d.Workloads[i])
	}
	row = b.circumstances(row + 1)
	row = b.contents(row + 1)
	b.printArea(sheet, max(10, 7+len(d.shown())), row) // a long name must not make the page too small to read
	b.keep(b.f.SetPanes(sheet, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}))
}

// circumstances tells what was run, when and by which tool.
func (b *book) circumstances(row int) int {
	d := b.d
	b.put("Summary", row, "What was run")
	b.style("Summary", row, 1, 1, b.bold)
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
	return row
}

// contents links to the other sheets. It returns the row after them.
func (b *book) contents(row int) int {
	const sheet = "Summary"
	all, on := "all candidates", "each candidate"
	if slices.ContainsFunc(b.d.Workloads, func(w Workload) bool { return w.thinned() }) {
		all = "a part of the candidates (see Note)"
	}
	if b.d.brief {
		on = "each design of the front (see Note)"
	}
	what := map[string]string{"Front": "the designs of the front, and the chart", "Mean": "the front over all workloads, by their weighted geometric mean",
		"Axes": "what each axis does to the EDP, with charts", "Breakdown": "energy by component and latency by layer of designs on the front",
		"Candidates": all + ", why some are missing", "Layers": "each layer on " + on, "Components": "energy and traffic of each memory",
		"Mappings": "loop nests of the designs on the front", "Method": "definitions, sources, limits, configuration"}
	for _, s := range b.sheets() {
		if what[s] == "" {
			continue
		}
		b.put(sheet, row, s, what[s])
		at := fmt.Sprintf("A%d", row)
		b.keep(b.f.SetCellHyperLink(sheet, at, s+"!A1", "Location"))
		b.keep(b.f.SetCellStyle(sheet, at, at, b.link))
		row++
	}
	return row
}

// line writes a name and a text that may be long: it is wrapped over the width of the sheet.
func (b *book) line(row int, name, text string, style int) int {
	const sheet, columns = "Summary", 115 // characters in B to J
	b.put(sheet, row, name, text)
	if style != 0 {
		b.style(sheet, row, 1, 2, style)
	}
	if n := lineCount(text, columns); n > 1 || style == b.warning {
		b.keep(b.f.MergeCell(sheet, fmt.Sprintf("B%d", row), fmt.Sprintf("J%d", row)))
		if style == 0 {
			b.style(sheet, row, 1, 2, b.lines)
		}
		b.keep(b.f.SetRowHeight(sheet, row, min(400, 15*float64(n))))
	}
	return row + 1
}

// lineCount is how many lines a text takes in a cell of some characters' width.
func lineCount(text string, columns int) int {
	n := 0
	for line := range strings.SplitSeq(text, "\n") {
		n += 1 + len([]rune(line))/columns
	}
	return n
}

// heading writes the title of a table and its header.
func (b *book) heading(sheet string, row int, title string, header []any) int {
	if title != "" {
		b.put(sheet, row, title)
		b.style(sheet, row, 1, 1, b.bold)
		row++
	}
	b.put(sheet, row, header...)
	b.style(sheet, row, 1, 1, b.head)
	b.style(sheet, row, 2, len(header), b.middle)
	return row + 1
}

// answers writes the front's ends and knee of one workload, and the best design for each area.
func (b *book) answers(row int, w *Workload) int {
	const sheet = "Summary"
	title := fmt.Sprintf("%s: %d of %d candidates are on the front of area and EDP", w.Name, len(w.Front), w.all.n)
	if len(w.Front) == 0 {
		b.put(sheet, row, title)
		b.style(sheet, row, 1, 1, b.bold)
		return row + 1
	}
	shown := b.d.shown()
	edp := w.scale(func(c *results.CandidateRow) float64 { return c.EDPJs })
	energy := w.scale(func(c *results.CandidateRow) float64 { return c.EnergyJ })
	latency := w.scale(func(c *results.CandidateRow) float64 { return c.LatencyS })
	head := []any{"design", "idx", "area_mm2", "edp_" + edp.prefix + "Js", "energy_" + energy.prefix + "J", "latency_" + latency.prefix + "s", "edp_over_least"}
	for i, p := range shown {
		head = append(head, p.path)
		col, err := excelize.ColumnNumberToName(i + 8)
		b.keep(err)
		b.keep(b.f.SetColWidth(sheet, col, col, max(15, min(40, float64(len(p.path))+3))))
	}
	row = b.heading(sheet, row, title, head)
	least := w.Candidates[w.Front[len(w.Front)-1]].EDPJs
	for _, k := range w.answerDesigns() {
		c := &w.Candidates[w.Front[k.at]]
		cells := []any{k.name, c.Index, c.AreaMM2, c.EDPJs / edp.factor, c.EnergyJ / energy.factor, c.LatencyS / latency.factor, c.EDPJs / least}
		for i := range shown {
			cells = append(cells, shown[i].text(c.Params))
		}
		b.put(sheet, row, cells...)
		b.style(sheet, row, 3, 7, b.plain)
		row++
	}
	return row
}

// scale picks the prefix for one figure of the front's designs.
func (w *Workload) scale(of func(*results.CandidateRow) float64) scale {
	var vs []float64
	for _, at := range w.Front {
		vs = append(vs, of(&w.Candidates[at]))
	}
	return scaleOf(vs)
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

// answerDesigns are the key designs and the best for each area.
func (w *Workload) answerDesigns() []keyDesign {
	out := w.keyDesigns()
	for _, x := range w.budgets() {
		out = append(out, keyDesign{"best within " + trimZeros(x.mm2) + " mm2", x.at})
	}
	return out
}

// limiting tells what limits the key designs: time, energy, capacity, leakage.
func (b *book) limiting(row int, s *study) int {
	const sheet = "Summary"
	if len(s.limits) == 0 || len(s.w.Front) == 0 {
		return row
	}
	row = b.heading(sheet, row+1, "What limits them on "+s.w.Name, []any{"design", "idx", "time", "", "share of time", "most energy in", "share of energy",
		"leakage", "nearly full", "share of time"})
	for _, k := range s.w.keyDesigns() {
		c := &s.w.Candidates[s.w.Front[k.at]]
		l := s.limits[c.ID]
		if l == nil {
			continue
		}
		full, fullShare := any("nothing"), any(nil)
		if l.full != "" {
			full, fullShare = l.full, l.fullShare
		}
		b.put(sheet, row, k.name, c.Index, l.timeText(), nil, l.timeShare, l.energy, l.energyShare, l.leakageShare, full, fullShare)
		for _, col := range []int{5, 7, 8, 10} {
			b.style(sheet, row, col, col, b.percent)
		}
		row++
	}
	return row
}

// sensitivity tells what each axis does to a workload's EDP.
func (b *book) sensitivity(row int, s *study) int {
	const sheet = "Summary"
	if len(s.effects) == 0 {
		return row
	}
	row = b.heading(sheet, row+1, "What each axis does to the EDP of "+s.w.Name+", all else equal (sheet Axes has more)",
		[]any{"axis", "values", "from", "to", "EDP a step up", "area a step up", "EDP end to end", "least EDP at", "pairs"})
	for i := range s.effects {
		e := &s.effects[i]
		best := e.best()
		b.put(sheet, row, e.axis.name(), len(e.values), e.values[0].text, e.values[len(e.values)-1].text,
			changeOf(e.edpStep.median), changeOf(e.areaStep.median), changeOf(e.edpEnds.median), e.values[best].text, e.pairs)
		for _, col := range []int{5, 6, 7} {
			b.style(sheet, row, col, col, b.change)
		}
		row++
	}
	return row
}

// changeOf makes a change of a ratio, nothing of what is not known.
func changeOf(ratio float64) any {
	if math.IsNaN(ratio) || math.IsInf(ratio, 0) {
		return nil
	}
	return ratio - 1
}

// best is the value with the least EDP, the smaller of equal ones.
func (e *effect) best() int {
	best := 0
	for k := range e.values {
		if e.values[k].leastEDP < e.values[best].leastEDP {
			best = k
		}
	}
	return best
}

// counts writes what became of the candidates of one workload, with reasons.
func (b *book) counts(row int, w *Workload) int {
	const sheet = "Summary"
	b.put(sheet, row, w.Name+": status", "candidates", "reason (of the first such candidate)")
	b.style(sheet, row, 1, 10, b.head)
	row++
	for _, o := range w.outcomes() {
		reason := o.reason
		if reason != "" && o.status != various {
			reason = fmt.Sprintf("candidate %d: %s", o.first, reason)
		}
		b.put(sheet, row, strings.ReplaceAll(o.status, "_", " "), o.n, reason)
		if n := lineCount(reason, 100); n > 1 { // characters in C to J
			b.keep(b.f.MergeCell(sheet, fmt.Sprintf("C%d", row), fmt.Sprintf("J%d", row)))
			b.style(sheet, row, 3, 3, b.lines)
			b.keep(b.f.SetRowHeight(sheet, row, min(400, 15*float64(n))))
		}
		row++
	}
	return row
}
