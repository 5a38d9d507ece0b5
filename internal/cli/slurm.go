package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"tcmdse/dse"
	"tcmdse/slurm"
	"tcmdse/sweeps"
)

// slurmFlags are what a run on Slurm is asked for.
type slurmFlags struct {
	out, objective     string
	shards, maxRunning int
	sets               []string
	frontOnly, dryRun  bool
	options            slurm.Options
}

func newSlurm(e *env) *cobra.Command {
	var f slurmFlags
	cmd := &cobra.Command{
		Use:   "slurm FILE --shards N",
		Short: "Run a sweep as a Slurm job array with a merge behind it",
		Long: `Runs a sweep as a Slurm job array, one shard an element, with a job behind it that joins what they found and writes the reports.
FILE is a sweep file or an embedded sweep. The run folder (--out), FILE with what it names, and this program have to be on a
file system that all nodes see; elements work on the disk of their node and publish snapshots into the run folder.

Elements that die, are requeued or are cancelled lose at most a minute: the next attempt goes on from the snapshots. Choose N so
that an element takes minutes, not seconds. docs/scale-out.md tells what happens when things fail.`,
		Example: `  tcmdse slurm edge.yaml --shards 64 --cpus 8 --time 4:00:00 --out /scratch/me/edge
  tcmdse slurm edge.yaml --shards 64 --partition short --max-running 16 --sbatch=--constraint=avx2
  tcmdse slurm edge.yaml --shards 64 --dry-run     # print the scripts, submit and write nothing
  tcmdse status /scratch/me/edge
  tcmdse resubmit /scratch/me/edge                 # only what is missing`,
		Args: cobra.ExactArgs(1),
	}
	fl := cmd.Flags()
	fl.IntVar(&f.shards, "shards", 0, "N: parts that the sweep is cut into, each an element of the array; at most Slurm's MaxArraySize")
	fl.StringVar(&f.out, "out", "tcmdse-run", "run folder, on a file system that all nodes see")
	fl.IntVar(&f.options.CPUs, "cpus", 1, "CPUs of an element")
	fl.StringVar(&f.options.Time, "time", "", "time limit of an element, as sbatch takes it (default: the site's)")
	fl.StringVar(&f.options.Partition, "partition", "", "partition (default: the site's)")
	fl.StringVar(&f.options.Memory, "mem", "", "memory of an element, as sbatch takes it (default: the site's)")
	fl.StringVar(&f.options.Account, "account", "", "account to charge")
	fl.StringVar(&f.options.QOS, "qos", "", "quality of service")
	fl.StringArrayVar(&f.options.Extra, "sbatch", nil, "a further option of sbatch, such as --sbatch=--constraint=avx2; may be repeated")
	fl.IntVar(&f.maxRunning, "max-running", 0, "elements that run at once (default: as many as Slurm lets)")
	fl.StringArrayVar(&f.sets, "set", nil, "PATH=VALUE fixes a parameter, PATH=V1,V2 makes it an axis; may be repeated")
	fl.StringVar(&f.objective, "objective", "", "edp, energy or latency (default: the file's)")
	fl.BoolVar(&f.frontOnly, "front-only", false, "map only candidates that may be on the front of area and EDP (of their shard)")
	fl.BoolVar(&f.dryRun, "dry-run", false, "print the scripts; submit and write nothing")
	cmd.RunE = func(cmd *cobra.Command, args []string) error { return runSlurm(cmd.Context(), e, args[0], f) }
	return cmd
}

func runSlurm(ctx context.Context, e *env, file string, f slurmFlags) error {
	if f.shards < 1 || f.shards > slurm.MaxShards {
		return usageError{fmt.Errorf("--shards: given %d; allowed: 1 to %d", f.shards, slurm.MaxShards)}
	}
	if f.maxRunning < 0 {
		return usageError{fmt.Errorf("--max-running: given %d; allowed: 0 (no limit) or more", f.maxRunning)}
	}
	p, err := planSlurm(ctx, e, file, f)
	if err != nil {
		return err
	}
	if err := f.places(e); err != nil {
		return err
	}
	if err := f.options.Check(); err != nil {
		return badPlan(err)
	}
	if err := capShards(ctx, e, p, f.dryRun); err != nil {
		return err
	}
	if p.Candidates < int64(p.Shards) {
		fmt.Fprintf(e.err, "note: %d candidates in %d shards: some elements have nothing to do\n", p.Candidates, p.Shards)
	}
	if f.dryRun {
		_, err := fmt.Fprintf(e.out, "# shard.sh: %d elements\n%s\n# merge.sh: once all of them have ended\n%s", p.Shards, p.ShardScript(&f.options), p.MergeScript(&f.options))
		return err
	}
	run := f.options.Run
	if err := p.Free(run); err != nil {
		return badPlan(err)
	}
	if err := p.Prepare(&f.options); err != nil {
		return badPlan(err)
	}
	job, err := p.Submit(ctx, slurm.System{}, run, nil, nil)
	if err != nil {
		return badPlan(err)
	}
	fmt.Fprintf(e.out, "sweep %s: %d candidates in %d shards\n", shown(p.Name), p.Candidates, p.Shards)
	return submitted(e, run, job, p.Shards)
}

// planSlurm validates the sweep as a run of it would, before anything is written.
func planSlurm(ctx context.Context, e *env, file string, f slurmFlags) (*slurm.Plan, error) {
	p := &slurm.Plan{Sets: append([]string{}, f.sets...), Objective: f.objective, FrontOnly: f.frontOnly, Shards: f.shards, MaxRunning: f.maxRunning,
		ToolVersion: toolVersion(), CreatedAt: time.Now().UTC().Truncate(time.Second), Jobs: []slurm.Job{}}
	if err := checkObjective(f.objective); err != nil {
		return nil, err
	}
	sets := f.sets
	if f.objective != "" {
		sets = append(sets, "objective="+f.objective) // as an element does
	}
	s, err := sweeps.Load(file, sets)
	if err != nil {
		return nil, err
	}
	for _, w := range s.Warnings {
		fmt.Fprintf(e.err, "warning: %s: %s\n", s.File, w)
	}
	announce(e.err, s)
	counted, err := dse.Survey(ctx, s)
	if err != nil {
		return nil, err
	}
	config := dse.Config{Sweep: s, FrontOnly: f.frontOnly, Counted: counted, ToolVersion: toolVersion()}
	if p.ConfigSHA256, err = dse.Fingerprint(ctx, config); err != nil {
		return nil, err
	}
	p.Name, p.File, p.Candidates = s.Name, file, counted.Total
	if _, err := os.Stat(file); err == nil { // else it is an embedded one
		if p.File, err = filepath.Abs(file); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// places makes the paths that scripts name absolute.
func (f *slurmFlags) places(e *env) (err error) {
	o := &f.options
	if o.Run, err = filepath.Abs(f.out); err != nil {
		return err
	}
	if o.Dir, err = os.Getwd(); err != nil {
		return err
	}
	if o.Program, err = os.Executable(); err != nil {
		return err
	}
	if strings.Contains(o.Program, string(filepath.Separator)+"go-build") {
		err := fmt.Errorf("%s is removed when this command ends, as `go run` does; build the tool on the shared file system and use that (go build -o tcmdse .)", o.Program)
		if !f.dryRun {
			return usageError{err}
		}
		fmt.Fprintln(e.err, "warning:", err)
	}
	return nil
}

// capShards keeps to what Slurm takes as an array.
func capShards(ctx context.Context, e *env, p *slurm.Plan, dryRun bool) error {
	most, err := slurm.MaxArraySize(ctx, slurm.System{})
	switch {
	case err != nil && dryRun:
		fmt.Fprintf(e.err, "note: whether Slurm takes arrays of %d is not known: %v\n", p.Shards, err)
	case err != nil:
		return err
	case most > 0 && p.Shards > most:
		fmt.Fprintf(e.err, "note: %d shards in place of %d: Slurm takes no larger arrays here (MaxArraySize of scontrol show config)\n", most, p.Shards)
		p.Shards = most
	}
	return nil
}

// badPlan marks mistakes in what was given as such.
func badPlan(err error) error {
	if bad := (*slurm.InputError)(nil); errors.As(err, &bad) {
		return usageError{err}
	}
	return err
}

// submitted tells the jobs and what one does next.
func submitted(e *env, run string, job slurm.Job, n int) error {
	_, err := fmt.Fprintf(e.out, `array job %s: %d elements
merge job %s: once all of them have ended
  tcmdse status %s      how far it is
  tcmdse resubmit %s    submit what is missing, once elements have failed
  %s, report.xlsx, report.html    in the end
`, job.Array, n, job.Merge, slurm.ShellWord(run), slurm.ShellWord(run), filepath.Join(run, "results.db"))
	return err
}

func newResubmit(e *env) *cobra.Command {
	var dryRun bool
	cmd := &cobra.Command{
		Use:   "resubmit RUN",
		Short: "Submit the shards of a Slurm run that are missing, with a new merge behind them",
		Long: `Submits the shards of a run that are not finished and neither wait nor run in Slurm, as an array of only those, with a new
merge behind it. They go on from what their earlier attempts published. The scripts are taken as they are in RUN: change
#SBATCH --time or --mem in shard.sh before, where an element was ended for that.`,
		Example: `  tcmdse resubmit /scratch/me/edge
  tcmdse resubmit /scratch/me/edge --dry-run       # say which`,
		Args: cobra.ExactArgs(1),
	}
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "say what would be submitted, submit nothing")
	cmd.RunE = func(cmd *cobra.Command, args []string) error { return runResubmit(cmd.Context(), e, args[0], dryRun) }
	return cmd
}

func runResubmit(ctx context.Context, e *env, dir string, dryRun bool) error {
	run, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	m, err := slurm.FindMissing(ctx, slurm.System{}, run)
	if err != nil {
		return badPlan(err)
	}
	for _, u := range m.State.Unreadable {
		fmt.Fprintf(e.err, "warning: %s is left out: %s\n", u.File, u.Why)
	}
	if len(m.Shards) == 0 {
		return nothingMissing(e, run, m)
	}
	list := slurm.ArrayList(m.Shards, m.Plan.MaxRunning)
	if dryRun {
		_, err := fmt.Fprintf(e.out, "would submit %d of %d shards: %s; %d wait or run\n", len(m.Shards), m.Plan.Shards, list, m.Busy)
		return err
	}
	job, err := m.Plan.Submit(ctx, slurm.System{}, run, m.Shards, m.After)
	if err != nil {
		return badPlan(err)
	}
	fmt.Fprintf(e.out, "%d of %d shards are missing: %s\n", len(m.Shards), m.Plan.Shards, list)
	return submitted(e, run, job, len(m.Shards))
}

// nothingMissing says so, and what is left to do.
func nothingMissing(e *env, run string, m *slurm.Missing) error {
	text := fmt.Sprintf("nothing to submit: all %d shards are finished\n", m.Plan.Shards)
	if m.Busy > 0 {
		text = fmt.Sprintf("nothing to submit: %d of %d shards are finished, the others wait or run\n", m.Plan.Shards-m.Busy, m.Plan.Shards)
	} else if m.State.Results != "" {
		text += fmt.Sprintf("  %s has them all\n", m.State.Results)
	} else if !m.Merge {
		text += fmt.Sprintf("  tcmdse merge %s %s --complete    joins them\n", slurm.ShellWord(filepath.Join(run, "results.db")), slurm.ShellWord(filepath.Join(run, "parts")))
	}
	_, err := fmt.Fprint(e.out, text)
	return err
}
