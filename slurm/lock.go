package slurm

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// lockRun keeps other submissions of a run out, until the function that it returns is called. The lock is a file that is made
// or is there already, which shared file systems keep better than locks.
func lockRun(run string) (unlock func(), err error) {
	path := filepath.Join(run, "submit.lock")
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if errors.Is(err, fs.ErrExist) {
		said, _ := os.ReadFile(path)
		return nil, &InputError{File: path, Msg: fmt.Sprintf("another command is submitting this run (%s); wait for it, or remove the file where it was killed", said)}
	}
	if err != nil {
		return nil, fmt.Errorf("slurm: %w", err)
	}
	host, _ := os.Hostname() // only told
	fmt.Fprintf(f, "process %d on %s", os.Getpid(), host)
	f.Close()
	return func() { os.Remove(path) }, nil
}

// unsubmitted refuses to submit from a plan that is not the one in the run folder any more: its jobs would be forgotten.
func (p *Plan) unsubmitted(run string) error {
	now, err := readPlan(run)
	if err != nil {
		return err
	}
	if len(now.Jobs) != len(p.Jobs) {
		return &InputError{File: planPath(run), Key: "jobs", Msg: fmt.Sprintf("%d submissions, %d a moment ago: another command has submitted meanwhile; tcmdse status %s tells how far it is",
			len(now.Jobs), len(p.Jobs), ShellWord(run))}
	}
	return nil
}
