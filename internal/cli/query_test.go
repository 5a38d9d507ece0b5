package cli

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tcmdse/results"
)

// emptyDatabase writes a results file without a sweep.
func emptyDatabase(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "r.db")
	s, err := results.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

const oneOfEach = `SELECT 1 AS a, -2.5e-21 AS b, 'x"y' || char(10) || 'z' AS c, NULL AS d, x'00ff' AS e, 9007199254740993 AS f, 0.1 + 0.2 AS a, 9e999 AS g`

// TestQueryFormats: what each format makes of each kind of value.
func TestQueryFormats(t *testing.T) {
	db := emptyDatabase(t)
	for _, c := range []struct{ format, query, want string }{
		{"json", oneOfEach, `[
  {"a": 1, "b": -2.5e-21, "c": "x\"y\nz", "d": null, "e": "00ff", "f": 9007199254740993, "a_2": 0.30000000000000004, "g": null}
]
`},
		{"json", "SELECT -9e999 AS a, 9e999 AS b, 1e308 AS c", "[\n  {\"a\": null, \"b\": null, \"c\": 1e+308}\n]\n"},
		{"json", "SELECT 1 AS a WHERE 0", "[]\n"},
		{"json", "SELECT 1 AS a UNION SELECT 2", "[\n  {\"a\": 1},\n  {\"a\": 2}\n]\n"},
		{"csv", oneOfEach, "a,b,c,d,e,f,a,g\n1,-2.5e-21,\"x\"\"y\nz\",,00ff,9007199254740993,0.30000000000000004,+Inf\n"},
		{"table", oneOfEach, `a         b  c         d  e                    f    a     g
1  -2.5e-21  x"y z  NULL  00ff  9007199254740993  0.3  +Inf
`},
		{"table", "SELECT 'n' AS name, 1 AS n UNION SELECT 'longer', 100", "name      n\nlonger  100\nn         1\n"},
		{"table", "SELECT 'for x' || char(10) || ' MAC' || char(10) AS mapping", "for x\n MAC\n"},
		{"table", "SELECT 7 AS n, replace(hex(zeroblob(50)), '0', 'é') AS s", "n  s\n7  " + strings.Repeat("é", 79) + "…\ntext cut to 80 characters; --format csv or json has all\n"},
		{"table", "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < 3000) SELECT i FROM n WHERE i < 3", "i\n1\n2\n"},
	} {
		status, out, errs := call(t, "query", db, c.query, "--format", c.format)
		if status != 0 || out != c.want {
			t.Errorf("%s of %s: status %d %s\n%s\nwant\n%s", c.format, c.query, status, errs, out, c.want)
		}
	}
	_, out, _ := call(t, "query", db, oneOfEach, "--format", "json")
	if !json.Valid([]byte(out)) {
		t.Errorf("not JSON: %s", out)
	}
}

// TestQueryComments: comments and semicolons around a query, even before it, change nothing in its answer.
func TestQueryComments(t *testing.T) {
	db := emptyDatabase(t)
	for _, query := range []string{"SELECT 1 AS a; -- the front", "SELECT 1 AS a; /* c */", "SELECT 1 AS a;;", "-- front\nSELECT 1 AS a",
		"--front\nSELECT 1 AS a;\n-- end", "--format\nSELECT 1 AS a", "/* a */ SELECT 1 AS a ; /* b */ ;", "--a=b c\r\nSELECT 1 AS a"} {
		for format, want := range map[string]string{"table": "a\n1\n", "csv": "a\n1\n", "json": "[\n  {\"a\": 1}\n]\n"} {
			for _, args := range [][]string{{"query", db, query, "--format", format}, {"query", "--format=" + format, db, query}, {"query", "--format", format, "--", db, query}} {
				if status, out, errs := call(t, args...); status != 0 || out != want {
					t.Errorf("%q: exit %d, %s%q, want %q", args, status, errs, out, want)
				}
			}
		}
	}
	for _, query := range []string{"", " ", ";", "-- nothing here", "/* c */;", "-- a\n-- b"} {
		for _, format := range []string{"table", "csv", "json"} {
			if status, out, errs := call(t, "query", db, query, "--format", format); status != 2 || out != "" || !strings.Contains(errs, "no SQL given") {
				t.Errorf("%q as %s: exit %d, %q, %s", query, format, status, out, errs)
			}
		}
	}
	if status, _, errs := call(t, "query", db, "SELECT 1", "--formt json"); status != 2 {
		t.Errorf("exit %d, %s", status, errs)
	}
}

// TestQueryMany: a table stops at 1,000 rows and says how many there are; csv and json have all.
func TestQueryMany(t *testing.T) {
	db := emptyDatabase(t)
	const q = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < 2500) SELECT i FROM n"
	_, out, _ := call(t, "query", db, q)
	if lines := strings.Split(out, "\n"); len(lines) != 1003 || lines[1001] != "1000 of 2500 rows shown; --format csv or json has all" {
		t.Errorf("%d lines, ending %q", len(lines), out[max(0, len(out)-80):])
	}
	_, out, _ = call(t, "query", db, q, "--format", "csv")
	if all, err := csv.NewReader(strings.NewReader(out)).ReadAll(); err != nil || len(all) != 2501 || all[2500][0] != "2500" {
		t.Errorf("csv: %d rows, %v", len(all), err)
	}
	_, out, _ = call(t, "query", db, q, "--format", "json")
	var all []struct{ I int }
	if err := json.Unmarshal([]byte(out), &all); err != nil || len(all) != 2500 || all[2499].I != 2500 {
		t.Errorf("json: %d rows, %v", len(all), err)
	}
}

// TestQueryErrors: mistakes in a query have status 2 and say what was meant.
func TestQueryErrors(t *testing.T) {
	db := emptyDatabase(t)
	for _, c := range []struct{ query, want string }{
		{"SELECT * FROM fronts", "no such table: fronts; did you mean front?"},
		{"SELECT * FROM Pareto", "tables and views: best_per_budget, bottleneck, "},
		{"SELECT edp FROM front", "no such column: edp; did you mean edp_js?"},
		{"SELECT f.arae_mm2 FROM front f", "did you mean area_mm2?"},
		{"SELECT nonsense FROM front", "columns: area_mm2, candidate_id, edp_js, energy_j, latency_s, sweep_id, workload"},
		{"SELECT 1; SELECT 2", "several SQL statements"},
		{"SELECT 1; -- c\nSELECT 2", "several SQL statements"},
		{"SELEC 1", "syntax error"},
		{"", "no SQL given"},
		{"PRAGMA query_only = 0", "only reading queries"},
		{"SELECT 1 FROM front ORDER BY", "incomplete input"},
	} {
		if status, out, errs := call(t, "query", db, c.query); status != 2 || !strings.Contains(errs, c.want) || out != "" {
			t.Errorf("%s: status %d, %s%s, want %s", c.query, status, out, errs, c.want)
		}
	}
	if status, _, errs := call(t, "query", db, "SELECT 1", "--format", "xml"); status != 2 || !strings.Contains(errs, "table, csv, json") {
		t.Errorf("%d %s", status, errs)
	}
}

// TestQueryEnds: a query without end stops when it is asked to, and when nobody reads its output any more.
func TestQueryEnds(t *testing.T) {
	db := emptyDatabase(t)
	const endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n) SELECT "
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(100*time.Millisecond, cancel)
	var out, errs bytes.Buffer
	if status := Main(ctx, []string{"query", db, endless + "count(*) FROM n"}, &out, &errs); status != 130 {
		t.Errorf("status %d, %s", status, errs.String())
	}
	w := &fullWriter{left: 1 << 16}
	errs.Reset()
	if status := Main(context.Background(), []string{"query", db, endless + "i FROM n", "--format", "csv"}, w, &errs); status != 1 || !strings.Contains(errs.String(), "no room") {
		t.Errorf("status %d, %s", status, errs.String())
	}
}

// fullWriter takes so many bytes and no more.
type fullWriter struct{ left int }

func (f *fullWriter) Write(p []byte) (int, error) {
	if f.left -= len(p); f.left < 0 {
		return 0, errors.New("no room")
	}
	return len(p), nil
}

func Example_shown() {
	fmt.Println(shown(1.23456789e-21), shown(int64(123456789)), shown(nil), shown("a\tb"))
	// Output: 1.23457e-21 123456789 NULL a b
}
