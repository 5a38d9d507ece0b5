package results

import (
	"fmt"
	"slices"
	"strings"
)

// hint tells what a name that SQLite does not know may have meant: the nearest one, or all there are to choose from.
// The columns are those of the tables and views that the query names.
func (s *Store) hint(query, message string) string {
	var names []string
	var wrong, kind string
	if name, ok := strings.CutPrefix(message, "no such table: "); ok {
		wrong, kind = name, "tables and views"
		names = s.names("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') ORDER BY type DESC, name")
	} else if name, ok := strings.CutPrefix(message, "no such column: "); ok {
		wrong, kind = name, "columns"
		for _, table := range s.names("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')") {
			if namesWord(query, table) {
				names = append(names, s.names("SELECT name FROM pragma_table_info(?)", table)...)
			}
		}
	}
	wrong = wrong[strings.LastIndexByte(wrong, '.')+1:]
	slices.Sort(names)
	names = slices.Compact(names)
	if len(names) == 0 || wrong == "" {
		return ""
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
	return fmt.Sprintf("%s: %s", kind, strings.Join(names, ", "))
}

// names lists the answers to a query of one column; none if it fails, since it only serves a hint.
func (s *Store) names(query string, args ...any) []string {
	rows, err := s.read.Query(query, args...)
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
