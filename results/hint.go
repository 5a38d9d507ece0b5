package results

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
)

// hint tells what a name that SQLite does not know may have meant: the nearest one, or all there are to choose from.
// Where only the file's schema is too old for it, that is said.
func (s *Store) hint(query, message string) string {
	kind := "tables and views"
	wrong, ok := strings.CutPrefix(message, "no such table: ")
	if !ok {
		kind = "columns"
		if wrong, ok = strings.CutPrefix(message, "no such column: "); !ok {
			return ""
		}
	}
	wrong = wrong[strings.LastIndexByte(wrong, '.')+1:]
	names := known(s.read, kind, query)
	if len(names) == 0 || wrong == "" {
		return ""
	}
	all := fmt.Sprintf("%s: %s", kind, strings.Join(names, ", "))
	if s.schema < SchemaVersion && slices.ContainsFunc(current(kind, query), func(name string) bool { return strings.EqualFold(name, wrong) }) {
		return fmt.Sprintf("this file has schema %d, this tool writes %d: a sweep into it brings it up to date; %s", s.schema, SchemaVersion, all)
	}
	far := func(name string) int {
		if strings.HasPrefix(name, wrong) {
			return 0
		}
		return distance(wrong, name)
	}
	near := slices.MinFunc(names, func(a, b string) int { return far(a) - far(b) })
	if far(near) <= max(1, len(wrong)/3) {
		return fmt.Sprintf("did you mean %s?", near)
	}
	return all
}

// known lists the tables and views of a database, or the columns of those that a query names.
func known(db *sql.DB, kind, query string) []string {
	out := list(db, "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')")
	if kind == "columns" {
		tables := out
		out = nil
		for _, table := range tables {
			if namesWord(query, table) {
				out = append(out, list(db, "SELECT name FROM pragma_table_info(?)", table)...)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// current is known of a new file.
func current(kind, query string) []string {
	db, err := sql.Open("sqlite3", ":memory:")
	if err != nil {
		return nil
	}
	defer db.Close()
	db.SetMaxOpenConns(1) // each has a memory of its own
	s := &Store{db: db}
	for v := range SchemaVersion {
		if err := s.step(v + 1); err != nil {
			return nil
		}
	}
	return known(db, kind, query)
}

// list returns the answers to a query of one column; none if it fails, since it only serves a hint.
func list(db *sql.DB, query string, args ...any) []string {
	rows, err := db.Query(query, args...)
	if err != nil {
		return nil
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var name string
		if rows.Scan(&name) == nil {
			out = append(out, name)
		}
	}
	return out
}

// namesWord tells whether text has name as a word of its own.
func namesWord(text, name string) bool {
	return slices.Contains(strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z')
	}), name)
}

// distance counts the letters to insert, delete or replace between two names.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := before
			if a[i] != b[j] {
				cost++
			}
			before = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
