package results

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/mattn/go-sqlite3"
)

// Rows is the answer to a user's query.
type Rows struct {
	Columns []string
	Values  [][]any // int64, float64, string, []byte or nil
}

// ErrDenied is returned for SQL that would do anything but read this file.
var ErrDenied = errors.New("only reading queries on this file are allowed")

// sqliteRecursive is SQLITE_RECURSIVE, which go-sqlite3 does not name.
const sqliteRecursive = 33

// allow is the authorizer of Query: select, read columns, call functions that touch no files. Everything else,
// ATTACH and PRAGMA included, is refused (a read-only file does not stop ATTACH from writing another one).
func allow(op int, arg1, arg2, _ string) int {
	switch op {
	case sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqliteRecursive:
		return sqlite3.SQLITE_OK
	case sqlite3.SQLITE_FUNCTION:
		if slices.Contains([]string{"load_extension", "readfile", "writefile", "edit", "fts3_tokenizer"}, arg2) {
			return sqlite3.SQLITE_DENY
		}
		return sqlite3.SQLITE_OK
	case sqlite3.SQLITE_PRAGMA:
		if arg1 == "table_info" || arg1 == "table_list" {
			return sqlite3.SQLITE_OK
		}
	}
	return sqlite3.SQLITE_DENY
}

// Query runs one reading SQL statement of a user's, on a connection of its own that can do nothing else.
func (s *Store) Query(ctx context.Context, query string) (*Rows, error) {
	if err := single(query); err != nil {
		return nil, err
	}
	conn, err := s.read.Conn(ctx)
	if err != nil {
		return nil, explain(s.path, err)
	}
	defer conn.Close()
	if err := authorize(conn, allow); err != nil {
		return nil, err
	}
	defer authorize(conn, nil)
	rows, err := conn.QueryContext(ctx, query)
	if err != nil {
		return nil, queryError(err)
	}
	defer rows.Close()
	out := &Rows{}
	if out.Columns, err = rows.Columns(); err != nil {
		return nil, queryError(err)
	}
	for rows.Next() {
		row := make([]any, len(out.Columns))
		to := make([]any, len(row))
		for i := range row {
			to[i] = &row[i]
		}
		if err := rows.Scan(to...); err != nil {
			return nil, queryError(err)
		}
		out.Values = append(out.Values, row)
	}
	if err := rows.Err(); err != nil {
		return nil, queryError(err)
	}
	return out, nil
}

// single refuses text of no or of several statements: the driver would answer the last one only.
func single(query string) error {
	quote, said, ended := byte(0), false, false
	for i := 0; i < len(query); i++ {
		c := query[i]
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case strings.HasPrefix(query[i:], "--"):
			end := strings.IndexByte(query[i:], '\n')
			if end < 0 {
				end = len(query) - i
			}
			i += end
		case strings.HasPrefix(query[i:], "/*"):
			end := strings.Index(query[i+2:], "*/")
			if end < 0 {
				end = len(query)
			}
			i += end + 3
		case c == ';':
			ended = said
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
		case ended:
			return errors.New("results: several SQL statements; give one at a time")
		default:
			said = true
			if c == '\'' || c == '"' || c == '`' {
				quote = c
			} else if c == '[' {
				quote = ']'
			}
		}
	}
	if !said {
		return errors.New("results: no SQL given")
	}
	return nil
}

func authorize(conn *sql.Conn, f func(int, string, string, string) int) error {
	return conn.Raw(func(c any) error {
		sc, ok := c.(*sqlite3.SQLiteConn)
		if !ok {
			return errors.New("results: not an SQLite connection")
		}
		sc.RegisterAuthorizer(f)
		return nil
	})
}

func queryError(err error) error {
	var e sqlite3.Error
	// A refused function is a plain error to SQLite, told apart by its words only.
	if errors.As(err, &e) && (e.Code == sqlite3.ErrAuth || strings.HasPrefix(e.Error(), "not authorized")) {
		return fmt.Errorf("results: %w: %v", ErrDenied, err)
	}
	return fmt.Errorf("results: %w", err)
}
