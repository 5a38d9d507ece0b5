package cli

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"tcmdse/hwmodel"
	"tcmdse/hwmodel/estimate"
	"tcmdse/internal/unit"
)

func newCost(e *env) *cobra.Command {
	var name string
	var asJSON bool
	var set []string
	var x estimator
	cmd := &cobra.Command{
		Use:     "cost --arch A",
		Short:   "Print area, energies, leakage and rates of each component, and where each number is from",
		Example: "  tcmdse cost --arch eyeriss --json\n  tcmdse cost --arch mine.yaml --set GLB.size=256KiB",
		Args:    cobra.NoArgs,
	}
	cmd.Flags().StringVar(&name, "arch", "", "architecture: a file or an embedded name")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	setFlag(cmd, &set)
	x.flags(cmd, true)
	cmd.MarkFlagRequired("arch")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		spec, err := openArch(name, set)
		if err != nil {
			return err
		}
		defer x.close()
		if err := x.use(cmd.Context(), spec, nil); err != nil {
			return err
		}
		arch, err := spec.Build()
		if err != nil {
			return onSet(err, set...)
		}
		if asJSON {
			enc := json.NewEncoder(e.out)
			enc.SetIndent("", "  ")
			return enc.Encode(costJSON(spec, arch))
		}
		return printCost(e, arch)
	}
	return cmd
}

// costJSON is what cost --json prints and map --json repeats: components with the origin of each figure.
func costJSON(spec *hwmodel.Spec, arch *hwmodel.Arch) map[string]any {
	components := []map[string]any{}
	for i, n := range arch.Instances() {
		node := &arch.Nodes[i]
		if !node.Priced() {
			continue
		}
		components = append(components, map[string]any{
			"name": node.Name, "instances": n, "area_mm2": node.AreaM2 * 1e6, "leakage_w": node.LeakageW, "actions": actions(node),
			"source": source(spec, node),
		})
	}
	out := map[string]any{"arch": arch.Name, "components": components, "area_mm2": arch.AreaM2() * 1e6, "note": hwmodel.OverheadNote}
	if arch.Overhead != "" {
		out["overhead"] = arch.Overhead
	}
	if len(arch.Warnings) > 0 {
		out["warnings"] = arch.Warnings
	}
	return out
}

// actions lists what a component does with its energy: memories by access, where their width is known, else by bit.
func actions(n *hwmodel.Node) map[string]any {
	switch n.Kind {
	case hwmodel.Array:
		return map[string]any{"move": map[string]any{"energy_j": n.NetworkJPerBit, "bits": 1}}
	case hwmodel.Compute:
		return map[string]any{"compute": map[string]any{"energy_j": n.EnergyJ, "per_s": n.ThroughputPerS}}
	}
	bits := max(1, n.WidthBits)
	side := func(a hwmodel.Access) map[string]any {
		return map[string]any{"energy_j": a.EnergyJPerBit * bits, "bits": bits, "bits_per_s": a.BandwidthBitPerS}
	}
	return map[string]any{"read": side(n.Read), "write": side(n.Write)}
}

// source tells where a component's figures are from: one method for all, or "mixed", and each figure's own.
func source(spec *hwmodel.Spec, n *hwmodel.Node) map[string]any {
	figures := map[string]any{}
	method := estimate.Method("")
	for _, f := range n.Costs {
		figures[f.Field] = map[string]any{"value": f.Value, "unit": f.Unit, "origin": f.Origin}
		switch {
		case f.Field == estimate.AccessTime || f.Origin.Method == estimate.Convention:
		case method == "" || method == f.Origin.Method:
			method = f.Origin.Method
		default:
			method = "mixed"
		}
	}
	if method == "" {
		method = estimate.Convention
	}
	return map[string]any{"method": method, "text": spec.Sources()[n.Name], "file": spec.File, "figures": figures}
}

// printCost prints a table of components, then where each figure is from.
func printCost(e *env, arch *hwmodel.Arch) error {
	fmt.Fprintf(e.out, "%-10s %9s %11s %11s %7s %11s %12s %12s\n", "component", "instances", "area", "all", "share", "leakage all", "read", "write")
	total := arch.AreaM2()
	var leak float64
	for i, n := range arch.Instances() {
		node := &arch.Nodes[i]
		if !node.Priced() {
			continue
		}
		leak += node.LeakageW * float64(n)
		read, write := unit.Format(node.Read.EnergyJPerBit, unit.JoulePerBit), unit.Format(node.Write.EnergyJPerBit, unit.JoulePerBit)
		switch node.Kind {
		case hwmodel.Compute:
			read, write = unit.Format(node.EnergyJ, unit.Joule)+"/MAC", ""
		case hwmodel.Array:
			read, write = unit.Format(node.NetworkJPerBit, unit.JoulePerBit), ""
		}
		share := "-"
		if total > 0 {
			share = fmt.Sprintf("%.1f %%", 100*node.AreaM2*float64(n)/total)
		}
		fmt.Fprintf(e.out, "%-10s %9d %11s %11s %7s %11s %12s %12s\n", node.Name, n, unit.Format(node.AreaM2, unit.SquareMetre),
			unit.Format(node.AreaM2*float64(n), unit.SquareMetre), share, unit.Format(node.LeakageW*float64(n), unit.Watt), read, write)
	}
	fmt.Fprintf(e.out, "%-10s %9s %11s %11s %7s %11s\n\n", "total", "", "", unit.Format(total, unit.SquareMetre), "", unit.Format(leak, unit.Watt))
	printOrigins(e, arch)
	if arch.Overhead != "" {
		fmt.Fprintln(e.out, "Overhead:", arch.Overhead)
	}
	for _, w := range arch.Warnings {
		fmt.Fprintln(e.err, "warning:", w)
	}
	_, err := fmt.Fprintln(e.out, hwmodel.OverheadNote)
	return err
}

// printOrigins prints where each figure is from, figures of one origin on one line.
func printOrigins(e *env, arch *hwmodel.Arch) {
	for i := range arch.Nodes {
		n := &arch.Nodes[i]
		if !n.Priced() {
			continue
		}
		var origins []estimate.Origin
		fields := map[estimate.Origin]string{}
		for _, f := range n.Costs {
			if _, ok := fields[f.Origin]; !ok {
				origins = append(origins, f.Origin)
			} else {
				fields[f.Origin] += ", "
			}
			fields[f.Origin] += f.Field
		}
		fmt.Fprintln(e.out, n.Name)
		for _, o := range origins {
			fmt.Fprintf(e.out, "  %s: %s; %s", fields[o], o.Method, o.Source)
			if o.ErrorP95 > 0 {
				fmt.Fprintf(e.out, " +-%.0f %% (95 %% of cases, against that source)", 100*o.ErrorP95)
			}
			if o.Note != "" {
				fmt.Fprintf(e.out, "; %s", o.Note)
			}
			fmt.Fprintln(e.out)
		}
	}
	fmt.Fprintln(e.out)
}
