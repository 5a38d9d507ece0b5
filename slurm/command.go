package slurm

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"
)

// Commander runs a program and returns what it wrote to standard output. Errors are *CommandError.
type Commander interface {
	Run(ctx context.Context, name string, args ...string) (string, error)
}

// CommandError is what became of a program that failed.
type CommandError struct {
	Name    string
	Said    string // on standard error
	Missing bool   // it is not on the path
	Err     error
}

func (e *CommandError) Error() string {
	switch {
	case e.Missing:
		return fmt.Sprintf("%s is not on the path; a machine that submits to Slurm has it (a login node, `module load slurm`)", e.Name)
	case e.Said == "":
		return fmt.Sprintf("%s: %v", e.Name, e.Err)
	}
	said := strings.TrimPrefix(e.Said, e.Name+": ")
	return fmt.Sprintf("%s: %s", e.Name, strings.TrimPrefix(said, "error: "))
}

func (e *CommandError) Unwrap() error { return e.Err }

// System runs the programs of this machine.
type System struct {
	Timeout time.Duration // of each; 0: a minute
}

// Run runs a program to its end or the timeout.
func (s System) Run(ctx context.Context, name string, args ...string) (string, error) {
	limit := s.Timeout
	if limit == 0 {
		limit = time.Minute
	}
	ctx, stop := context.WithTimeout(ctx, limit)
	defer stop()
	cmd := exec.CommandContext(ctx, name, args...)
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	cmd.WaitDelay = time.Second // a child that holds the pipes is not waited for
	err := cmd.Run()
	if err == nil {
		return out.String(), nil
	}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		err = fmt.Errorf("no answer within %s: %w", limit, ctx.Err())
	}
	return "", &CommandError{Name: name, Said: strings.TrimSpace(said.String()), Missing: errors.Is(err, exec.ErrNotFound), Err: err}
}
