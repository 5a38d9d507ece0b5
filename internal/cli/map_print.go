package cli

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"

	"tcmdse/dse"
	"tcmdse/hwmodel"
	"tcmdse/internal/unit"
	"tcmdse/mapper"
	"tcmdse/reports/nest"
	"tcmdse/results"
)

// mapped is what map and evaluate print: one row a layer.
type mapped struct {
	spec           *hwmodel.Spec
	arch           *hwmodel.Arch
	net, objective string
	layers         []*dse.Mapped
	rows           []results.Layer // the mapping chosen for each layer
	alone          *dse.Totals     // of the layers' own EDP optima, where they were chosen together
}

// newMapping picks each layer's mapping: its own, or the one that serves the network best.
func newMapping(spec *hwmodel.Spec, arch *hwmodel.Arch, net, objective string, layers []*dse.Mapped) *mapped {
	m := &mapped{spec: spec, arch: arch, net: net, objective: objective, layers: layers}
	var fronts [][]results.Layer
	for _, l := range layers {
		m.rows = append(m.rows, l.Row)
		fronts = append(fronts, l.Front)
	}
	if objective == networkEDP {
		alone := dse.Total(m.rows)
		m.alone = &alone
		for i, at := range dse.NetworkEDP(fronts) {
			m.rows[i] = fronts[i][at]
		}
	}
	return m
}

// print writes JSON (docs/json.md) or text.
func (t *target) print(e *env, m *mapped) error {
	if t.json {
		enc := json.NewEncoder(e.out)
		enc.SetIndent("", "  ")
		return enc.Encode(m.json())
	}
	t.text(e, m)
	return nil
}

func (m *mapped) json() map[string]any {
	layers := []map[string]any{}
	for i := range m.rows {
		l := layerJSON(&m.rows[i])
		l["search"] = searchJSON(m.layers[i])
		if m.objective == "front" {
			front := []map[string]any{}
			for k := range m.layers[i].Front {
				front = append(front, layerJSON(&m.layers[i].Front[k]))
			}
			l["front"] = front
		}
		layers = append(layers, l)
	}
	sum := dse.Total(m.rows)
	network := map[string]any{"energy_j": sum.EnergyJ, "latency_s": sum.LatencyS, "edp_js": sum.EDPJs()}
	if m.alone != nil {
		network["per_layer_optima"] = map[string]any{"energy_j": m.alone.EnergyJ, "latency_s": m.alone.LatencyS, "edp_js": m.alone.EDPJs()}
		network["gain"] = m.gain()
	}
	return map[string]any{"arch": m.arch.Name, "workload": m.net, "objective": m.objective, "area_mm2": m.arch.AreaM2() * 1e6,
		"layers": layers, "network": network, "costs": costJSON(m.spec, m.arch)}
}

// gain is by how much choosing the mappings together lowers the network's EDP: 0..1, 0 where that is 0 anyway.
func (m *mapped) gain() float64 {
	alone := m.alone.EDPJs()
	if alone == 0 {
		return 0
	}
	return 1 - dse.Total(m.rows).EDPJs()/alone
}

func layerJSON(r *results.Layer) map[string]any {
	components := []map[string]any{}
	for _, k := range r.Components {
		tensors := map[string]any{}
		for _, t := range k.Tensors {
			tensors[t.Tensor] = map[string]any{"read_bits": t.ReadBits, "write_bits": t.WriteBits, "peak_bits": t.PeakBits}
		}
		components = append(components, map[string]any{"name": k.Name, "energy_j": k.EnergyJ, "leakage_j": k.LeakageJ, "busy_s": k.BusyS,
			"instances": k.Instances, "peak_bits": k.PeakBits, "size_bits": k.SizeBits, "area_mm2": k.AreaMM2, "tensors": tensors})
	}
	return map[string]any{
		"layer": r.Name, "count": r.Count, "energy_j": r.EnergyJ, "latency_s": r.LatencyS, "edp_js": r.EDPJs, "macs": r.MACs,
		"utilization": r.Utilization, "bottleneck": r.Bottleneck, "components": components,
		"mapping": json.RawMessage(r.MappingJSON), "text": r.MappingText,
	}
}

// searchJSON writes the certificate of a search.
func searchJSON(m *dse.Mapped) map[string]any {
	s, p := &m.Search, &m.Search.Pruned
	var bound, gap any = s.Bound, s.Gap
	if !s.Optimal && s.Bound == 0 { // a front cut short has no gap in one number
		bound, gap = nil, nil
	}
	return map[string]any{
		"optimal": s.Optimal, "bound": bound, "gap": gap, "root_bound": finite(s.Root),
		"mapspace_log10": s.MapspaceLog10, "dataplacements": s.Dataplacements, "keep_choices": s.KeepChoices, "keep_choices_opened": s.KeepOpened,
		"templates": s.Templates, "tile_shapes": s.TileShapes, "nodes": s.Nodes, "evaluated": s.Evaluated, "seconds": s.Elapsed.Seconds(),
		"pruned": map[string]any{
			"keep_choices_by_level_floors": p.KeepChoices, "keep_choices_that_nothing_fits": p.Infeasible, "tile_shapes_by_row_dominance": p.RowDominance,
			"equal_spatial_options": p.EqualSpatial, "spatial_options_by_idle_instances": p.IdleInstances,
			"nodes_by_bounds": p.Bound, "nodes_by_capacity": p.Capacity, "states_by_label_dominance": p.Labels,
		},
	}
}

// finite keeps infinities, which JSON does not know, out of it.
func finite(x float64) any {
	if math.IsInf(x, 0) || math.IsNaN(x) {
		return nil
	}
	return x
}

func (t *target) text(e *env, m *mapped) {
	fmt.Fprintf(e.out, "%-14s %5s %10s %10s %10s %6s  %s\n", "layer", "count", "energy", "latency", "EDP/Js", "PEs", "bound by")
	for i := range m.rows {
		line(e, &m.rows[i], m.rows[i].Name)
		if m.objective == "front" {
			for k := range m.layers[i].Front {
				line(e, &m.layers[i].Front[k], fmt.Sprintf("  point %d", k+1))
			}
		}
		if t.verbose {
			detail(e, &m.rows[i])
			certificate(e, &m.layers[i].Search, m.objective)
		}
	}
	if t.verbose {
		printOrigins(e, m.arch)
		fmt.Fprintln(e.out, hwmodel.OverheadNote)
	}
	for _, w := range m.arch.Warnings {
		fmt.Fprintln(e.err, "warning:", w)
	}
	sum := dse.Total(m.rows)
	if len(m.rows) > 1 {
		fmt.Fprintf(e.out, "%-14s %5s %10s %10s %10.3g\n", "network", "", unit.Format(sum.EnergyJ, unit.Joule), seconds(sum.LatencyS), sum.EDPJs())
	}
	if m.alone != nil {
		fmt.Fprintf(e.out, "%-14s %5s %10s %10s %10.3g  chosen together: %.4g %% less\n", "layers alone", "", unit.Format(m.alone.EnergyJ, unit.Joule),
			seconds(m.alone.LatencyS), m.alone.EDPJs(), 100*m.gain())
	}
}

func line(e *env, r *results.Layer, name string) {
	fmt.Fprintf(e.out, "%-14s %5d %10s %10s %10.3g %5.0f%%  %s\n", name, r.Count, unit.Format(r.EnergyJ, unit.Joule),
		seconds(r.LatencyS), r.EDPJs, 100*r.Utilization, r.Bottleneck)
}

// detail prints the loop nest, what moves at each level and what each component costs.
func detail(e *env, r *results.Layer) {
	text := r.MappingText
	if n, err := nest.Read(r.MappingJSON, r.Components); err == nil {
		text = n.Text()
	}
	fmt.Fprintln(e.out)
	for _, line := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		if line != "" {
			line = "    " + line
		}
		fmt.Fprintln(e.out, line)
	}
	fmt.Fprintf(e.out, "\n    %-10s %10s %10s %10s\n", "component", "energy", "leakage", "busy")
	for _, k := range r.Components {
		fmt.Fprintf(e.out, "    %-10s %10s %10s %10s\n", k.Name, unit.Format(k.EnergyJ, unit.Joule), unit.Format(k.LeakageJ, unit.Joule), seconds(k.BusyS))
	}
	fmt.Fprintln(e.out)
}

// certificate prints what was looked at, what pruned the rest and how the proof closes.
func certificate(e *env, s *mapper.Stats, objective string) {
	if s.Nodes == 0 {
		return
	}
	p, w := &s.Pruned, e.out
	what := "the least " + objective
	switch {
	case objective == "front" || objective == networkEDP:
		what = "every point of the front"
	case s.Optimal:
		what += fmt.Sprintf(", %.6g", s.Bound)
	}
	if s.Optimal {
		fmt.Fprintf(w, "    proved: %s, over 10^%.1f mappings, in %.1f ms\n", what, s.MapspaceLog10, 1e3*s.Elapsed.Seconds())
	} else {
		fmt.Fprintf(w, "    NOT proved: %s, over 10^%.1f mappings; the node budget ended the search after %.1f ms", what, s.MapspaceLog10, 1e3*s.Elapsed.Seconds())
		if s.Bound > 0 {
			fmt.Fprintf(w, "; nothing is below %.6g, this mapping is at most %.3g %% above", s.Bound, 100*s.Gap)
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintf(w, "    looked at: %.0f dataplacements in %d choices of kept tensors, %d of them opened; %d orders of a memory's nodes; %d tile shapes; %d nodes; %d mappings priced\n",
		s.Dataplacements, s.KeepChoices, s.KeepOpened, s.Templates, s.TileShapes, s.Nodes, s.Evaluated)
	fmt.Fprintf(w, "    pruned: %d choices of kept tensors by level floors, %d that nothing fits; %d tile shapes by row dominance; %d spatial options equal to others, %d by idle instances; nodes: %d by bounds, %d by capacity, %d by label dominance\n\n",
		p.KeepChoices, p.Infeasible, p.RowDominance, p.EqualSpatial, p.IdleInstances, p.Bound, p.Capacity, p.Labels)
}

func seconds(s float64) string { return strings.TrimSuffix(unit.Format(s, unit.Joule), "J") + "s" }
