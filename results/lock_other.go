//go:build !unix

package results

import "os"

// lockWriter does nothing where there is no flock: two writers then share the file by SQLite's locks alone, which
// loses no result but may do work twice.
func lockWriter(string) (*os.File, error) { return nil, nil }

func unlockWriter(string, *os.File) {}

// Abandoned is false: whether a writer lives is not known here.
func Abandoned(string) bool { return false }
