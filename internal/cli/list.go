package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/big"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"tcmdse/dse"
	"tcmdse/hwmodel"
	"tcmdse/internal/yamlsrc"
	"tcmdse/mapper/workload"
	"tcmdse/sweeps"
)

// oneOfThose refuses words that are not among the command's own.
func oneOfThose(cmd *cobra.Command, args []string) error {
	for _, a := range args {
		if !slices.Contains(cmd.ValidArgs, a) {
			return fmt.Errorf("%s: unknown %q%s; there are %s", cmd.CommandPath(), a, yamlsrc.Meant(a, cmd.ValidArgs), strings.Join(cmd.ValidArgs, ", "))
		}
	}
	return nil
}

func newList(e *env) *cobra.Command {
	return &cobra.Command{
		Use:       "list [archs|workloads|sweeps]",
		Short:     "List what is embedded",
		Example:   "  tcmdse list workloads",
		Args:      cobra.MatchAll(cobra.MaximumNArgs(1), oneOfThose),
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
			return usageError{fmt.Errorf("nothing called %q is embedded%s; tcmdse list names what is", args[0], yamlsrc.Meant(args[0], embeddedNames()))}
		},
	}
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
	data, err := yamlsrc.ReadFile(file)
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
	announce(e.err, s)
	p, err := dse.Plan(ctx, s, nets)
	if err != nil {
		return err
	}
	if asJSON {
		enc := json.NewEncoder(e.out)
		enc.SetIndent("", "  ")
		return enc.Encode(map[string]any{"sweep": s.Name, "raw": p.Raw, "equal_values": p.EqualValues, "after_where": p.AfterWhere,
			"included": p.Included, "candidates": p.Candidates, "over_budget": p.OverBudget, "mappings": p.Mappings, "mappings_at_most": p.AtMost,
			"seconds_one_core": p.SecondsOneCore, "sampled": p.Sampled, "warnings": append([]string{}, slices.Concat(s.Warnings, p.Warnings)...)})
	}
	for _, w := range slices.Concat(s.Warnings, p.Warnings) {
		fmt.Fprintf(e.err, "warning: %s: %s\n", s.File, w)
	}
	atMost := ""
	if p.AtMost {
		atMost = "at most "
	}
	_, err = fmt.Fprintf(e.out, "sweep %s: %s points as written, %d after where, %d candidates without equal ones, %d above the area budget, %s%d distinct mappings, about %s on one core\n",
		s.Name, p.Raw, p.AfterWhere, p.Candidates, p.OverBudget, atMost, p.Mappings, roughly(p.SecondsOneCore))
	return err
}

// announce tells at once how large a sweep is whose counting takes long, since every candidate is built for it.
func announce(to io.Writer, s *sweeps.Sweep) {
	raw := s.Raw()
	const million = 1e6
	if raw.Cmp(big.NewInt(million)) < 0 {
		return
	}
	minutes, _ := new(big.Float).Quo(new(big.Float).SetInt(raw), big.NewFloat(million)).Float64() // 60 us a candidate: BenchmarkCandidate of hwmodel
	fmt.Fprintf(to, "%s points as written: counting them takes about %s; `sample` and `budget: {max_candidates: N}` bound a sweep\n", raw, roughly(60*minutes))
}

// roughly writes a time as people say it.
func roughly(seconds float64) string {
	switch {
	case seconds < 100:
		return fmt.Sprintf("%.2g s", seconds)
	case seconds < 100*60:
		return fmt.Sprintf("%.0f min", seconds/60)
	}
	return fmt.Sprintf("%.3g h", seconds/3600)
}
