package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// paths are the files to write; "" for none.
type paths struct{ xlsx, html, svg string }

func (p *paths) list() []string { return []string{p.xlsx, p.html, p.svg} }

// apart refuses to write over the database that is reported on, or one file over another.
func (p *paths) apart(db string) error {
	taken := map[string]bool{}
	for _, path := range p.list() {
		if path == "" {
			continue
		}
		if sameFile(path, db) || sameFile(path, db+"-wal") {
			return usageError{fmt.Errorf("%s is the database; a report would be written over it", path)}
		}
		full, err := filepath.Abs(path)
		if err != nil {
			return err
		}
		if taken[full] { // links that lead to one file are replaced, each by its own
			return usageError{fmt.Errorf("%s is to be written twice", path)}
		}
		taken[full] = true
	}
	return nil
}

// sameFile reports whether two paths lead to one file, which may not be there yet.
func sameFile(a, b string) bool {
	x, errA := os.Stat(a)
	y, errB := os.Stat(b)
	if errA == nil && errB == nil {
		return os.SameFile(x, y)
	}
	a, errA = filepath.Abs(a)
	b, errB = filepath.Abs(b)
	return errA == nil && errB == nil && a == b
}

// check finds out whether the files can be made, beside the database that they report on.
func (p *paths) check(db string) error {
	if err := p.apart(db); err != nil {
		return err
	}
	for _, path := range p.list() {
		if path == "" {
			continue
		}
		if st, err := os.Stat(path); err == nil && st.IsDir() {
			return fmt.Errorf("%s is a folder, not a file to write", path)
		}
		if err := replaceable(path); err != nil {
			return err
		}
		w, err := os.CreateTemp(filepath.Dir(path), unfinishedFile)
		if err != nil {
			return err
		}
		if err := errors.Join(w.Close(), os.Remove(w.Name())); err != nil {
			return err
		}
	}
	return nil
}

// write writes what has a path, in the order of list. A file is there when it is whole, or not at all.
func (p *paths) write(forms ...func(io.Writer) error) error {
	for i, path := range p.list() {
		if path == "" {
			continue
		}
		if err := writeFile(path, forms[i]); err != nil {
			return err
		}
	}
	return nil
}

// replaceable refuses devices, pipes and what stands in /dev, such as /dev/stdout: writeFile would put a file in their place,
// for the whole machine where root asks for it.
func replaceable(path string) error {
	st, err := os.Stat(path)
	if err != nil || st.IsDir() {
		return nil // nothing there; folders are not renamed over
	}
	full, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	if !st.Mode().IsRegular() || filepath.Dir(full) == "/dev" {
		return usageError{fmt.Errorf("%s is a device or pipe, and what is written takes its place; give a file", path)}
	}
	return nil
}

// writeFile writes a file, which is there when it is whole, in place of one that was there.
func writeFile(path string, form func(io.Writer) error) error {
	if err := replaceable(path); err != nil {
		return err
	}
	w, err := os.CreateTemp(filepath.Dir(path), unfinishedFile)
	if err != nil {
		return err
	}
	defer os.Remove(w.Name())
	b := bufio.NewWriter(w)
	if err := errors.Join(form(b), b.Flush(), w.Chmod(0o644), w.Close()); err != nil {
		return err
	}
	return os.Rename(w.Name(), path)
}

// writeData writes a file that a user asked for, whole or not at all; that it cannot be written there is their mistake.
func writeData(path string, data []byte) error {
	err := writeFile(path, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return usageError{err}
	}
	return err
}
