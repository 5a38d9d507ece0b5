package results

import (
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
)

// A file from elsewhere may call itself a results file and hold other things under its tables' names: a view that never ends, a trigger
// that empties tables when a sweep goes on in it. What is asked of those names then would not be what this tool wrote.

// checkShape refuses a file with a trigger, with a view of this tool's that is not as a schema has it, or with something else than a
// table under the name of one. A user's columns and indexes on them, and tables and views of other names, stay. SQLite compares types
// and names up to a NUL and in any case, so this does, too.
func (s *Store) checkShape() error {
	ours, all := declared()
	rows, err := s.db.Query("SELECT ifnull(type, ''), ifnull(name, ''), ifnull(sql, '') FROM sqlite_schema")
	if err != nil {
		return explain(s.path, err)
	}
	defer rows.Close()
	for rows.Next() {
		var kind, name, ddl string
		if err := rows.Scan(&kind, &name, &ddl); err != nil {
			return explain(s.path, err)
		}
		kind, name = strings.ToLower(cstring(kind)), cstring(name)
		want := ours[strings.ToLower(name)]
		switch {
		case kind == "index":
			continue
		case kind == "trigger":
			return &NotResultsError{Path: s.path, What: fmt.Sprintf("has a trigger, %q, which tcmdse never makes: it is not used (where it is your own, drop it with sqlite3's DROP TRIGGER first)", name)}
		case want == "" || kind == want && (kind == "table" && plainTable(ddl) || kind == "view" && strings.Contains(all, lineFeeds(ddl))):
			continue
		}
		return &NotResultsError{Path: s.path, What: fmt.Sprintf("holds under the name %q what tcmdse did not make: it is not used", name)}
	}
	if err := rows.Err(); err != nil {
		return explain(s.path, err)
	}
	return nil
}

// checkNames refuses a file with a table or view in the place of what this package asks of SQLite itself: a view that is called
// pragma_user_version would answer, or never answer, what version the file has.
func (s *Store) checkNames() error {
	var name string
	err := s.db.QueryRow(`SELECT name FROM sqlite_schema WHERE lower(type) <> 'index' AND (name LIKE 'pragma\_%' ESCAPE '\' OR name LIKE 'json_each')`).Scan(&name)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return explain(s.path, err)
	}
	return &NotResultsError{Path: s.path, What: fmt.Sprintf("holds %q, a name under which SQLite itself answers: it is not used", name)}
}

// cstring is a text as SQLite's own C code reads it.
func cstring(s string) string {
	head, _, _ := strings.Cut(s, "\x00")
	return head
}

// lineFeeds takes the line ends of Windows away: a file is the same whatever the source was checked out as.
func lineFeeds(ddl string) string { return strings.ReplaceAll(ddl, "\r\n", "\n") }

// plainTable tells a table from a virtual one, which computes its rows.
func plainTable(ddl string) bool { return strings.HasPrefix(strings.ToUpper(ddl), "CREATE TABLE") }

// declared returns what the schemas of this tool make, tables and views by name in small letters, and all their text. It is what the
// embedded files say, read once: the state of a run opens a thousand files.
var declared = sync.OnceValues(func() (kinds map[string]string, all string) {
	for v := 1; v <= SchemaVersion; v++ {
		text, _ := schema.ReadFile(fmt.Sprintf("schema/%04d.sql", v)) // without one, every file would be refused, and all tests fail
		all += lineFeeds(string(text))
	}
	kinds = map[string]string{}
	for _, m := range regexp.MustCompile(`CREATE (TABLE|VIEW) (\w+)`).FindAllStringSubmatch(all, -1) {
		kinds[m[2]] = strings.ToLower(m[1])
	}
	return kinds, all
})
