package external

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// Limits of what a program may print.
const (
	maxAnswer = 1 << 20
	maxErrors = 4 << 10
)

// limited keeps the first bytes written to it and notes when there were more.
type limited struct {
	kept bytes.Buffer // not embedded: its ReadFrom would go round the limit
	max  int
	over bool
}

func (l *limited) Write(p []byte) (int, error) {
	if room := l.max - l.kept.Len(); len(p) > room {
		l.over = true
		l.kept.Write(p[:max(room, 0)])
		return len(p), nil
	}
	return l.kept.Write(p)
}

// run runs the program once on a query, in a folder of its own.
func (c *Command) run(ctx context.Context, query []byte) ([]byte, error) {
	dir, err := os.MkdirTemp("", "tcmdse-estimator-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	limit := c.Timeout
	if limit <= 0 {
		limit = DefaultTimeout
	}
	timed, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	cmd := exec.CommandContext(timed, c.argv[0], c.argv[1:]...)
	out, errs := &limited{max: maxAnswer}, &limited{max: maxErrors}
	cmd.Dir, cmd.Stdin, cmd.Stdout, cmd.Stderr = dir, bytes.NewReader(query), out, errs
	cmd.WaitDelay = time.Second // children that keep the pipes open
	ownGroup(cmd)
	err = cmd.Run()
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case timed.Err() != nil:
		return nil, fmt.Errorf("no answer within %v", limit)
	case err != nil && !errors.Is(err, exec.ErrWaitDelay):
		return nil, fmt.Errorf("%w%s", err, tail(errs.kept.String()))
	case out.over:
		return nil, fmt.Errorf("an answer of more than %d bytes", maxAnswer)
	case len(bytes.TrimSpace(out.kept.Bytes())) == 0:
		return nil, fmt.Errorf("no answer on standard output%s", tail(errs.kept.String()))
	}
	return out.kept.Bytes(), nil
}

// tail quotes the last line that a program wrote to standard error.
func tail(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	if last := strings.TrimSpace(lines[len(lines)-1]); last != "" {
		return fmt.Sprintf("; it said %q", last)
	}
	return ""
}
