package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"tcmdse/dse"
	"tcmdse/hwmodel"
	"tcmdse/internal/unit"
	"tcmdse/internal/yamlsrc"
	"tcmdse/mapper"
	"tcmdse/mapper/mapping"
	"tcmdse/mapper/model"
	"tcmdse/mapper/workload"
	"tcmdse/results"
)

// target is an architecture and the layers to map on it.
type target struct {
	arch, workload, layer, objective string
	json, verbose                    bool
	spec                             *hwmodel.Spec // set by open
}

func (t *target) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&t.arch, "arch", "", "architecture: a file or an embedded name")
	f.StringVar(&t.workload, "workload", "", "network: a file or an embedded name")
	f.StringVar(&t.layer, "layer", "", "one layer of it (default: all)")
	f.BoolVar(&t.json, "json", false, "print JSON")
	f.BoolVarP(&t.verbose, "verbose", "v", false, "print loop nests and what each component costs")
	cmd.MarkFlagRequired("arch")
	cmd.MarkFlagRequired("workload")
}

// open reads both files and picks the layers.
func (t *target) open() (*hwmodel.Arch, *workload.Network, error) {
	spec, err := hwmodel.Open(t.arch, "")
	if err != nil {
		return nil, nil, err
	}
	t.spec = spec
	arch, err := spec.Build()
	if err != nil {
		return nil, nil, err
	}
	net, err := workload.Open(t.workload, "")
	if err != nil {
		return nil, nil, err
	}
	if err := dse.CheckTensors(spec, []*workload.Network{net}); err != nil {
		return nil, nil, err
	}
	if t.layer == "" {
		return arch, net, nil
	}
	var names []string
	for _, l := range net.Layers {
		if l.Name == t.layer {
			net.Layers = []workload.Layer{l}
			return arch, net, nil
		}
		names = append(names, l.Name)
	}
	msg := fmt.Sprintf("network %s has no layer %q", net.Name, t.layer)
	if near := yamlsrc.Nearest(t.layer, names); near != "" {
		msg += fmt.Sprintf(", did you mean %q", near)
	}
	return nil, nil, usageError{fmt.Errorf("%s; it has %s", msg, strings.Join(names, ", "))}
}

func newMap(e *env) *cobra.Command {
	var t target
	cmd := &cobra.Command{
		Use:     "map --arch A --workload W",
		Short:   "Find the optimal mapping of one or all layers of a network on one architecture",
		Example: "  tcmdse map --arch eyeriss --workload resnet18 --layer l2 -v",
		Args:    cobra.NoArgs,
	}
	t.flags(cmd)
	cmd.Flags().StringVar(&t.objective, "objective", "edp", "edp, energy or latency")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		o, ok := mapper.ParseObjective(t.objective)
		if !ok {
			return usageError{fmt.Errorf("unknown objective %q; there are edp, energy, latency", t.objective)}
		}
		arch, net, err := t.open()
		if err != nil {
			return err
		}
		var rows []results.Layer
		for i := range net.Layers {
			row, err := dse.MapLayer(cmd.Context(), arch, &net.Layers[i], o)
			if err != nil {
				return t.explain(net.Layers[i].Name, err)
			}
			rows = append(rows, row)
		}
		return t.print(e, arch, net.Name, o.String(), rows)
	}
	return cmd
}

// explain adds the layer, and where the node that refuses it stands in the architecture's file.
func (t *target) explain(layer string, err error) error {
	var none *mapper.InfeasibleError
	if errors.As(err, &none) {
		if at := t.spec.Place(none.Node); at != "" {
			return fmt.Errorf("layer %s: %w; %s.size is set at %s", layer, err, none.Node, at)
		}
	}
	return fmt.Errorf("layer %s: %w", layer, err)
}

func newEvaluate(e *env) *cobra.Command {
	var t target
	var file string
	cmd := &cobra.Command{
		Use:     "evaluate --arch A --workload W --layer L --mapping M.yaml",
		Short:   "Price a mapping that you wrote",
		Example: "  tcmdse evaluate --arch eyeriss --workload resnet18 --layer l2 --mapping mine.yaml",
		Args:    cobra.NoArgs,
	}
	t.flags(cmd)
	cmd.Flags().StringVar(&file, "mapping", "", "file with the mapping, YAML or JSON as map --json prints it")
	cmd.MarkFlagRequired("layer")
	cmd.MarkFlagRequired("mapping")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		arch, net, err := t.open()
		if err != nil {
			return err
		}
		row, err := evaluate(arch, &net.Layers[0], file)
		if err != nil {
			return err
		}
		row.Evaluated = 1
		return t.print(e, arch, net.Name, "none", []results.Layer{row})
	}
	return cmd
}

func evaluate(arch *hwmodel.Arch, layer *workload.Layer, file string) (results.Layer, error) {
	data, err := readFile(file)
	if err != nil {
		return results.Layer{}, err
	}
	m, err := mapping.Parse(ofLayer(data, layer.Name), file)
	if err != nil {
		return results.Layer{}, err
	}
	p, err := model.Compile(arch, &layer.Einsum)
	if err != nil {
		return results.Layer{}, usageError{err}
	}
	cost, err := model.Evaluate(p, m)
	if err != nil {
		var bad *model.InvalidError
		if errors.As(err, &bad) {
			e := &yamlsrc.Error{File: file, Msg: "invalid mapping: " + bad.What, Allowed: fmt.Sprintf("what rule %d of section 2 of the model allows", bad.Rule)}
			if bad.Rule == 0 {
				e.Allowed = "names of the architecture and of the layer"
			}
			if bad.Node >= 0 {
				e.Line, e.Key = m.Lines[bad.Node], fmt.Sprintf("nodes[%d]", bad.Node)
			}
			return results.Layer{}, e
		}
		return results.Layer{}, err
	}
	return dse.Row(arch, layer, m, cost)
}

// ofLayer returns the named layer's object where data is the whole output of map --json, else data itself.
func ofLayer(data []byte, layer string) []byte {
	var doc struct{ Layers []json.RawMessage }
	if json.Unmarshal(data, &doc) != nil {
		return data
	}
	for _, raw := range doc.Layers {
		var l struct{ Layer string }
		if json.Unmarshal(raw, &l) == nil && l.Layer == layer {
			return raw
		}
	}
	return data
}

// print writes rows as JSON (contract section 6) or as text.
func (t *target) print(e *env, arch *hwmodel.Arch, net, objective string, rows []results.Layer) error {
	var energy, latency float64
	for _, r := range rows {
		energy += r.EnergyJ * float64(r.Count)
		latency += r.LatencyS * float64(r.Count)
	}
	if !t.json {
		return t.text(e, rows, energy, latency)
	}
	layers := []map[string]any{}
	for i := range rows {
		layers = append(layers, layerJSON(&rows[i]))
	}
	doc := map[string]any{
		"arch": arch.Name, "workload": net, "objective": objective, "area_mm2": arch.AreaM2() * 1e6, "layers": layers,
		"network": map[string]any{"energy_j": energy, "latency_s": latency, "edp_js": energy * latency},
	}
	enc := json.NewEncoder(e.out)
	enc.SetIndent("", "  ")
	return enc.Encode(doc)
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
		"search": map[string]any{"optimal": r.Optimal, "mapspace_log10": r.MapspaceLog10, "templates": r.Templates,
			"evaluated": r.Evaluated, "nodes": r.Nodes, "seconds": r.Seconds},
	}
}

func (t *target) text(e *env, rows []results.Layer, energy, latency float64) error {
	fmt.Fprintf(e.out, "%-14s %5s %10s %10s %10s %6s  %s\n", "layer", "count", "energy", "latency", "EDP/Js", "PEs", "bound by")
	for i := range rows {
		r := &rows[i]
		fmt.Fprintf(e.out, "%-14s %5d %10s %10s %10.3g %5.0f%%  %s\n", r.Name, r.Count, unit.Format(r.EnergyJ, unit.Joule),
			seconds(r.LatencyS), r.EDPJs, 100*r.Utilization, r.Bottleneck)
		if t.verbose {
			t.detail(e, r)
		}
	}
	if len(rows) > 1 {
		fmt.Fprintf(e.out, "%-14s %5s %10s %10s %10.3g\n", "network", "", unit.Format(energy, unit.Joule), seconds(latency), energy*latency)
	}
	return nil
}

// detail prints the loop nest and what each component costs, moves and holds.
func (t *target) detail(e *env, r *results.Layer) {
	fmt.Fprintln(e.out)
	for _, line := range strings.Split(strings.TrimRight(r.MappingText, "\n"), "\n") {
		fmt.Fprintln(e.out, "    "+line)
	}
	fmt.Fprintf(e.out, "\n    %-10s %10s %10s %10s %9s  %s\n", "component", "energy", "leakage", "busy", "full", "read / written by tensor")
	for _, k := range r.Components {
		full := ""
		if k.SizeBits > 0 {
			full = fmt.Sprintf("%.1f %%", 100*k.PeakBits/float64(k.SizeBits))
		}
		var moves []string
		for _, x := range k.Tensors {
			moves = append(moves, fmt.Sprintf("%s %s / %s", x.Tensor, unit.Format(x.ReadBits, unit.Bits), unit.Format(x.WriteBits, unit.Bits)))
		}
		fmt.Fprintf(e.out, "    %-10s %10s %10s %10s %9s  %s\n", k.Name, unit.Format(k.EnergyJ, unit.Joule), unit.Format(k.LeakageJ, unit.Joule),
			seconds(k.BusyS), full, strings.Join(moves, ", "))
	}
	if r.Seconds > 0 {
		fmt.Fprintf(e.out, "\n    proved optimal over 10^%.0f mappings in %.1f ms: %d orders of storage nodes opened, %d partial choices bounded, %d mappings priced\n",
			r.MapspaceLog10, 1e3*r.Seconds, r.Templates, r.Nodes, r.Evaluated)
	}
	fmt.Fprintln(e.out)
}

func seconds(s float64) string { return strings.TrimSuffix(unit.Format(s, unit.Joule), "J") + "s" }
