package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"tcmdse/results"
)

func newMerge(e *env) *cobra.Command {
	var complete bool
	cmd := &cobra.Command{
		Use:   "merge OUT.db IN.db...",
		Short: "Join shards or past sweeps in one database; the same result twice is stored once",
		Long: `Join shards or past sweeps in one database; the same result twice is stored once.

IN is a database, or a folder whose *.db are taken. OUT is made, or added to where it is there. Different results for one
candidate are an error that tells both values; each file is joined whole or not at all, and what was joined before stays.`,
		Example: `  tcmdse merge all.db shard-0.db shard-1.db
  tcmdse merge run/results.db run/parts --complete`,
		Args: cobra.MinimumNArgs(2),
	}
	cmd.Flags().BoolVar(&complete, "complete", false, "fail, once all is joined, where a sweep that ran in shards lacks some of them")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		in, err := mergeInputs(args[0], args[1:])
		if err != nil {
			return usageError{err}
		}
		ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
		defer stop()
		return runMerge(ctx, e, args[0], in, complete)
	}
	return cmd
}

// mergeInputs lists the files to join: each once, those of folders by name.
func mergeInputs(out string, args []string) ([]string, error) {
	var in []string
	for _, a := range args {
		st, err := os.Stat(a)
		if err != nil {
			return nil, err
		}
		if !st.IsDir() {
			in = append(in, a)
			continue
		}
		files, err := filepath.Glob(filepath.Join(escapeGlob(a), "[^.]*.db"))
		if err != nil {
			return nil, err
		}
		if len(files) == 0 {
			return nil, fmt.Errorf("%s has no *.db", a)
		}
		in = append(in, files...)
	}
	there, outErr := os.Stat(out)
	for _, path := range in {
		if st, err := os.Stat(path); err == nil && outErr == nil && os.SameFile(st, there) {
			return nil, fmt.Errorf("%s is both joined and written to", path)
		}
	}
	slices.Sort(in)
	return slices.Compact(in), nil
}

// escapeGlob makes a folder's name stand for itself in a pattern.
func escapeGlob(path string) string {
	return strings.NewReplacer("*", `\*`, "?", `\?`, "[", `\[`, `\`, `\\`).Replace(path)
}

func runMerge(ctx context.Context, e *env, out string, in []string, complete bool) error {
	_, err := os.Lstat(out)
	made := errors.Is(err, fs.ErrNotExist)
	s, err := results.Open(out)
	if err != nil {
		return err
	}
	var sum results.Merged
	for i, path := range in {
		m, err := s.Merge(ctx, path)
		if err != nil {
			err = errors.Join(fmt.Errorf("after %d of %d files: %w", i, len(in), err), s.Close())
			if made && i == 0 {
				removeEmpty(out)
			}
			if ctx.Err() != nil {
				return fmt.Errorf("%w: %d of %d files are joined; the same command joins the others", errInterrupted, i, len(in))
			}
			return err
		}
		sum.Sweeps, sum.Candidates, sum.Outcomes, sum.Equal = sum.Sweeps+m.Sweeps, sum.Candidates+m.Candidates, sum.Outcomes+m.Outcomes, sum.Equal+m.Equal
	}
	lacking, err := describeMerged(ctx, e, s, out, len(in), sum)
	if err := errors.Join(err, s.Close()); err != nil {
		return err
	}
	if complete && len(lacking) > 0 {
		return fmt.Errorf("not complete: %s", strings.Join(lacking, "; "))
	}
	return nil
}

// removeEmpty removes a database that was made for nothing: it would be taken for a result, and a full disk keeps its log.
func removeEmpty(db string) {
	for _, end := range []string{"", "-wal", "-shm"} {
		os.Remove(db + end)
	}
}

// describeMerged prints what the file has now, and lists what sweeps lack.
func describeMerged(ctx context.Context, e *env, s *results.Store, out string, files int, sum results.Merged) (lacking []string, err error) {
	fmt.Fprintf(e.out, "%s: %d files joined; %d sweeps, %d candidates and %d results new, %d results were there already\n",
		out, files, sum.Sweeps, sum.Candidates, sum.Outcomes, sum.Equal)
	sweeps, err := s.Sweeps(ctx)
	if err != nil {
		return nil, err
	}
	shards, err := s.Shards(ctx)
	if err != nil {
		return nil, err
	}
	for _, w := range sweeps {
		n, err := s.Outcomes(ctx, w.ID)
		if err != nil {
			return nil, err
		}
		state := "finished"
		if w.FinishedAt.IsZero() {
			state = "unfinished"
			for _, of := range cuts(shards, w.ID) {
				missing := results.Missing(shards, w.ID, of)
				state += fmt.Sprintf("; of %d shards %d are not finished: %s", of, len(missing), few(missing))
				lacking = append(lacking, fmt.Sprintf("sweep %d (%s): shards %s of %d", w.ID, shown(w.Name), few(missing), of))
			}
		}
		fmt.Fprintf(e.out, "  sweep %d (%s): %d of %d candidates, %s\n", w.ID, shown(w.Name), n/int64(max(1, len(w.Workloads))), w.CandidatesTotal, state)
	}
	return lacking, nil
}

// cuts lists into how many shards a sweep was cut.
func cuts(shards []results.Shard, sweepID int64) []int {
	var out []int
	for _, d := range shards {
		if d.SweepID == sweepID && !slices.Contains(out, d.Of) {
			out = append(out, d.Of)
		}
	}
	return out
}

// few lists some numbers, and how many there are where that is not all.
func few(ns []int) string {
	const most = 12
	var out []string
	for _, n := range ns[:min(most, len(ns))] {
		out = append(out, fmt.Sprint(n))
	}
	if len(ns) > most {
		return strings.Join(out, ", ") + fmt.Sprintf(", ... (%d)", len(ns))
	}
	return strings.Join(out, ", ")
}
