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

// allow is the authorizer of Query: select, read columns, call functions that touch no files, ask what tables there are
// and whether the file is whole. Everything else, ATTACH and all that a PRAGMA sets included, is refused (a read-only
// file does not stop ATTACH from writing another one). So is PRAGMA database_list, which tells paths of this machine.
func allow(op int, arg1, arg2, _ string) int {
	ok := false
	switch op {
	case sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqliteRecursive:
		ok = true
	case sqlite3.SQLITE_FUNCTION:
		ok = !slices.Contains([]string{"load_extension", "readfile", "writefile", "edit", "fts3_tokenizer"}, strings.ToLower(arg2))
	case sqlite3.SQLITE_PRAGMA:
		switch strings.ToLower(arg1) {
		case "table_info", "table_xinfo", "table_list", "index_list", "index_info", "foreign_key_list",
			"integrity_check", "quick_check", "foreign_key_check":
			ok = true // their arguments name what is asked about
		case "user_version":
			ok = arg2 == "" // with an argument it would set it
		}
	}
	if ok {
		return sqlite3.SQLITE_OK
	}
	return sqlite3.SQLITE_DENY
}

// Query runs one reading SQL statement of a user's, on a connection of its own that can do nothing else, and returns
// all rows. Stream holds one at a time.
func (s *Store) Query(ctx context.Context, query string) (*Rows, error) {
	out := &Rows{}
	err := s.Stream(ctx, query, func(columns []string) error {
		out.Columns = columns
		return nil
	}, func(row []any) error {
		out.Values = append(out.Values, slices.Clone(row))
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// Stream runs a query as Query does. It calls head once with the names of the columns and then row with each row, whose
// values are int64, float64, string, []byte or nil; the slice is used again for the next one. It stops at the first
// error of either, and returns it as it is, and when ctx ends.
func (s *Store) Stream(ctx context.Context, query string, head func(columns []string) error, row func(values []any) error) error {
	query, err := single(query)
	if err != nil {
		return err
	}
	conn, err := s.read.Conn(ctx)
	if err != nil {
		return explain(s.path, err)
	}
	defer conn.Close()
	if err := authorize(conn, allow); err != nil {
		return err
	}
	defer authorize(conn, nil)
	rows, err := conn.QueryContext(ctx, query)
	if err != nil {
		return s.queryError(query, err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return s.queryError(query, err)
	}
	if err := head(columns); err != nil {
		return err
	}
	values, to := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		to[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(to...); err != nil {
			return s.queryError(query, err)
		}
		if err := row(values); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return s.queryError(query, err)
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

// queryError says what is wrong with a user's query, and what it may have meant.
func (s *Store) queryError(query string, err error) error {
	var e sqlite3.Error
	if !errors.As(err, &e) {
		return fmt.Errorf("results: %w", err)
	}
	// A refused function is a plain error to SQLite, told apart by its words only.
	if e.Code == sqlite3.ErrAuth || strings.HasPrefix(e.Error(), "not authorized") {
		return fmt.Errorf("results: %w: %v", ErrDenied, err)
	}
	if e.Code != sqlite3.ErrError {
		return explain(s.path, err)
	}
	if hint := s.hint(query, e.Error()); hint != "" {
		return fmt.Errorf("results: %w; %s", err, hint)
	}
	return fmt.Errorf("results: %w", err)
}
