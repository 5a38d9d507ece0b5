package results

import (
	"context"
	"fmt"
	"strings"
	"testing"
)

// TestSingle: what is run is one statement, to its semicolon.
func TestSingle(t *testing.T) {
	for query, want := range map[string]string{
		"select 1": "select 1", "select 1;": "select 1", "select 1;;": "select 1", "select 1 ; ;\n;": "select 1 ",
		"select 1; -- the front": "select 1", "select 1; /* c */": "select 1", "select 1; /* never closed": "select 1",
		"select 1; -- a\n; /* b; */ -- c": "select 1", "select ';' ; -- two; words": "select ';' ",
		"/* a; b */ select [a;b] from c": "/* a; b */ select [a;b] from c", "-- a;\nselect 1;": "-- a;\nselect 1",
		"select \"a;\"\"b\", `c;`, 'it''s;' ;": "select \"a;\"\"b\", `c;`, 'it''s;' ", "; select 1;": "; select 1",
		"select '--', 1 -- ;": "select '--', 1 -- ;", "select 4/2; --": "select 4/2", "select 1 -1;": "select 1 -1",
		"\ufeffselect 1;\f": "\ufeffselect 1", "select '/*;": "select '/*;",
	} {
		if got, err := single(query); got != want || err != nil {
			t.Errorf("%q: %q, %v, want %q", query, got, err, want)
		}
	}
	for query, want := range map[string]string{
		"": "no SQL", " ; ": "no SQL", ";;": "no SQL", "-- nothing": "no SQL", "/* select 1 */": "no SQL", "-- a\n/* b */;--": "no SQL", "/*": "no SQL",
		"select 1; select 2": "several", "select 1;;select 2": "several", "select 1; /* c */ select 2": "several", "select 1; -- c\nx": "several",
		"select 1; 'x'": "several", "select ']'; select [;]": "several",
	} {
		if got, err := single(query); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %q, %v, want %s", query, got, err, want)
		}
	}
}

// TestQueryCommented: comments and semicolons around a query change nothing in its answer.
func TestQueryCommented(t *testing.T) {
	ctx := context.Background()
	s, id, _ := create(t)
	defer s.Close()
	if err := s.Append(ctx, id, []Candidate{sample(0, 1, 1)}); err != nil {
		t.Fatal(err)
	}
	for _, query := range []string{"%s", "%s;", "%s;;", "%s; -- the front", "%s; /* c */", "-- a;\n%s", "/* b */ %s -- c", "; %s ;\n-- d\n;"} {
		r, err := s.Query(ctx, fmt.Sprintf(query, "SELECT candidate_id, area_mm2 FROM front"))
		if err != nil || fmt.Sprint(r.Columns, r.Values) != "[candidate_id area_mm2] [[1 1]]" {
			t.Errorf("%q: %v, %v", query, r, err)
		}
	}
}

// TestOldNames: a query for what later schemas have says so of an old file, and nothing of it of a new one or of a
// name that no schema has.
func TestOldNames(t *testing.T) {
	ctx := context.Background()
	update := "this file has schema %d, this tool writes " + fmt.Sprint(SchemaVersion) + ": a sweep into it brings it up to date; "
	for _, c := range []struct {
		schema      int
		query, want string // want of the old file, its second part
	}{
		{2, "SELECT * FROM failure", "no such table: failure; " + update + "tables and views: candidate, candidate_param, "},
		{1, "SELECT * FROM Component_Cost", "no such table: Component_Cost; " + update},
		{1, "SELECT settings FROM candidate", "no such column: settings; " + update + "columns: arch, arch_yaml, area_mm2, "},
		{2, "SELECT c.bound_edp_js FROM candidate c", "no such column: c.bound_edp_js; " + update},
		{3, "SELECT energy_share FROM layers", "no such column: energy_share; " + update},
	} {
		s, err := OpenReadOnly(old(t, c.schema))
		if err != nil {
			t.Fatal(err)
		}
		want := fmt.Sprintf(c.want, c.schema)
		if _, err := s.Query(ctx, c.query); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("schema %d: %s: %v, want %s", c.schema, c.query, err, want)
		}
		for _, query := range []string{"SELECT * FROM fronts", "SELECT edp FROM candidate", "SELECT nonsense FROM candidate", "SELECT * FROM nonsense"} {
			if _, err := s.Query(ctx, query); err == nil || strings.Contains(err.Error(), "schema") {
				t.Errorf("schema %d: %s: %v", c.schema, query, err)
			}
		}
		s.Close()
	}
	s, _, _ := create(t)
	defer s.Close()
	if _, err := s.Query(ctx, "SELECT failure FROM candidate"); err == nil || strings.Contains(err.Error(), "this file has schema") {
		t.Error(err)
	}
}
