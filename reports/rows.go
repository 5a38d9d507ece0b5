package reports

import (
	"fmt"
	"iter"
	"math"

	"tcmdse/results"
)

// sheetRows is a table as CSV files and sheets share it. Cells are string, int64, float64, bool or nil (empty);
// columns are named as in SQL, with their unit.
type sheetRows struct {
	name   string
	header []string
	rows   iter.Seq[[]any]
	n      int
	note   string             // what a sheet leaves out
	widths map[string]float64 // of columns on a sheet, where they follow the rows
}

// tables lists the long tables of a report.
func (d *Data) tables() []sheetRows {
	return []sheetRows{d.candidates(), d.layers(), d.components(), d.mappings()}
}

// number returns a figure, or nothing for one that is not finite: spreadsheets have no such numbers.
func number(v float64) any {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return v
}

func (d *Data) candidates() sheetRows {
	ps, skips := newParamCells(d.params()), d.skips()
	t := sheetRows{name: "Candidates", header: candidateHeader(ps.columns, skips)}
	all := 0
	for i := range d.Workloads {
		t.n += len(d.Workloads[i].Candidates)
		all += d.Workloads[i].all.n
	}
	if t.n < all {
		t.note = fmt.Sprintf("%d of %d rows, see Summary", t.n, all)
	}
	t.rows = func(yield func([]any) bool) {
		for i := range d.Workloads {
			for k := range d.Workloads[i].Candidates {
				if !yield(candidateCells(&d.Workloads[i].Candidates[k], ps, skips)) {
					return
				}
			}
		}
	}
	return t
}

func candidateHeader(ps []paramColumn, skips bool) []string {
	out := []string{"workload", "candidate_id", "idx", "on_front", "status", "reason", "area_mm2", "energy_j", "latency_s", "edp_js"}
	for _, p := range ps {
		out = append(out, p.header)
	}
	if skips {
		out = append(out, "bound_edp_js")
	}
	return out
}

func candidateCells(c *results.CandidateRow, ps *paramCells, skips bool) []any {
	row := []any{c.Workload, c.ID, c.Index, c.OnFront, c.Status, c.Reason, number(c.AreaMM2), nil, nil, nil}
	if c.Status == results.OK {
		row[7], row[8], row[9] = number(c.EnergyJ), number(c.LatencyS), number(c.EDPJs)
	}
	row = ps.add(row, c.Params)
	if c.Status == results.Skipped {
		row = append(row, number(c.BoundEDPJs))
	} else if skips {
		row = append(row, nil)
	}
	return row
}

func (d *Data) layers() sheetRows {
	t := sheetRows{name: "Layers", header: layerHeader(), note: d.frontNote()}
	for i := range d.Workloads {
		t.n += len(d.Workloads[i].Layers)
	}
	t.rows = func(yield func([]any) bool) {
		for i := range d.Workloads {
			for k := range d.Workloads[i].Layers {
				if !yield(layerCells(&d.Workloads[i].Layers[k])) {
					return
				}
			}
		}
	}
	return t
}

// frontNote stands on sheets that have the front's rows only.
func (d *Data) frontNote() string {
	if d.brief {
		return "designs of the front only, see Summary"
	}
	return ""
}

func layerHeader() []string {
	return []string{"workload", "candidate_id", "idx", "layer", "count", "energy_j", "latency_s", "edp_js",
		"macs", "utilization", "bottleneck", "optimal", "mapspace_log10", "evaluated", "search_s"}
}

func layerCells(l *results.LayerRow) []any {
	return []any{l.Workload, l.CandidateID, l.Index, l.Name, l.Count, number(l.EnergyJ), number(l.LatencyS), number(l.EDPJs),
		number(l.MACs), number(l.Utilization), l.Bottleneck, l.Optimal, number(l.MapspaceLog10), l.Evaluated, number(l.Seconds)}
}

func (d *Data) components() sheetRows {
	t := sheetRows{name: "Components", header: componentHeader(), note: d.frontNote()}
	for i := range d.Workloads {
		t.n += len(d.Workloads[i].Components)
	}
	t.rows = func(yield func([]any) bool) {
		for i := range d.Workloads {
			for j := range d.Workloads[i].Components {
				if !yield(componentCells(&d.Workloads[i].Components[j])) {
					return
				}
			}
		}
	}
	return t
}

func componentHeader() []string {
	return []string{"workload", "candidate_id", "idx", "layer", "count", "component", "energy_j",
		"leakage_j", "busy_s", "area_mm2", "instances", "peak_bits", "size_bits", "read_bits", "write_bits"}
}

func componentCells(k *results.ComponentRow) []any {
	var size any // empty: unlimited
	if k.SizeBits > 0 {
		size = k.SizeBits
	}
	return []any{k.Workload, k.CandidateID, k.Index, k.Layer, k.Count, k.Name, number(k.EnergyJ), number(k.LeakageJ), number(k.BusyS),
		number(k.AreaMM2), k.Instances, number(k.PeakBits), size, number(k.ReadBits), number(k.WriteBits)}
}

// mappings lists the mappings of the designs on the front: all others are in the database.
func (d *Data) mappings() sheetRows {
	t := sheetRows{name: "Mappings", header: []string{"workload", "candidate_id", "idx", "layer", "mapping", "traffic", "mapping_json"}}
	t.rows = func(yield func([]any) bool) {
		for i := range d.Workloads {
			w := &d.Workloads[i]
			front, components := w.frontIDs(), w.frontComponents()
			for k := range w.Layers {
				l := &w.Layers[k]
				if !front[l.CandidateID] {
					continue
				}
				loops, traffic := mappingText(l, components[layerOf{l.CandidateID, l.Name}])
				if !yield([]any{l.Workload, l.CandidateID, l.Index, l.Name, loops, traffic, l.MappingJSON}) {
					return
				}
			}
		}
	}
	loops, traffic := 0, 0
	for row := range t.rows {
		t.n++
		loops, traffic = max(loops, longest(row[4].(string))), max(traffic, longest(row[5].(string)))
	}
	t.widths = map[string]float64{"mapping": nestWidth(loops), "traffic": nestWidth(traffic), "mapping_json": 30}
	return t
}

// fronts lists the designs of the fronts, by workload and area.
func (d *Data) fronts() sheetRows {
	ps := d.shown()
	t := sheetRows{name: "Front", header: []string{"workload", "candidate_id", "idx", "area_mm2", "energy_j", "latency_s", "edp_js",
		"edp_change", "bottleneck"}}
	for _, p := range ps {
		t.header = append(t.header, p.header)
	}
	t.header = append(t.header, limitHeader()...)
	for i := range d.Workloads {
		t.n += len(d.Workloads[i].Front)
	}
	t.rows = func(yield func([]any) bool) {
		for i := range d.Workloads {
			w := &d.Workloads[i]
			limits := w.limits()
			for k, at := range w.Front {
				c := &w.Candidates[at]
				var change any
				if k > 0 {
					change = number(c.EDPJs/w.Candidates[w.Front[k-1]].EDPJs - 1)
				}
				row := []any{w.Name, c.ID, c.Index, number(c.AreaMM2), number(c.EnergyJ), number(c.LatencyS), number(c.EDPJs), change, limits[c.ID].bottleneck()}
				for j := range ps {
					row = append(row, ps[j].cell(c.Params))
				}
				if !yield(append(row, limits[c.ID].cells()...)) {
					return
				}
			}
		}
	}
	return t
}
