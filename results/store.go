package results

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"sync"

	"github.com/mattn/go-sqlite3"
)

//go:embed schema/*.sql
var schema embed.FS

// SchemaVersion is the user_version of the files that this package writes: the number of files in schema/.
const SchemaVersion = 5

// Store is an open results file. Its methods may be called from several goroutines.
type Store struct {
	db       *sql.DB  // of a writer: one connection that can write
	read     *sql.DB  // connections that cannot, so that reading never waits for the writing one
	lock     *os.File // keeps other writers out; nil in a store opened for reading
	path     string
	readOnly bool
	schema   int      // of the file
	recall   recaller // of a writer
	appendMu sync.Mutex
	mappings map[[32]byte]int64 // stored ones; guarded by appendMu
}

// VersionError says that a file was written by a newer tool.
type VersionError struct {
	Path        string
	Have, Known int
}

func (e *VersionError) Error() string {
	return fmt.Sprintf("%s has schema %d, this tool knows up to %d; a newer tcmdse wrote it: update tcmdse, or give another file", e.Path, e.Have, e.Known)
}

// NotResultsError says that a path is there and is no results file: a directory, a text, a database of something else.
type NotResultsError struct {
	Path, What string // "is ..."
	err        error  // of SQLite, if it was that which noticed
}

func (e *NotResultsError) Error() string { return e.Path + " " + e.What }

func (e *NotResultsError) Unwrap() error { return e.err }

// Open opens a results file for writing, creating or migrating it. A file that another process is writing is an error;
// so are, of types of their own, one of a newer tool (VersionError) and what is no results file (NotResultsError). They
// are left as they were.
func Open(path string) (*Store, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, fmt.Errorf("results: %w", err)
	}
	if err := regular(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	lock, err := lockWriter(path)
	if err != nil {
		return nil, err
	}
	s, err := openWriter(path)
	if err != nil {
		unlockWriter(path, lock)
		return nil, err
	}
	s.lock = lock
	return s, nil
}

func openWriter(path string) (*Store, error) {
	// Rows go to the ends of a dozen indexes, those of work keys to random places. With 64 MB of cache, and with the
	// log copied to the file every 32 MB and not every 4 (migrate sets it), a page is written once for many rows: 2.4 ms
	// a candidate of 20 layers against 3.7.
	db, err := open(path, "rwc", "&_busy_timeout=2000&_synchronous=FULL&_txlock=immediate&_foreign_keys=1&_cache_size=-65536")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1) // so that Close can leave a single file
	s := &Store{db: db, path: path, mappings: map[[32]byte]int64{}}
	if err := s.migrate(); err != nil {
		db.Close()
		return nil, err
	}
	if s.read, err = open(path, "ro", readOptions); err != nil {
		db.Close()
		return nil, err
	}
	s.read.SetMaxIdleConns(readers)
	if s.recall, err = newRecaller(s.read); err != nil {
		s.read.Close()
		db.Close()
		return nil, explain(path, err)
	}
	return s, nil
}

// readers is how many reading connections stay open between uses, so that Recall of many goroutines need not open any.
const readers = 32

const readOptions = "&_busy_timeout=5000&_query_only=1"

// OpenReadOnly opens a results file for reading. It has to exist, else the error is fs.ErrNotExist, and have a schema
// that this tool knows; the errors of Open say what else it may be.
func OpenReadOnly(path string) (*Store, error) { return openReading(path, "") }

func openReading(path, options string) (*Store, error) {
	if err := regular(path); err != nil {
		return nil, err
	}
	db, err := open(path, "ro", readOptions+options)
	if err != nil {
		return nil, err
	}
	s := &Store{db: db, read: db, path: path, readOnly: true}
	s.schema, err = s.version()
	if err == nil && s.schema == 0 {
		err = &NotResultsError{Path: path, What: "is empty, not a results file of tcmdse"}
	}
	if err == nil {
		err = s.checkShape()
	}
	if err == nil {
		err = s.boundMemory()
	}
	if err != nil {
		db.Close()
		return nil, err
	}
	return s, nil
}

// regular refuses what cannot be a results file: opening it would wait for ever or fail with words about the disk.
func regular(path string) error {
	st, err := os.Stat(path)
	switch {
	case err != nil:
		return fmt.Errorf("results: %w", err)
	case st.IsDir():
		return &NotResultsError{Path: path, What: "is a directory; a results file is wanted"}
	case !st.Mode().IsRegular():
		return &NotResultsError{Path: path, What: "is not a regular file; a results file is wanted"}
	}
	return nil
}

func open(path, mode, options string) (*sql.DB, error) {
	dsn := (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath()}).String() + "?mode=" + mode + options
	db := sql.OpenDB(newConnector(dsn))
	if err := db.Ping(); err != nil {
		db.Close()
		return nil, explain(path, err)
	}
	return db, nil
}

// Close closes the file. A writer leaves one file behind, no -wal or -shm beside it, unless another process is reading
// it just then: those two stay, with nothing lost, until the next writer closes.
func (s *Store) Close() error {
	if s.readOnly {
		return s.db.Close()
	}
	defer unlockWriter(s.path, s.lock)
	s.recall.close()
	err := s.read.Close()
	// Sizes of tables for SQLite's planner, where they have changed by an order: without them components of the front took
	// 0.5 s, all components read, in place of 0.1. A file without them is slower and nothing else, so an error is none.
	s.db.ExecContext(context.Background(), "PRAGMA analysis_limit=400; PRAGMA optimize=0x10002")
	_, pragma := s.db.ExecContext(context.Background(), "PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode=DELETE")
	var e sqlite3.Error
	if pragma != nil && !(errors.As(pragma, &e) && (e.Code == sqlite3.ErrBusy || e.Code == sqlite3.ErrLocked)) {
		err = errors.Join(err, explain(s.path, pragma))
	}
	return errors.Join(err, s.db.Close())
}

// Path returns the file's path.
func (s *Store) Path() string { return s.path }
