package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"tcmdse/internal/yamlsrc"
	"tcmdse/results"
)

// rowWriter writes the answer to a query, a row at a time.
type rowWriter interface {
	head(columns []string) error
	row(values []any) error // values are those of results.Store.Stream
	end() error
}

func newQuery(e *env) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   `query DB "SQL"`,
		Short: "Ask past sweeps in SQL, read-only",
		Long: `Asks a results file in SQL. Nothing can be changed: ATTACH and functions that touch files are refused, and so are all
PRAGMAs but those that list (table_list, table_info, table_xinfo, index_list, index_info, foreign_key_list, user_version) and check
(integrity_check, quick_check, foreign_key_check). One statement at a time; comments may stand anywhere.
The views to ask, with a dozen questions that architects have, are in docs/sql.md; "PRAGMA table_list" lists them,
"PRAGMA table_info(front)" the columns of one.

table is for people: it shows 1,000 rows, numbers with 6 digits and long text cut. csv and json have every row and
every digit; csv leaves NULL empty, json has one object a row and null for infinity, blobs are hexadecimal in both. In csv a text that
a spreadsheet would take for a formula has an apostrophe before it (docs/security.md); json has it as it is.`,
		Example: `  tcmdse query tcmdse-out/results.db "SELECT candidate_id, area_mm2, edp_js FROM front"`,
		Args:    cobra.ExactArgs(2),
	}
	cmd.Flags().StringVar(&format, "format", "table", "table, csv or json")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		to := e.out
		if format == "csv" && !onTerminal(to) { // the one form of data without a way to write control characters; programs get them as they are
			to = beneath(to)
		}
		out := bufio.NewWriter(to)
		w, err := newRowWriter(format, out)
		if err != nil {
			return usageError{err}
		}
		s, err := results.OpenReadOnly(args[0])
		if err != nil {
			return badInput(err)
		}
		defer s.Close()
		ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
		defer stop()
		if err := ask(ctx, s, args[1], w); err != nil {
			return errors.Join(err, out.Flush())
		}
		return out.Flush()
	}
	return cmd
}

func newRowWriter(format string, w io.Writer) (rowWriter, error) {
	switch format {
	case "table":
		return &tableWriter{w: w}, nil
	case "csv":
		return newCSVWriter(w), nil
	case "json":
		return &jsonWriter{w: w}, nil
	}
	there := []string{"table", "csv", "json"}
	return nil, fmt.Errorf("unknown format %q%s; there are %s", format, yamlsrc.Meant(format, there), strings.Join(there, ", "))
}

// sqlArgs marks queries that begin with a comment, which otherwise are taken for flags: a blank before them changes
// nothing in SQL. No flag of the command has a blank in it but in its value.
func sqlArgs(args []string) []string {
	if len(args) == 0 || args[0] != "query" {
		return args
	}
	out := slices.Clone(args)
	for i, a := range out {
		if a == "--" {
			break
		}
		if strings.HasPrefix(a, "--") && strings.ContainsAny(a, " \t\r\n") && !strings.HasPrefix(a, "--format=") {
			out[i] = " " + a
		}
	}
	return out
}

// badInput marks an error of reading a results file as one of what was given, unless the machine is at fault.
func badInput(err error) error {
	if results.OfMachine(err) {
		return err
	}
	return usageError{err}
}

// ask runs the query. What SQLite says about it is a mistake in the query, unlike an output that cannot be written.
func ask(ctx context.Context, s *results.Store, query string, w rowWriter) error {
	var written error
	keep := func(err error) error { written = err; return err }
	err := s.Stream(ctx, query, func(columns []string) error { return keep(w.head(columns)) }, func(row []any) error { return keep(w.row(row)) })
	switch {
	case written != nil:
		return written
	case err != nil && ctx.Err() == nil:
		return badInput(err)
	case err != nil:
		return fmt.Errorf("query: %w", context.Cause(ctx))
	}
	return w.end()
}
