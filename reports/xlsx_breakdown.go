package reports

import (
	"fmt"
	"slices"

	"github.com/xuri/excelize/v2"

	"tcmdse/internal/compensated"
)

// mostStacks bounds the designs that a chart of the breakdown stacks; of longer fronts the ends, the knee and others at even
// steps between them are shown.
const mostStacks = 24

// The colours of Okabe and Ito (2008), told apart by colour-blind readers, darker ones first; grey is for leakage.
func palette() []string {
	return []string{"0072B2", "E69F00", "009E73", "CC79A7", "56B4E9", "D55E00", "F0E442", "332288", "999933", "882255", "44AA99", "000000"}
}

const leakageGrey = "8C8C8C"

// breakdown writes, for each workload, where energy and time go: energy by component of designs on the front, stacked, and
// the latency of each layer on the key designs.
func (b *book) breakdown() {
	const sheet = "Breakdown"
	b.page(sheet)
	b.keep(b.f.SetColWidth(sheet, "A", "A", 30))
	b.keep(b.f.SetColWidth(sheet, "B", "Z", 16))
	row := 1
	for i := range b.d.Workloads {
		w := &b.d.Workloads[i]
		if len(w.Front) == 0 || len(w.Layers) == 0 {
			continue
		}
		if row > 1 {
			b.keep(b.f.InsertPageBreak(sheet, fmt.Sprintf("A%d", row)))
		}
		row = b.energyStack(row, w)
		row = b.layerLatency(row, w)
	}
	if row == 1 {
		b.put(sheet, 1, "No design is on a front.")
	}
}

// stacked picks the designs of the front that charts show, as places in it.
func (w *Workload) stacked() []int {
	all := make([]int, len(w.Front))
	for i := range all {
		all[i] = i
	}
	if len(all) <= mostStacks {
		return all
	}
	out := everyNth(all, mostStacks-1)
	if k := w.knee(); k >= 0 && !slices.Contains(out, k) {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// componentEnergy sums a network's energy by component, in the architecture's order, and its leakage.
type componentEnergy struct {
	names   []string
	dynamic compensated.ByName
	leakage compensated.Sum
}

// energies sums the components of some candidates.
func (w *Workload) energies(of map[int64]bool) map[int64]*componentEnergy {
	out := map[int64]*componentEnergy{}
	for i := range w.Components {
		k := &w.Components[i]
		if !of[k.CandidateID] {
			continue
		}
		e := out[k.CandidateID]
		if e == nil {
			e = &componentEnergy{dynamic: compensated.ByName{}}
			out[k.CandidateID] = e
		}
		if _, ok := e.dynamic[k.Name]; !ok {
			e.names = append(e.names, k.Name)
		}
		e.dynamic.Add(k.Name, k.EnergyJ*float64(k.Count))
		e.leakage.Add(k.LeakageJ * float64(k.Count))
	}
	return out
}

// energyStack writes and draws the energy of designs on the front by component.
func (b *book) energyStack(row int, w *Workload) int {
	const sheet = "Breakdown"
	shown := w.stacked()
	of := map[int64]bool{}
	for _, k := range shown {
		of[w.Candidates[w.Front[k]].ID] = true
	}
	sums := w.energies(of)
	var names []string
	for _, k := range shown {
		if e := sums[w.Candidates[w.Front[k]].ID]; e != nil {
			for _, n := range e.names {
				if !slices.Contains(names, n) {
					names = append(names, n)
				}
			}
		}
	}
	header := []any{"design", "idx", "area_mm2"}
	for _, n := range names {
		header = append(header, n+" energy_j")
	}
	title := fmt.Sprintf("%s: energy by component of the designs on the front, by area", w.Name)
	if len(shown) < len(w.Front) {
		title += fmt.Sprintf(" (%d of %d designs)", len(shown), len(w.Front))
	}
	row = b.heading(sheet, row, title, append(header, "leakage_j", "energy_j"))
	labels, series := []any{}, make([][]any, len(names)+1)
	for _, k := range shown {
		c := &w.Candidates[w.Front[k]]
		e := sums[c.ID]
		if e == nil {
			continue
		}
		label := fmt.Sprintf("#%d, %s mm2", c.Index, three(c.AreaMM2))
		cells := []any{label, c.Index, c.AreaMM2}
		for i, n := range names {
			cells = append(cells, e.dynamic.Value(n))
			series[i] = append(series[i], number(e.dynamic.Value(n)))
		}
		series[len(names)] = append(series[len(names)], number(e.leakage.Value()))
		b.put(sheet, row, append(cells, e.leakage.Value(), c.EnergyJ)...)
		labels = append(labels, label)
		row++
	}
	var all []excelize.ChartSeries
	_, categories := b.column("", labels)
	for i, vs := range series {
		name, fill := "leakage", leakageGrey
		if i < len(names) {
			name, fill = names[i], palette()[i%len(palette())]
		}
		head, cells := b.column(name, vs)
		all = append(all, excelize.ChartSeries{Name: head, Categories: categories, Values: cells, Fill: colour(fill)})
	}
	b.bars(sheet, row+1, excelize.ColStacked, fmt.Sprintf("%s: energy by component", w.Name), "energy_j", all)
	return row + 1 + chartRows
}

// layerLatency writes and draws the latency of each layer, all its runs, on the key designs.
func (b *book) layerLatency(row int, w *Workload) int {
	const sheet = "Breakdown"
	keys := w.keyDesigns()
	var names []any
	of := make([]map[string]float64, len(keys))
	limits := make([]map[string]string, len(keys))
	for i := range keys {
		id := w.Candidates[w.Front[keys[i].at]].ID
		of[i], limits[i] = map[string]float64{}, map[string]string{}
		for k := range w.Layers {
			if l := &w.Layers[k]; l.CandidateID == id {
				if i == 0 {
					names = append(names, clip(l.Name))
				}
				of[i][clip(l.Name)] = l.LatencyS * float64(l.Count)
				limits[i][clip(l.Name)] = l.Bottleneck
			}
		}
	}
	header := []any{"layer"}
	for i := range keys {
		header = append(header, fmt.Sprintf("#%d latency_s", w.Candidates[w.Front[keys[i].at]].Index), "bound by")
	}
	row = b.heading(sheet, row, w.Name+": latency of each layer, all its runs", header)
	series := make([][]any, len(keys))
	for _, n := range names {
		name, _ := n.(string)
		cells := []any{n}
		for i := range keys {
			cells = append(cells, of[i][name], limits[i][name])
			series[i] = append(series[i], number(of[i][name]))
		}
		b.put(sheet, row, cells...)
		row++
	}
	var all []excelize.ChartSeries
	_, categories := b.column("", names)
	for i, vs := range series {
		head, cells := b.column(fmt.Sprintf("%s (#%d)", keys[i].name, w.Candidates[w.Front[keys[i].at]].Index), vs)
		all = append(all, excelize.ChartSeries{Name: head, Categories: categories, Values: cells, Fill: colour(palette()[i])})
	}
	b.bars(sheet, row+1, excelize.Col, fmt.Sprintf("%s: latency by layer", w.Name), "latency_s", all)
	return row + 1 + chartRows
}

// bars draws a chart of columns, stacked or side by side.
func (b *book) bars(sheet string, row int, kind excelize.ChartType, title, unit string, series []excelize.ChartSeries) {
	gap, overlap := uint(60), 0
	if kind == excelize.ColStacked {
		overlap = 100
	}
	zero := 0.0
	y := linearAxis(unit, "0.0E+00")
	y.Minimum = &zero
	x := linearAxis("", "General")
	x.MajorGridLines, x.Title = false, excelize.ChartTitle{}
	b.chart(sheet, 1, row, &excelize.Chart{Type: kind, Series: series, Title: chartTitle(title), Legend: excelize.ChartLegend{Position: "bottom"},
		Dimension: excelize.ChartDimension{Width: chartWidth + 200, Height: chartHeight}, XAxis: x, YAxis: y, GapWidth: &gap, Overlap: &overlap}, logCharts{})
}
