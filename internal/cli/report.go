package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"tcmdse/reports"
	"tcmdse/results"
)

func newReport(e *env) *cobra.Command {
	var xlsx, html, csv string
	var id int64
	cmd := &cobra.Command{
		Use:     "report DB",
		Short:   "Write reports from a database, no mapping done",
		Example: "  tcmdse report tcmdse-out/results.db -o review.xlsx --html review.html --csv tables",
		Args:    cobra.ExactArgs(1),
	}
	f := cmd.Flags()
	f.StringVarP(&xlsx, "output", "o", "", "workbook to write")
	f.StringVar(&html, "html", "", "page to write")
	f.StringVar(&csv, "csv", "", "folder for CSV files, with all rows of a sweep of any size")
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
		d, err := reports.Read(cmd.Context(), s, id)
		if err != nil {
			return err
		}
		if err := writeReports(d, xlsx, html); err != nil {
			return err
		}
		if csv != "" {
			if err := reports.WriteCSV(cmd.Context(), csv, s, d); err != nil {
				return err
			}
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
