package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/viper"

	"tcmdse/dse"
	"tcmdse/reports"
	"tcmdse/results"
	"tcmdse/sweeps"
)

// sweepFlags are the run settings: where to put things and how hard to work. They come from flags, TCMDSE_* variables
// or defaults; what decides results comes from the sweep file and --set alone.
type sweepFlags struct {
	out, db, objective  string
	jobs                int
	sets                []string
	dryRun, json, quiet bool
	frontOnly           bool
	shard, publish      string
	publishEvery        time.Duration
	estimator           estimator
}

func newSweep(e *env) *cobra.Command {
	var f sweepFlags
	cmd := &cobra.Command{
		Use:   "sweep [FILE]",
		Short: "Run a sweep: optimal mappings of every candidate, a database, a workbook and a page",
		Example: `  tcmdse sweep                                   # the embedded default sweep
  tcmdse sweep edge.yaml --out edge-out --set GLB.size=64KiB,128KiB
  tcmdse sweep edge.yaml --shard 3/64             # one of 64 parts, anywhere; join them with tcmdse merge`,
		Args: cobra.MaximumNArgs(1),
	}
	fl := cmd.Flags()
	fl.StringVar(&f.out, "out", "tcmdse-out", "folder for results.db, report.xlsx and report.html")
	fl.StringVar(&f.db, "db", "", "database file (default OUT/results.db)")
	fl.IntVar(&f.jobs, "jobs", runtime.NumCPU(), "candidates mapped at once")
	fl.StringVar(&f.objective, "objective", "", "edp, energy or latency (default: the file's)")
	fl.StringArrayVar(&f.sets, "set", nil, "PATH=VALUE fixes a parameter, PATH=V1,V2 makes it an axis; may be repeated")
	fl.BoolVar(&f.frontOnly, "front-only", false, "map only candidates that may be on the front of area and EDP; the others are stored as skipped with their proved bound")
	fl.StringVar(&f.shard, "shard", "", "I/N: only this part of the candidates, 0 <= I < N; the same on every machine. Parts are joined by merge")
	fl.StringVar(&f.publish, "publish", "", "folder of a run on a shared file system: work on this machine's own disk, and put snapshots there (with --shard; see docs/scale-out.md)")
	fl.DurationVar(&f.publishEvery, "publish-every", 30*time.Second, "how often, where there is something new; at most 1m")
	fl.BoolVar(&f.dryRun, "dry-run", false, "say what would be done, write nothing")
	fl.BoolVar(&f.json, "json", false, "print the result as JSON")
	fl.BoolVar(&f.quiet, "quiet", false, "no progress")
	f.estimator.flags(cmd, false)
	settings := viper.New()
	settings.SetEnvPrefix("TCMDSE")
	settings.AutomaticEnv()
	for _, name := range []string{"out", "db", "jobs", "quiet"} {
		settings.BindPFlag(name, fl.Lookup(name))
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		f.out, f.db, f.jobs, f.quiet = settings.GetString("out"), settings.GetString("db"), settings.GetInt("jobs"), settings.GetBool("quiet")
		if f.jobs < 1 {
			return usageError{fmt.Errorf("--jobs has to be at least 1")}
		}
		file := ""
		if len(args) > 0 {
			file = args[0]
		}
		return runSweep(cmd.Context(), e, file, f)
	}
	return cmd
}

func runSweep(ctx context.Context, e *env, file string, f sweepFlags) error {
	if err := checkObjective(f.objective); err != nil {
		return err
	}
	if f.objective != "" {
		f.sets = append(f.sets, "objective="+f.objective)
	}
	s, err := sweeps.Load(file, f.sets)
	if err != nil {
		return err
	}
	if s, err = f.part(s); err != nil {
		return usageError{err}
	}
	if f.dryRun {
		if err := f.estimator.use(ctx, s.Base(), nil); err != nil {
			return err
		}
		return describeSweep(ctx, e, s, f.json)
	}
	if f.db == "" {
		f.db = filepath.Join(f.out, shardFile(s.Part(), "results.db"))
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C kills at once
	for _, w := range s.Warnings {
		fmt.Fprintf(e.err, "warning: %s: %s\n", s.File, w)
	}
	counted, err := survey(ctx, e, s, &f)
	if err != nil {
		return err
	}
	if f.publish != "" {
		return runPublished(ctx, e, s, counted, f)
	}
	return runHere(ctx, e, s, counted, f)
}

// runHere runs a sweep, or a shard of one, on a database in this process's own folder, and writes the reports of a whole sweep.
func runHere(ctx context.Context, e *env, s *sweeps.Sweep, counted *dse.Counted, f sweepFlags) error {
	to := f.reports()
	if err := to.apart(f.db); err != nil {
		return err
	}
	if err := writable(f.out); err != nil {
		return err
	}
	store, err := results.Open(f.db)
	if err != nil {
		return err
	}
	if err := f.estimator.use(ctx, s.Base(), store); err != nil {
		return errors.Join(err, store.Close())
	}
	earlier, err := unfinished(ctx, store, s.Name)
	if err != nil {
		return errors.Join(err, store.Close())
	}
	p := newProgress(e, f.quiet)
	sum, err := dse.Run(ctx, dse.Config{Sweep: s, Store: store, Jobs: f.jobs, FrontOnly: f.frontOnly, Counted: counted,
		ToolVersion: toolVersion(), Command: strings.Join(os.Args, " "), Estimator: f.estimator.describe(), Progress: p.show})
	p.end()
	if len(earlier) > 0 && !sum.Resumed && sum.SweepID > 0 {
		fmt.Fprintf(e.err, "note: this is sweep %d of %s; sweep %d of the same name is unfinished there; what it sweeps, or its mode, differs, so it was not gone on with\n",
			sum.SweepID, f.db, earlier[len(earlier)-1])
	}
	if err != nil {
		closeErr := store.Close()
		if errors.Is(err, context.Canceled) {
			return fmt.Errorf("%w: %d of %d candidates are stored; run the same command to go on", errInterrupted, sum.Done, sum.Total)
		}
		return errors.Join(err, closeErr)
	}
	if s.Part().Of > 0 {
		return endShard(e, store, s, sum, f)
	}
	d, err := reports.Read(ctx, store, sum.SweepID)
	if err := errors.Join(err, store.Close()); errors.Is(err, context.Canceled) {
		return fmt.Errorf("%w: all %d candidates are stored; tcmdse report %s writes the reports", errInterrupted, sum.Total, f.db)
	} else if err != nil {
		return err
	}
	return writeSweep(e, d, sum, f)
}

// survey looks at all candidates and networks, so that mistakes show before any file is made. With an estimator the candidates are
// left to the run: its answers are kept in the database, which has to be there first.
func survey(ctx context.Context, e *env, s *sweeps.Sweep, f *sweepFlags) (counted *dse.Counted, err error) {
	if !f.quiet {
		announce(e.err, s)
	}
	if f.estimator.command == "" {
		counted, err = dse.Survey(ctx, s)
		if errors.Is(err, context.Canceled) {
			return nil, fmt.Errorf("%w: the candidates were still being counted, and nothing was begun", errInterrupted)
		}
		if err != nil {
			return nil, err
		}
	}
	_, err = dse.Networks(s)
	return counted, err
}

// unfinished lists the sweeps of a name that were begun and not finished.
func unfinished(ctx context.Context, store *results.Store, name string) (ids []int64, err error) {
	all, err := store.Sweeps(ctx)
	for i := range all {
		if all[i].Name == name && all[i].FinishedAt.IsZero() {
			ids = append(ids, all[i].ID)
		}
	}
	return ids, err
}

// unfinishedFile names files until they are whole.
const unfinishedFile = ".tcmdse-*"

// clearAway removes what killed processes left of files half written. Younger ones than an hour may be another's.
func clearAway(dir string) {
	left, _ := filepath.Glob(filepath.Join(dir, unfinishedFile)) // the pattern is well formed, but for odd folders: then none
	for _, path := range left {
		if st, err := os.Lstat(path); err == nil && st.Mode().IsRegular() && time.Since(st.ModTime()) > time.Hour {
			os.Remove(path)
		}
	}
}

// writable makes the folder and tests that files can be made there: better before a sweep than after it.
func writable(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return usageError{fmt.Errorf("--out: %w", err)}
	}
	clearAway(dir)
	w, err := os.CreateTemp(dir, unfinishedFile)
	if err != nil {
		return usageError{fmt.Errorf("--out: %w", err)}
	}
	return errors.Join(w.Close(), os.Remove(w.Name()))
}

// reports is where a whole sweep's reports go.
func (f *sweepFlags) reports() paths {
	return paths{xlsx: filepath.Join(f.out, "report.xlsx"), html: filepath.Join(f.out, "report.html")}
}

// writeSweep writes the reports and tells where they are.
func writeSweep(e *env, d *reports.Data, sum dse.Summary, f sweepFlags) error {
	to := f.reports()
	if err := writeReports(d, to); err != nil {
		return err
	}
	if f.json {
		enc := json.NewEncoder(e.out)
		enc.SetIndent("", "  ")
		return enc.Encode(map[string]any{
			"sweep": d.Sweep.Name, "sweep_id": sum.SweepID, "candidates": sum.Total, "reused": sum.Reused,
			"infeasible": sum.Infeasible, "over_budget": sum.OverBudget, "failed": sum.Failed, "skipped": sum.Skipped,
			"layers_mapped": sum.Mapped, "layers_equal": sum.Equal, "layers_recalled": sum.Recalled,
			"seconds": sum.Elapsed.Seconds(), "db": f.db, "xlsx": to.xlsx, "html": to.html, "fronts": frontJSON(d),
		})
	}
	if err := reports.WriteFrontTable(e.out, d); err != nil {
		return err
	}
	fmt.Fprintf(e.out, "\n%d candidates in %.1f s", sum.Total, sum.Elapsed.Seconds())
	fmt.Fprint(e.out, counts(&sum.Progress))
	fmt.Fprintf(e.out, "\n  %s\n  %s\n  %s\n", f.db, to.xlsx, to.html)
	if sum.Failed > 0 {
		return fmt.Errorf("%d candidates failed; their reasons are in the database, status 'failed'", sum.Failed)
	}
	return nil
}

func frontJSON(d *reports.Data) []map[string]any {
	out := []map[string]any{}
	for i := range d.Workloads {
		w := &d.Workloads[i]
		designs := []map[string]any{}
		for _, at := range w.Front {
			c := &w.Candidates[at]
			params := map[string]string{}
			for _, p := range c.Params {
				params[p.Path] = p.Text
			}
			designs = append(designs, map[string]any{"candidate_id": c.ID, "index": c.Index, "area_mm2": c.AreaMM2,
				"edp_js": c.EDPJs, "energy_j": c.EnergyJ, "latency_s": c.LatencyS, "params": params})
		}
		out = append(out, map[string]any{"workload": w.Name, "designs": designs})
	}
	return out
}

// writeReports writes what has a path.
func writeReports(d *reports.Data, to paths) error {
	return to.write(
		func(w io.Writer) error { return reports.WriteXLSX(w, d) },
		func(w io.Writer) error { return reports.WriteHTML(w, d) },
		func(w io.Writer) error { return reports.WriteSVG(w, d) })
}
