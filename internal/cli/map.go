package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"tcmdse/dse"
	"tcmdse/hwmodel"
	"tcmdse/internal/yamlsrc"
	"tcmdse/interop/timeloop"
	"tcmdse/mapper"
	"tcmdse/mapper/mapping"
	"tcmdse/mapper/model"
	"tcmdse/mapper/workload"
	"tcmdse/results"
)

// target is an architecture and the layers to map on it.
type target struct {
	arch, workload, layer, objective string
	set                              []string
	json, verbose                    bool
	maxNodes                         int64
	imperfect                        bool
	spec                             *hwmodel.Spec // set by open
	estimator                        estimator
}

// networkEDP is the objective that chooses the mappings of all layers together, from their fronts.
const networkEDP = "network-edp"

// options turns the flags into what the mapper is asked.
func (t *target) options() (mapper.Options, error) {
	if t.maxNodes < 0 {
		return mapper.Options{}, usageError{fmt.Errorf("--max-nodes has to be at least 1, or 0 for no limit")}
	}
	o := mapper.Options{Objective: mapper.Front, MaxNodes: t.maxNodes, Imperfect: t.imperfect}
	if t.objective == networkEDP {
		return o, nil
	}
	var ok bool
	if o.Objective, ok = mapper.ParseObjective(t.objective); !ok {
		there := []string{"edp", "energy", "latency", "front", networkEDP}
		return o, usageError{fmt.Errorf("unknown objective %q%s; there are %s", t.objective, yamlsrc.Meant(t.objective, there), strings.Join(there, ", "))}
	}
	return o, nil
}

func (t *target) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&t.arch, "arch", "", "architecture: a file or an embedded name")
	setFlag(cmd, &t.set)
	f.StringVar(&t.workload, "workload", "", "network: a file or an embedded name")
	f.StringVar(&t.layer, "layer", "", "one layer of it (default: all)")
	f.BoolVar(&t.json, "json", false, "print JSON")
	f.BoolVarP(&t.verbose, "verbose", "v", false, "print loop nests and what each component costs")
	t.estimator.flags(cmd, true)
	cmd.MarkFlagRequired("arch")
	cmd.MarkFlagRequired("workload")
}

// open reads both files and picks the layers.
func (t *target) open(ctx context.Context) (*hwmodel.Arch, *workload.Network, error) {
	spec, err := openArch(t.arch, t.set)
	if err != nil {
		return nil, nil, err
	}
	t.spec = spec
	if err := t.estimator.use(ctx, spec, nil); err != nil {
		return nil, nil, err
	}
	arch, err := spec.Build()
	if err != nil {
		return nil, nil, onSet(err, t.set...)
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
	return nil, nil, usageError{fmt.Errorf("network %s has no layer %q%s; it has %s", net.Name, t.layer, yamlsrc.Meant(t.layer, names), strings.Join(names, ", "))}
}

func newMap(e *env) *cobra.Command {
	var t target
	cmd := &cobra.Command{
		Use:     "map --arch A --workload W",
		Short:   "Find the optimal mapping of one or all layers of a network on one architecture",
		Example: "  tcmdse map --arch eyeriss --workload resnet18 --layer l2 -v\n  tcmdse map --arch eyeriss --set GLB.size=256KiB --workload resnet18",
		Args:    cobra.NoArgs,
	}
	t.flags(cmd)
	cmd.Flags().StringVar(&t.objective, "objective", "edp", "edp, energy, latency, front (all pairs of energy and latency that nothing beats), network-edp (layers chosen together)")
	cmd.Flags().Int64Var(&t.maxNodes, "max-nodes", 0, "end each layer's search after so many partial choices, with its best mapping and the gap to the proved bound (0: no limit)")
	cmd.Flags().BoolVar(&t.imperfect, "imperfect", false, "search mappings too whose outermost loops leave a remainder")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		o, err := t.options()
		if err != nil {
			return err
		}
		defer t.estimator.close()
		arch, net, err := t.open(cmd.Context())
		if err != nil {
			return err
		}
		layers, by := make([]*dse.Mapped, len(net.Layers)), new(mapper.Mapper)
		for i := range net.Layers {
			if layers[i], err = dse.MapWith(cmd.Context(), by, arch, &net.Layers[i], o); err != nil {
				return t.explain(net.Layers[i].Name, err)
			}
			if s := &layers[i].Search; !s.Optimal {
				fmt.Fprintln(e.err, unproved(net.Layers[i].Name, o, s))
			}
		}
		return t.print(e, newMapping(t.spec, arch, net.Name, t.objective, layers))
	}
	return cmd
}

// unproved says what a search that its node budget ended leaves open.
func unproved(layer string, o mapper.Options, s *mapper.Stats) string {
	if o.Objective == mapper.Front {
		return fmt.Sprintf("layer %s: the budget of %d nodes ended the search; its front is not proved to be complete", layer, o.MaxNodes)
	}
	return fmt.Sprintf("layer %s: the budget of %d nodes ended the search; the mapping is not proved optimal, at most %.3g %% above the best",
		layer, o.MaxNodes, 100*s.Gap)
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
	cmd.Flags().StringVar(&file, "mapping", "", "file with the mapping, YAML or JSON as map --json prints it, or of Timeloop")
	cmd.MarkFlagRequired("layer")
	cmd.MarkFlagRequired("mapping")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		defer t.estimator.close()
		arch, net, err := t.open(cmd.Context())
		if err != nil {
			return err
		}
		row, err := t.evaluate(e, arch, &net.Layers[0], file)
		if err != nil {
			return err
		}
		row.Evaluated = 1
		return t.print(e, newMapping(t.spec, arch, net.Name, "none", []*dse.Mapped{{Row: row}}))
	}
	return cmd
}

func (t *target) evaluate(out *env, arch *hwmodel.Arch, layer *workload.Layer, file string) (results.Layer, error) {
	data, err := readFile(file)
	if err != nil {
		return results.Layer{}, err
	}
	m, err := t.readMapping(out, data, file, arch, layer)
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

// readMapping reads a mapping of this tool's, or one of Timeloop's, of which it says what is counted otherwise here.
func (t *target) readMapping(out *env, data []byte, file string, arch *hwmodel.Arch, layer *workload.Layer) (*mapping.Mapping, error) {
	if !timeloop.IsMapping(data) {
		of, err := ofLayer(data, file, layer.Name)
		if err != nil {
			return nil, err
		}
		return mapping.Parse(of, file)
	}
	m, notes, err := timeloop.ReadMapping(data, file, arch, &layer.Einsum, timeloop.Levels(t.spec.Sources()))
	if err != nil {
		return nil, err
	}
	for _, n := range slices.Concat(notes.Approximated, notes.LeftOut) {
		fmt.Fprintf(out.err, "note: %s\n", n)
	}
	return m, nil
}

// ofLayer returns the named layer's object where data is the whole output of map --json, else data itself.
func ofLayer(data []byte, file, layer string) ([]byte, error) {
	var doc struct{ Layers []json.RawMessage }
	if json.Unmarshal(data, &doc) != nil {
		return data, nil
	}
	var has []string
	for _, raw := range doc.Layers {
		var l struct{ Layer string }
		if json.Unmarshal(raw, &l) != nil || l.Layer == "" {
			continue
		}
		if l.Layer == layer {
			return raw, nil
		}
		has = append(has, l.Layer)
	}
	if len(has) > 0 {
		return nil, &yamlsrc.Error{File: file, Key: "layers", Msg: "no mapping of this layer", Given: layer, Allowed: strings.Join(has, ", ")}
	}
	return data, nil
}
