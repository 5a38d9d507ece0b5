package cli

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"tcmdse/results"
)

func newQuery(e *env) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:     `query DB "SQL"`,
		Short:   "Ask past sweeps in SQL, read-only",
		Example: `  tcmdse query tcmdse-out/results.db "SELECT candidate_id, area_mm2, edp_js FROM front"`,
		Args:    cobra.ExactArgs(2),
	}
	cmd.Flags().StringVar(&format, "format", "table", "table, csv or json")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		write, ok := map[string]func(io.Writer, *results.Rows) error{"table": writeTable, "csv": writeCSV, "json": writeJSON}[format]
		if !ok {
			return usageError{fmt.Errorf("unknown format %q; there are table, csv, json", format)}
		}
		s, err := results.OpenReadOnly(args[0])
		if err != nil {
			return usageError{err}
		}
		defer s.Close()
		rows, err := s.Query(cmd.Context(), args[1])
		if err != nil {
			return usageError{err}
		}
		return write(e.out, rows)
	}
	return cmd
}

// tableRows is how many rows a table shows; more are for csv and json.
const tableRows = 1000

func writeTable(w io.Writer, r *results.Rows) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, strings.Join(r.Columns, "\t"))
	for i, row := range r.Values {
		if i == tableRows {
			break
		}
		var cells []string
		for _, x := range row {
			s := cell(x, 6)
			cells = append(cells, strings.NewReplacer("\n", " ", "\t", " ").Replace(s))
		}
		fmt.Fprintln(tw, strings.Join(cells, "\t"))
	}
	if len(r.Values) > tableRows {
		fmt.Fprintf(tw, "%d of %d rows shown; --format csv or json has all\n", tableRows, len(r.Values))
	}
	return tw.Flush()
}

// cell writes one value, floats with the given digits; -1: all.
func cell(x any, digits int) string {
	switch v := x.(type) {
	case nil:
		return ""
	case float64:
		return strconv.FormatFloat(v, 'g', digits, 64)
	case []byte:
		return fmt.Sprintf("%x", v)
	}
	return fmt.Sprint(x)
}

func writeCSV(w io.Writer, r *results.Rows) error {
	c := csv.NewWriter(w)
	c.Write(r.Columns)
	for _, row := range r.Values {
		var cells []string
		for _, x := range row {
			cells = append(cells, cell(x, -1))
		}
		c.Write(cells)
	}
	c.Flush()
	return c.Error()
}

func writeJSON(w io.Writer, r *results.Rows) error {
	out := []map[string]any{}
	for _, row := range r.Values {
		m := map[string]any{}
		for i, x := range row {
			m[r.Columns[i]] = x
		}
		out = append(out, m)
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(out)
}
