package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"tcmdse/reports"
	"tcmdse/results"
)

// reportFlags are what report is asked for.
type reportFlags struct {
	to      paths
	csv     string
	sweep   int64 // 0: the last one
	asked   bool  // sweep was given
	json    bool
	compare string
	weights []string
}

func newReport(e *env) *cobra.Command {
	var f reportFlags
	cmd := &cobra.Command{
		Use:   "report DB [SWEEP]",
		Short: "Write reports from a database, no mapping done",
		Example: `  tcmdse report tcmdse-out/results.db -o review.xlsx --html review.html --csv tables
  tcmdse report tcmdse-out/results.db --svg front.svg      # for slides
  tcmdse report tcmdse-out/results.db --weights resnet18=3,mobilenetv2=1 -o review.xlsx
  tcmdse report tcmdse-out/results.db --json               # for scripts (docs/json.md)
  tcmdse report tcmdse-out/results.db --compare 1 2        # what changed from sweep 1 to sweep 2`,
		Args: cobra.RangeArgs(1, 2),
	}
	fl := cmd.Flags()
	fl.StringVarP(&f.to.xlsx, "output", "o", "", "workbook to write")
	fl.StringVar(&f.to.html, "html", "", "page to write")
	fl.StringVar(&f.to.svg, "svg", "", "picture of the fronts to write, for slides")
	fl.StringVar(&f.csv, "csv", "", "folder for CSV files, with all rows of a sweep of any size")
	fl.BoolVar(&f.json, "json", false, "print the fronts as one JSON document in place of the table")
	fl.Int64Var(&f.sweep, "sweep", 0, "sweep_id (default: the last sweep in the file)")
	fl.StringVar(&f.compare, "compare", "", "A: what changed from sweep A to the SWEEP named after it, each a sweep_id or a name; also --compare A,B")
	fl.StringSliceVar(&f.weights, "weights", nil, "WORKLOAD=W,...: weights of the front over several workloads (default: all alike; those not named: 0)")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if os.Getenv("GOGC") == "" { // rows live to the end: collecting twice as often takes a tenth more processor time and a sixth less memory
			debug.SetGCPercent(50)
		}
		f.asked = cmd.Flags().Changed("sweep")
		s, err := results.OpenReadOnly(args[0])
		if err != nil {
			return badInput(err)
		}
		defer s.Close()
		sweeps, err := s.Sweeps(cmd.Context())
		if err != nil {
			return err
		}
		if f.compare != "" || len(args) > 1 {
			if err := onlyCompare(cmd, args); err != nil {
				return usageError{err}
			}
			return runCompare(cmd.Context(), e, s, sweeps, f.compare, args[1:], f.to, f.json)
		}
		return runReport(cmd.Context(), e, s, sweeps, &f)
	}
	return cmd
}

// runReport reports on one sweep of a file.
func runReport(ctx context.Context, e *env, s *results.Store, sweeps []results.Sweep, f *reportFlags) error {
	given, err := readWeights(f.weights)
	if err != nil {
		return usageError{err}
	}
	if err := hasSweep(s.Path(), sweeps, f.sweep, f.asked); err != nil {
		return usageError{err}
	}
	if err := f.to.check(s.Path()); err != nil { // better before all is read than after it
		return err
	}
	d, err := reports.ReadWeighted(ctx, s, f.sweep, given)
	if bad := (*reports.WeightError)(nil); errors.As(err, &bad) {
		return usageError{fmt.Errorf("--weights: %w", err)}
	}
	if err != nil {
		return err
	}
	if err := writeReports(d, f.to); err != nil {
		return err
	}
	if f.csv != "" {
		ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM) // it takes minutes of a large sweep, and half a file is not left
		defer stop()
		err := reports.WriteCSV(ctx, f.csv, s, d)
		if err != nil && ctx.Err() != nil {
			return fmt.Errorf("%w: files of %s that were finished are there, the others are not", errInterrupted, f.csv)
		}
		if err != nil {
			return err
		}
	}
	if f.json {
		return reports.WriteJSON(e.out, d)
	}
	if len(sweeps) > 1 {
		fmt.Fprintf(e.out, "sweep %d of %d (%s); --sweep N for another\n", d.Sweep.ID, len(sweeps), shown(d.Sweep.Name))
	}
	return reports.WriteFrontTable(e.out, d)
}

// readWeights reads WORKLOAD=W; nil where none is given.
func readWeights(given []string) (map[string]float64, error) {
	if len(given) == 0 {
		return nil, nil
	}
	out := map[string]float64{}
	for _, text := range given {
		at := strings.LastIndexByte(text, '=')
		if at < 1 {
			return nil, fmt.Errorf("--weights: %q is not WORKLOAD=WEIGHT, such as resnet18=2", text)
		}
		name := strings.TrimSpace(text[:at])
		w, err := strconv.ParseFloat(strings.TrimSpace(text[at+1:]), 64)
		if err != nil {
			return nil, fmt.Errorf("--weights: %q: %q is no number; a weight is a number of 0 or more", text, text[at+1:])
		}
		if _, twice := out[name]; twice {
			return nil, fmt.Errorf("--weights: %s has two weights", name)
		}
		out[name] = w
	}
	return out, nil
}

// hasSweep refuses a sweep that the file does not have; the last one is taken where none was asked for.
func hasSweep(path string, sweeps []results.Sweep, id int64, asked bool) error {
	if len(sweeps) == 0 {
		return fmt.Errorf("%s holds no sweep", path)
	}
	if slices.ContainsFunc(sweeps, func(w results.Sweep) bool { return w.ID == id || !asked }) {
		return nil
	}
	return fmt.Errorf("--sweep: %s has no sweep %d; there are %s", path, id, listSweeps(sweeps))
}
