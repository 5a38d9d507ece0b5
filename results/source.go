package results

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/mattn/go-sqlite3"
)

// DamagedError tells that a results file is not as SQLite wrote it: cut off, or overwritten in parts. Bytes changed within
// a figure or a text that no index holds do not show.
type DamagedError struct {
	Path, What string // what SQLite found first
}

func (e *DamagedError) Error() string {
	return fmt.Sprintf("%s is damaged (%s); copy it again or make it again, or save what is readable by sqlite3's command .recover", e.Path, e.What)
}

// ChangedError tells that a file was written to while it was read without locks.
type ChangedError struct{ Path string }

func (e *ChangedError) Error() string {
	return fmt.Sprintf("%s was written to while it was being joined, and nothing of it was joined; the same command joins it", e.Path)
}

// querier is what can be asked.
type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// checkWhole checks a whole database, attached under a name, page by page and indexes against tables: 7 s a GB, a seventh of what
// joining it takes. Without it, files with pages of zeros, as a full or failing file system leaves, were joined without a word.
func checkWhole(ctx context.Context, q querier, name, path string) error {
	var said string
	err := q.QueryRowContext(ctx, "PRAGMA "+name+".integrity_check(1)").Scan(&said)
	var e sqlite3.Error
	switch {
	case errors.As(err, &e) && (e.Code == sqlite3.ErrCorrupt || e.Code == sqlite3.ErrNotADB):
		return &DamagedError{path, e.Error()}
	case err != nil:
		return fmt.Errorf("reading %w", explain(path, err))
	case said != "ok":
		return &DamagedError{path, strings.ReplaceAll(said, "\n", " ")}
	}
	return nil
}

// unchanged tells whether a file that is read without locks stayed as it was. One that was replaced by a rename is another
// file; the old one, which is being read, stays.
func unchanged(path string, before os.FileInfo) error {
	now, err := os.Stat(path)
	if err == nil && os.SameFile(before, now) && (!now.ModTime().Equal(before.ModTime()) || now.Size() != before.Size()) {
		return &ChangedError{path}
	}
	return nil
}
