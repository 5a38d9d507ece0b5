package results

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestHostileShapes: a file that holds something else under this tool's names, or a trigger, is neither read, joined nor written,
// and stays as it was. Tables and views of other names are the user's.
func TestHostileShapes(t *testing.T) {
	ctx := context.Background()
	s, id, path := create(t)
	if err := s.Append(ctx, id, []Candidate{sample(0, 1, 4)}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n) "
	const rewrite = "PRAGMA writable_schema=ON; UPDATE sqlite_schema SET "
	for name, c := range map[string]struct{ ddl, want string }{
		"endless view":   {"DROP VIEW front; CREATE VIEW front AS " + endless + "SELECT i AS sweep_id FROM n", `under the name "front"`},
		"library":        {"DROP VIEW run; CREATE VIEW run AS SELECT load_extension('/tmp/x.so') AS run_id", `under the name "run"`},
		"other case":     {"DROP VIEW failure; CREATE VIEW Failure AS SELECT 1", `under the name "Failure"`},
		"view of table":  {"DROP TABLE refusals; CREATE VIEW refusals AS SELECT 1 AS work_key, 'x' AS reason", `under the name "refusals"`},
		"table of view":  {"DROP VIEW shard; CREATE TABLE shard (x)", `under the name "shard"`},
		"virtual table":  {"DROP TABLE refusals; CREATE VIRTUAL TABLE refusals USING fts4(work_key, reason)", `under the name "refusals"`},
		"trigger":        {"CREATE TRIGGER t AFTER INSERT ON outcomes BEGIN DELETE FROM sweeps; END", `a trigger, "t"`},
		"view trigger":   {"CREATE TRIGGER v INSTEAD OF INSERT ON front BEGIN DELETE FROM sweeps; END", `a trigger, "v"`},
		"trigger, upper": {"CREATE TRIGGER t AFTER INSERT ON outcomes BEGIN DELETE FROM sweeps; END; " + rewrite + "type = 'TRIGGER' WHERE name = 't'", `a trigger, "t"`},
		"trigger, cut":   {"CREATE TRIGGER t AFTER INSERT ON outcomes BEGIN DELETE FROM sweeps; END; " + rewrite + "type = 'trigger' || char(0) WHERE name = 't'", `a trigger, "t"`},
		"view, upper":    {"DROP VIEW front; CREATE VIEW front AS " + endless + "SELECT i AS sweep_id FROM n; " + rewrite + "type = 'View' WHERE name = 'front'", `under the name "front"`},
		"view, cut":      {"DROP VIEW front; CREATE VIEW front AS " + endless + "SELECT i AS sweep_id FROM n; " + rewrite + "name = 'front' || char(0) || 'x' WHERE name = 'front'", `under the name "front"`},
		"version":        {"CREATE VIEW Pragma_user_version AS " + endless + "SELECT 5 AS user_version FROM n WHERE i < 0", `holds "Pragma_user_version"`},
		"list":           {"CREATE TABLE json_each (key, value)", `holds "json_each"`},
		"windows":        {rewrite + "sql = replace(sql, char(10), char(13, 10)) WHERE type = 'view'", ""},
		"own columns":    {"ALTER TABLE candidates ADD COLUMN note TEXT; CREATE INDEX i ON candidates (note); CREATE TABLE a (b); ALTER TABLE a RENAME COLUMN b TO c; ALTER TABLE a RENAME TO d", ""},
		"own things":     {"CREATE VIEW mine AS SELECT * FROM front; CREATE TABLE notes (text); CREATE INDEX i ON notes (text)", ""},
	} {
		path := filepath.Join(t.TempDir(), "r.db")
		if err := os.WriteFile(path, good, 0o644); err != nil {
			t.Fatal(err)
		}
		db, err := sql.Open("sqlite3", path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec(c.ddl); err != nil {
			t.Fatal(name, err)
		}
		db.Close()
		before, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for way, open := range map[string]func(string) (*Store, error){"read": OpenReadOnly, "snapshot": OpenSnapshot, "join": openToJoin, "write": Open} {
			s, err := open(path)
			var other *NotResultsError
			if c.want == "" && err != nil || c.want != "" && (!errors.As(err, &other) || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("%s, %s: %v, want %q", name, way, err, c.want)
			}
			if err == nil {
				s.Close()
			}
			if after, e := os.ReadFile(path); c.want != "" && (e != nil || !bytes.Equal(before, after)) {
				t.Errorf("%s, %s: the file is not as it was, %v", name, way, e)
			}
			if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 1 {
				t.Errorf("%s, %s: beside the file: %v", name, way, left)
			}
		}
	}
}

// TestCostsPlace: JSON of costs that was edited to be none is told with file, table and candidate.
func TestCostsPlace(t *testing.T) {
	ctx := context.Background()
	for edit, want := range map[string]string{"UPDATE candidates SET warnings = 'x'": "candidates, candidate_id 1: warnings: invalid character",
		"UPDATE cost_sets SET figures = 'x'": "component_costs, candidate_id 1, component GLB: figures: invalid character"} {
		s, id, path := create(t)
		c := sample(0, 1, 4)
		c.Costs = []ComponentCosts{{Component: "GLB", Instances: 1}}
		if err := s.Append(ctx, id, []Candidate{c}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.db.ExecContext(ctx, edit); err != nil {
			t.Fatal(err)
		}
		if _, _, _, err := s.Costs(ctx, 1); err == nil || !strings.HasPrefix(err.Error(), "results: "+path+": "+want) {
			t.Errorf("%s: %v", edit, err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestScanPlace: a value that is none of its column's kind, which a file without STRICT can hold, is an error that names the file.
func TestScanPlace(t *testing.T) {
	ctx := context.Background()
	s, id, path := create(t)
	c := sample(0, 1, 4)
	if err := s.Append(ctx, id, []Candidate{c}); err != nil {
		t.Fatal(err)
	}
	for _, edit := range []string{"PRAGMA writable_schema = ON", "UPDATE sqlite_schema SET sql = replace(sql, 'STRICT', '') WHERE name = 'candidates'",
		"PRAGMA writable_schema = RESET", "UPDATE candidates SET idx = 'xyz'"} {
		if _, err := s.db.ExecContext(ctx, edit); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := OpenReadOnly(path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	_, err = r.Order(ctx, id)
	if err == nil || !strings.HasPrefix(err.Error(), "results: "+path+": ") || !strings.Contains(err.Error(), `"idx"`) {
		t.Errorf("Order: %v", err)
	}
}

// TestQueryBombs: a value, a row or a list that would fill the memory is an error, and functions of a user's view have no effects. The
// file's bytes and its time stay.
func TestQueryBombs(t *testing.T) {
	ctx := context.Background()
	s, _, path := create(t)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite3", "file:"+strings.NewReplacer("?", "%3f", " ", "%20").Replace(path))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("CREATE VIEW mine AS SELECT load_extension('/tmp/x.so') AS x"); err != nil {
		t.Fatal(err)
	}
	db.Close()
	before, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	r, err := OpenReadOnly(path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	big := ", hex(zeroblob(60000000))"
	for query, want := range map[string]string{
		"SELECT zeroblob(1000000000)":                                         "too big",
		"SELECT length(randomblob(1000000000))":                               "too big",
		"SELECT printf('%.*c', 1000000000, 'x')":                              "too big",
		"SELECT replace(hex(zeroblob(100000)), '0', hex(zeroblob(4000)))":     "too big",
		"SELECT group_concat(hex(zeroblob(40000000))) FROM pragma_table_list": "too big",
		"SELECT 1" + strings.Repeat(big, 20):                                  "out of memory",
		"SELECT * FROM mine":                                                  "",
		"SELECT 'x' LIKE '" + strings.Repeat("%a", 30_000) + "'":              "too complex",
	} {
		if rows, err := r.Query(ctx, query); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.80s: %d rows, %v, want %s", query, len(rows.Values), err, want)
		}
	}
	if rows, err := r.Query(ctx, "SELECT length(hex(zeroblob(1000000)))"); err != nil || rows.Values[0][0] != int64(2_000_000) {
		t.Errorf("after them: %v, %v", rows, err)
	}
	after, err := os.Stat(path)
	if err != nil || !after.ModTime().Equal(before.ModTime()) || after.Size() != before.Size() {
		t.Errorf("the file was touched: %v", err)
	}
	if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 1 {
		t.Errorf("beside the file: %v", left)
	}
}
