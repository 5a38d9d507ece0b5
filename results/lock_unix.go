//go:build unix

package results

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// lockWriter takes the file PATH.lock, which the one writer of PATH holds. The system lets go of it when the process
// dies, so a file left by a killed one is no obstacle. It is not the database itself that is locked: readers may come
// at any time, and closing a second descriptor of the database would drop SQLite's own locks.
func lockWriter(path string) (*os.File, error) {
	name := path + ".lock"
	for {
		f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o644)
		if err != nil {
			return nil, fmt.Errorf("results: %s cannot be written; choose a place that can be: %w", path, err)
		}
		if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
			f.Close()
			if errors.Is(err, syscall.EWOULDBLOCK) {
				return nil, fmt.Errorf("results: %s is in use: another sweep or merge is writing it; wait for it, or give another file", path)
			}
			return nil, fmt.Errorf("results: locking %s: %w", name, err)
		}
		// The former holder may have removed the file between our opening and locking it.
		held, err := f.Stat()
		if now, gone := os.Stat(name); err == nil && gone == nil && os.SameFile(held, now) {
			return f, nil
		}
		f.Close()
	}
}

// unlockWriter removes the lock file while it is still held, then lets go of it.
func unlockWriter(path string, f *os.File) {
	os.Remove(path + ".lock")
	f.Close()
}

// Abandoned tells whether the writer of a file has died without closing it, on this machine.
func Abandoned(path string) bool {
	f, err := os.Open(path + ".lock")
	if err != nil {
		return false
	}
	defer f.Close()
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil
}
