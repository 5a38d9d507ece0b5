package results

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"github.com/mattn/go-sqlite3"
)

//go:embed schema/*.sql
var schema embed.FS

// schemaVersion is the user_version that this package writes: the number of files in schema/.
const schemaVersion = 1

// Store is an open results file.
type Store struct {
	db       *sql.DB
	path     string
	readOnly bool
	mappings map[[32]byte]int64
}

// VersionError says that a file was written by a newer tool.
type VersionError struct {
	Path        string
	Have, Known int
}

func (e *VersionError) Error() string {
	return fmt.Sprintf("%s has schema %d, this tool knows up to %d; a newer tcmdse wrote it", e.Path, e.Have, e.Known)
}

// Open opens a results file for writing, creating or migrating it. A file that another process is writing is an error.
func Open(path string) (*Store, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, fmt.Errorf("results: %w", err)
	}
	s, err := open(path, "rwc", "&_busy_timeout=2000&_journal_mode=WAL&_synchronous=FULL&_txlock=immediate&_foreign_keys=1")
	if err != nil {
		return nil, err
	}
	// One connection, so that Close can leave a single file; the exclusive lock tells a second writer at once.
	s.db.SetMaxOpenConns(1)
	if err := s.migrate(); err != nil {
		s.db.Close()
		return nil, err
	}
	return s, nil
}

// OpenReadOnly opens a results file for reading. It has to exist and have a schema that this tool knows.
func OpenReadOnly(path string) (*Store, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("results: %w", err)
	}
	s, err := open(path, "ro", "&_busy_timeout=5000&_query_only=1")
	if err != nil {
		return nil, err
	}
	s.readOnly = true
	var v int
	if err := s.db.QueryRow("PRAGMA user_version").Scan(&v); err != nil {
		s.db.Close()
		return nil, explain(path, err)
	}
	if v == 0 || v > schemaVersion {
		s.db.Close()
		if v == 0 {
			return nil, fmt.Errorf("results: %s is not a results file of tcmdse", path)
		}
		return nil, &VersionError{path, v, schemaVersion}
	}
	return s, nil
}

func open(path, mode, options string) (*Store, error) {
	dsn := (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath()}).String() + "?mode=" + mode + options
	db, err := sql.Open("sqlite3", dsn)
	if err != nil {
		return nil, explain(path, err)
	}
	if err := db.Ping(); err != nil {
		db.Close()
		return nil, explain(path, err)
	}
	return &Store{db: db, path: path, mappings: map[[32]byte]int64{}}, nil
}

// explain adds to SQLite's words what a user can do.
func explain(path string, err error) error {
	var e sqlite3.Error
	if errors.As(err, &e) {
		switch e.Code {
		case sqlite3.ErrBusy, sqlite3.ErrLocked:
			return fmt.Errorf("results: %s is in use by another process: %w", path, err)
		case sqlite3.ErrNotADB:
			return fmt.Errorf("results: %s is not an SQLite file: %w", path, err)
		case sqlite3.ErrReadonly, sqlite3.ErrCantOpen:
			return fmt.Errorf("results: %s cannot be written; is the folder read-only? %w", path, err)
		case sqlite3.ErrFull:
			return fmt.Errorf("results: no room left for %s; finished work is kept, start again after making room: %w", path, err)
		}
	}
	return fmt.Errorf("results: %s: %w", path, err)
}

func (s *Store) migrate() error {
	var v int
	if err := s.db.QueryRow("PRAGMA user_version").Scan(&v); err != nil {
		return explain(s.path, err)
	}
	if v > schemaVersion {
		return &VersionError{s.path, v, schemaVersion}
	}
	if v == 0 {
		var tables int
		if err := s.db.QueryRow("SELECT count(*) FROM sqlite_master").Scan(&tables); err != nil {
			return explain(s.path, err)
		}
		if tables > 0 {
			return fmt.Errorf("results: %s is an SQLite file of something else", s.path)
		}
	}
	for ; v < schemaVersion; v++ {
		ddl, err := schema.ReadFile(fmt.Sprintf("schema/%04d.sql", v+1))
		if err != nil {
			return err
		}
		tx, err := s.db.Begin()
		if err != nil {
			return explain(s.path, err)
		}
		if _, err := tx.Exec(string(ddl) + fmt.Sprintf("; PRAGMA user_version = %d", v+1)); err != nil {
			tx.Rollback()
			return explain(s.path, err)
		}
		if err := tx.Commit(); err != nil {
			return explain(s.path, err)
		}
	}
	return nil
}

// Close closes the file. A writer leaves one file behind, no -wal or -shm beside it.
func (s *Store) Close() error {
	if !s.readOnly {
		_, err := s.db.ExecContext(context.Background(), "PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode=DELETE")
		if err != nil {
			s.db.Close()
			return explain(s.path, err)
		}
	}
	return s.db.Close()
}

// Path returns the file's path.
func (s *Store) Path() string { return s.path }
