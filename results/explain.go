package results

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"syscall"

	"github.com/mattn/go-sqlite3"
)

// explain adds to SQLite's words what a user can do.
func explain(path string, err error) error {
	var e sqlite3.Error
	if !errors.As(err, &e) {
		return fmt.Errorf("results: %s: %w", path, err)
	}
	words := ""
	switch e.Code {
	case sqlite3.ErrBusy, sqlite3.ErrLocked:
		words = "is in use by another process; wait for it, or end it"
	case sqlite3.ErrNotADB:
		return &NotResultsError{Path: path, What: "is not an SQLite file, so not a results file of tcmdse", err: err}
	case sqlite3.ErrCorrupt:
		words = "is damaged, or was changed by other means than SQLite; sqlite3's command .recover saves what is readable, and a new file starts afresh"
	case sqlite3.ErrReadonly, sqlite3.ErrPerm:
		words = "cannot be written; is it or its folder read-only? Choose a place that can be written"
	case sqlite3.ErrCantOpen:
		words = "cannot be opened; is its folder there, and can it be written?"
	case sqlite3.ErrFull:
		words = noRoom
	case sqlite3.ErrProtocol, sqlite3.ErrNoLFS:
		words = "cannot be locked as SQLite needs it; network file systems often do not: use a local disk and copy the file afterwards"
	case sqlite3.ErrIoErr:
		words = ioWords(e)
	}
	if words == "" {
		return fmt.Errorf("results: %s: %w", path, err)
	}
	return fmt.Errorf("results: %s %s: %w", path, words, err)
}

// OfMachine tells of an error of reading whether it is neither the file's nor the query's fault: another process holds
// the file, there is no room, the disk fails.
func OfMachine(err error) bool {
	var e sqlite3.Error
	return errors.As(err, &e) && slices.Contains([]sqlite3.ErrNo{sqlite3.ErrBusy, sqlite3.ErrLocked, sqlite3.ErrFull,
		sqlite3.ErrIoErr, sqlite3.ErrNomem, sqlite3.ErrProtocol}, e.Code)
}

const noRoom = "has no room left on its disk; finished work is kept: make room and start again"

// ioWords tells an error of the disk by what the system said.
func ioWords(e sqlite3.Error) string {
	switch {
	case errors.Is(e.SystemErrno, syscall.ENOSPC), errors.Is(e.SystemErrno, syscall.EDQUOT), errors.Is(e.SystemErrno, syscall.EFBIG):
		return noRoom
	case errors.Is(e.SystemErrno, syscall.EROFS), errors.Is(e.SystemErrno, fs.ErrPermission):
		return "cannot be written; is it or its folder read-only? Choose a place that can be written"
	case e.SystemErrno == 0:
		return "could not be read or written; is the disk all right, and does it allow locks? finished work is kept"
	}
	return fmt.Sprintf("could not be read or written (%v); finished work is kept", e.SystemErrno)
}
