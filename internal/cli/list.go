package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"tcmdse/dse"
	"tcmdse/hwmodel"
	"tcmdse/mapper/workload"
	"tcmdse/sweeps"
)

func newList(e *env) *cobra.Command {
	return &cobra.Command{
		Use:       "list [archs|workloads|sweeps]",
		Short:     "List what is embedded",
		Args:      cobra.MatchAll(cobra.MaximumNArgs(1), cobra.OnlyValidArgs),
		ValidArgs: []string{"archs", "workloads", "sweeps"},
		RunE: func(cmd *cobra.Command, args []string) error {
			for _, kind := range []struct {
				name  string
				names []string
			}{{"archs", hwmodel.PresetNames()}, {"workloads", workload.Names()}, {"sweeps", sweeps.Names()}} {
				if len(args) == 0 {
					fmt.Fprintf(e.out, "%s: %s\n", kind.name, strings.Join(kind.names, " "))
				} else if args[0] == kind.name {
					fmt.Fprintln(e.out, strings.Join(kind.names, "\n"))
				}
			}
			return nil
		},
	}
}

func newShow(e *env) *cobra.Command {
	return &cobra.Command{
		Use:     "show NAME",
		Short:   "Print an embedded architecture, workload or sweep as YAML to start your own from",
		Example: "  tcmdse show eyeriss > mine.yaml",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			for _, read := range []func(string) ([]byte, error){hwmodel.PresetYAML, workload.NetYAML, sweeps.PresetYAML} {
				if data, err := read(args[0]); err == nil {
					_, err = e.out.Write(data)
					return err
				}
			}
			return usageError{fmt.Errorf("nothing called %q is embedded; tcmdse list names what is", args[0])}
		},
	}
}

func newCost(e *env) *cobra.Command {
	var name string
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "cost --arch A",
		Short:   "Print area, energies, leakage and rates of each component with their source",
		Example: "  tcmdse cost --arch eyeriss --json",
		Args:    cobra.NoArgs,
	}
	cmd.Flags().StringVar(&name, "arch", "", "architecture: a file or an embedded name")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.MarkFlagRequired("arch")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		spec, err := hwmodel.Open(name, "")
		if err != nil {
			return err
		}
		arch, err := spec.Build()
		if err != nil {
			return err
		}
		return printCost(e, spec, arch, asJSON)
	}
	return cmd
}

func printCost(e *env, spec *hwmodel.Spec, arch *hwmodel.Arch, asJSON bool) error {
	sources := spec.Sources()
	components := []map[string]any{}
	for i, n := range arch.Instances() {
		node := &arch.Nodes[i]
		if node.Kind == hwmodel.Array {
			continue
		}
		actions := map[string]any{"compute": map[string]any{"energy_j": node.EnergyJ, "per_s": node.ThroughputPerS}}
		if node.Kind == hwmodel.Memory {
			actions = map[string]any{
				"read":  map[string]any{"energy_j": node.Read.EnergyJPerBit, "bits": 1, "bits_per_s": node.Read.BandwidthBitPerS},
				"write": map[string]any{"energy_j": node.Write.EnergyJPerBit, "bits": 1, "bits_per_s": node.Write.BandwidthBitPerS},
			}
		}
		components = append(components, map[string]any{
			"name": node.Name, "instances": n, "area_mm2": node.AreaM2 * 1e6, "leakage_w": node.LeakageW, "actions": actions,
			"source": map[string]any{"method": "explicit", "text": sources[node.Name], "file": spec.File},
		})
	}
	if asJSON {
		enc := json.NewEncoder(e.out)
		enc.SetIndent("", "  ")
		return enc.Encode(map[string]any{"arch": arch.Name, "components": components, "area_mm2": arch.AreaM2() * 1e6})
	}
	fmt.Fprintf(e.out, "%-8s %9s %12s %12s %12s\n", "name", "instances", "area/mm2", "all/mm2", "leakage/W")
	for i, n := range arch.Instances() {
		if node := &arch.Nodes[i]; node.Kind != hwmodel.Array {
			fmt.Fprintf(e.out, "%-8s %9d %12.4g %12.4g %12.4g  %s\n", node.Name, n, node.AreaM2*1e6, node.AreaM2*1e6*float64(n), node.LeakageW, sources[node.Name])
		}
	}
	_, err := fmt.Fprintf(e.out, "%-8s %9s %12s %12.4g\n", "total", "", "", arch.AreaM2()*1e6)
	return err
}

func newCheck(e *env) *cobra.Command {
	return &cobra.Command{
		Use:     "check FILE...",
		Short:   "Validate files or what is embedded; for sweeps, say how many candidates and mappings they take",
		Example: "  tcmdse check mine.yaml sweep.yaml",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			for _, file := range args {
				if err := check(cmd.Context(), e, file); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

// check tells by its keys what a file is, and validates it as that.
func check(ctx context.Context, e *env, file string) error {
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		for _, read := range []func(string) ([]byte, error){hwmodel.PresetYAML, workload.NetYAML, sweeps.PresetYAML} {
			if embedded, e := read(file); e == nil {
				data, err = embedded, nil
			}
		}
	}
	if err != nil {
		return usageError{err}
	}
	kind, err := kindOf(data, file)
	if err != nil {
		return err
	}
	switch kind {
	case "architecture":
		s, err := hwmodel.ParseSpec(data, file)
		if err != nil {
			return err
		}
		a, err := s.Build()
		if err != nil {
			return err
		}
		fmt.Fprintf(e.out, "%s: architecture %s, %.4g mm2, %d paths to sweep\n", file, a.Name, a.AreaM2()*1e6, len(s.Paths()))
	case "workload":
		n, err := workload.Parse(data, file)
		if err != nil {
			return err
		}
		fmt.Fprintf(e.out, "%s: workload %s, %d layers, %v multiply-accumulates, %v weights\n", file, n.Name, len(n.Layers), n.TotalMACs(), n.TotalWeights())
	default:
		s, err := sweeps.Load(file, nil)
		if err != nil {
			return err
		}
		return describeSweep(ctx, e, s, false)
	}
	return nil
}

// describeSweep says how large a sweep is.
func describeSweep(ctx context.Context, e *env, s *sweeps.Sweep, asJSON bool) error {
	nets, err := dse.Networks(s)
	if err != nil {
		return err
	}
	p, err := dse.Plan(ctx, s, nets)
	if err != nil {
		return err
	}
	if asJSON {
		enc := json.NewEncoder(e.out)
		enc.SetIndent("", "  ")
		return enc.Encode(map[string]any{"sweep": s.Name, "raw": p.Raw, "candidates": p.Candidates, "over_budget": p.OverBudget,
			"mappings": p.Mappings, "seconds_one_core": p.SecondsOneCore})
	}
	_, err = fmt.Fprintf(e.out, "sweep %s: %s points, %d candidates after where and without duplicates, %d above the area budget, %d distinct mappings, about %.3g s on one core\n",
		s.Name, p.Raw, p.Candidates, p.OverBudget, p.Mappings, p.SecondsOneCore)
	return err
}
