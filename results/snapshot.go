package results

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Snapshots are whole results files that nobody ever changes: made beside their place and renamed to it, so that a reader
// on another machine of a shared file system sees the one before or the new one, and needs no locks, which such systems
// keep badly.

// Publish writes the file as it is now to path, whole or not at all: what was there before is replaced by a rename. It reads
// what is committed and does not keep Append waiting.
func (s *Store) Publish(ctx context.Context, path string) error {
	dir := filepath.Dir(path)
	tmp, err := os.CreateTemp(dir, ".tcmdse-*")
	if err != nil {
		return fmt.Errorf("results: %w", err)
	}
	defer os.Remove(tmp.Name())
	if err := tmp.Close(); err != nil {
		return err
	}
	if err := s.copyTo(ctx, tmp.Name()); err != nil { // into the empty file that the name is reserved by
		return err
	}
	if err := errors.Join(os.Chmod(tmp.Name(), 0o644), flush(tmp.Name())); err != nil {
		return err
	}
	if err := os.Rename(tmp.Name(), path); err != nil {
		return err
	}
	return flush(dir)
}

// flush makes a file, or what a folder lists, last.
func flush(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// OpenSnapshot opens a file that nobody changes, for reading, without locks and without any file beside it.
func OpenSnapshot(path string) (*Store, error) { return openReading(path, "&immutable=1") }

// openToJoin opens a file for Merge.
func openToJoin(path string) (*Store, error) { return openReading(path, joinOptions(path)) }

// joinOptions are those of a snapshot where no log stands beside the file: nobody has it open to write then.
func joinOptions(path string) string {
	for _, log := range []string{"-wal", "-journal"} {
		if _, err := os.Stat(path + log); err == nil {
			return ""
		}
	}
	return "&immutable=1"
}

// copyTo writes the file as it is now, with what its log holds, as a file of its own.
func (s *Store) copyTo(ctx context.Context, path string) error {
	conn, err := s.read.Conn(ctx)
	if err != nil {
		return explain(s.path, err)
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, "PRAGMA query_only=0"); err != nil { // which forbids to write any file
		return explain(s.path, err)
	}
	defer conn.ExecContext(context.WithoutCancel(ctx), "PRAGMA query_only=1")
	if _, err := conn.ExecContext(ctx, "VACUUM INTO ?", path); err != nil {
		return explain(path, err)
	}
	return nil
}
