package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"tcmdse/reports"
	"tcmdse/results"
)

// onlyCompare refuses what does not go with report --compare, and a second argument without it.
func onlyCompare(cmd *cobra.Command, args []string) error {
	if !cmd.Flags().Changed("compare") {
		return fmt.Errorf("report takes one file; a sweep after it, as %s, goes with --compare only", shown(args[1]))
	}
	for _, name := range []string{"sweep", "csv", "weights"} {
		if cmd.Flags().Changed(name) {
			return fmt.Errorf("--%s does not go with --compare", name)
		}
	}
	return nil
}

// runCompare reads two sweeps of a file and writes what changed from the first to the second.
func runCompare(ctx context.Context, e *env, s *results.Store, sweeps []results.Sweep, first string, second []string, to paths, json bool) error {
	a, b, err := twoOf(e, s.Path(), sweeps, first, second)
	if err != nil {
		return usageError{err}
	}
	if err := to.check(s.Path()); err != nil {
		return err
	}
	da, err := reports.Read(ctx, s, a)
	if err != nil {
		return err
	}
	db, err := reports.Read(ctx, s, b)
	if err != nil {
		return err
	}
	c := reports.Compare(da, db)
	err = to.write(
		func(w io.Writer) error { return reports.WriteCompareXLSX(w, c) },
		func(w io.Writer) error { return reports.WriteCompareHTML(w, c) },
		func(w io.Writer) error { return reports.WriteCompareSVG(w, c) })
	switch {
	case err != nil:
		return err
	case json:
		return reports.WriteCompareJSON(e.out, c)
	}
	return reports.WriteCompareText(e.out, c)
}

// twoOf finds the sweeps that --compare A B and --compare A,B name. Names may have commas: all places to part them are
// tried.
func twoOf(e *env, path string, sweeps []results.Sweep, first string, second []string) (a, b int64, err error) {
	find := func(text string) (id int64, note string, err error) { return sweepOf(path, sweeps, text) }
	pairs := [][2]string{}
	if len(second) > 0 {
		pairs = append(pairs, [2]string{first, second[0]})
	} else {
		for i, r := range first {
			if r == ',' {
				pairs = append(pairs, [2]string{first[:i], first[i+1:]})
			}
		}
	}
	if len(pairs) == 0 {
		return 0, 0, errors.New("--compare wants two sweeps: --compare A B, or --compare A,B; each a sweep_id or a name; " + path + " has " + listSweeps(sweeps))
	}
	for _, p := range pairs {
		ida, noteA, errA := find(p[0])
		idb, noteB, errB := find(p[1])
		if errA == nil && errB == nil {
			for _, note := range []string{noteA, noteB} {
				if note != "" {
					fmt.Fprintln(e.err, "note:", note)
				}
			}
			return ida, idb, nil
		}
		if err == nil {
			err = errors.Join(errA, errB)
		}
	}
	return 0, 0, err
}

// sweepOf finds a sweep by its number or its name; of several with one name the newest, which the note says.
func sweepOf(path string, sweeps []results.Sweep, text string) (id int64, note string, err error) {
	text = strings.TrimSpace(text)
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		for i := range sweeps {
			if sweeps[i].ID == n {
				return n, "", nil
			}
		}
	}
	n := 0
	for i := range sweeps { // the oldest comes first
		if sweeps[i].Name == text {
			id, n = sweeps[i].ID, n+1
		}
	}
	switch n {
	case 0:
		return 0, "", fmt.Errorf("--compare: %s has no sweep %s; there are %s", path, shown(text), listSweeps(sweeps))
	case 1:
		return id, "", nil
	}
	return id, fmt.Sprintf("%d sweeps are called %s; sweep %d, the newest, is taken", n, shown(text), id), nil
}

func listSweeps(sweeps []results.Sweep) string {
	if len(sweeps) == 0 {
		return "none"
	}
	var there []string
	for _, w := range sweeps {
		there = append(there, fmt.Sprintf("%d (%s)", w.ID, shown(w.Name)))
	}
	return strings.Join(there, ", ")
}
