package cli

import (
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
			return usageError{err}
		}
		defer s.Close()
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
		return reports.WriteFrontTable(e.out, d)
	}
	return cmd
}
