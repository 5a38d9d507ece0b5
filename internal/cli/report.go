package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"tcmdse/reports"
	"tcmdse/results"
)

func newReport(e *env) *cobra.Command {
	var to paths
	var csv string
	var id int64
	var json bool
	cmd := &cobra.Command{
		Use:   "report DB",
		Short: "Write reports from a database, no mapping done",
		Example: `  tcmdse report tcmdse-out/results.db -o review.xlsx --html review.html --csv tables
  tcmdse report tcmdse-out/results.db --svg front.svg      # for slides
  tcmdse report tcmdse-out/results.db --json               # for scripts (docs/json.md)`,
		Args: cobra.ExactArgs(1),
	}
	f := cmd.Flags()
	f.StringVarP(&to.xlsx, "output", "o", "", "workbook to write")
	f.StringVar(&to.html, "html", "", "page to write")
	f.StringVar(&to.svg, "svg", "", "picture of the fronts to write, for slides")
	f.StringVar(&csv, "csv", "", "folder for CSV files, with all rows of a sweep of any size")
	f.BoolVar(&json, "json", false, "print the fronts as one JSON document in place of the table")
	f.Int64Var(&id, "sweep", 0, "sweep_id (default: the last sweep in the file)")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		s, err := results.OpenReadOnly(args[0])
		if err != nil {
			return badInput(err)
		}
		defer s.Close()
		sweeps, err := s.Sweeps(cmd.Context())
		if err != nil {
			return err
		}
		if err := hasSweep(args[0], sweeps, id, cmd.Flags().Changed("sweep")); err != nil {
			return usageError{err}
		}
		if err := to.check(); err != nil { // better before all is read than after it
			return err
		}
		d, err := reports.Read(cmd.Context(), s, id)
		if err != nil {
			return err
		}
		if err := writeReports(d, to); err != nil {
			return err
		}
		if csv != "" {
			if err := reports.WriteCSV(cmd.Context(), csv, s, d); err != nil {
				return err
			}
		}
		if json {
			return reports.WriteJSON(e.out, d)
		}
		if len(sweeps) > 1 {
			fmt.Fprintf(e.out, "sweep %d of %d (%s); --sweep N for another\n", d.Sweep.ID, len(sweeps), shown(d.Sweep.Name))
		}
		return reports.WriteFrontTable(e.out, d)
	}
	return cmd
}

// hasSweep refuses a sweep that the file does not have; the last one is taken where none was asked for.
func hasSweep(path string, sweeps []results.Sweep, id int64, asked bool) error {
	if len(sweeps) == 0 {
		return fmt.Errorf("%s holds no sweep", path)
	}
	var there []string
	for _, w := range sweeps {
		if w.ID == id || !asked {
			return nil
		}
		there = append(there, fmt.Sprintf("%d (%s)", w.ID, shown(w.Name)))
	}
	return fmt.Errorf("--sweep: %s has no sweep %d; there are %s", path, id, strings.Join(there, ", "))
}

// paths are the files to write; "" for none.
type paths struct{ xlsx, html, svg string }

// check finds out whether the files can be made.
func (p *paths) check() error {
	for _, path := range []string{p.xlsx, p.html, p.svg} {
		if path == "" {
			continue
		}
		if st, err := os.Stat(path); err == nil && st.IsDir() {
			return fmt.Errorf("%s is a folder, not a file to write", path)
		}
		w, err := os.CreateTemp(filepath.Dir(path), unfinishedFile)
		if err != nil {
			return err
		}
		if err := errors.Join(w.Close(), os.Remove(w.Name())); err != nil {
			return err
		}
	}
	return nil
}
