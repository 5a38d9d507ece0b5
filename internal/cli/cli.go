package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"tcmdse/internal/yamlsrc"
	"tcmdse/mapper/model"
	"tcmdse/results"
)

// The exit statuses, as the root command's help tells them.
const (
	exitDone        = 0
	exitFailed      = 1
	exitUsage       = 2
	exitInterrupted = 130
)

// env is what a command works with.
type env struct {
	out, err io.Writer
}

// checkedWriter remembers the first error of a writer, so that no output is lost without a word.
type checkedWriter struct {
	w   io.Writer
	err error
}

func (c *checkedWriter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	if c.err == nil {
		c.err = err
	}
	return n, err
}

// usageError marks a mistake in how a command was called.
type usageError struct{ error }

func (u usageError) Unwrap() error { return u.error }

// errInterrupted is returned by a command that stopped because it was asked to and kept what was done.
var errInterrupted = errors.New("interrupted")

// Main runs the command and returns the exit status.
func Main(ctx context.Context, args []string, out, errs io.Writer) int {
	started := false
	w := &checkedWriter{w: out}
	said, told := &plainWriter{w: w}, &plainWriter{w: errs}
	defer told.flush()
	out, errs = said, told
	root := newRoot(&env{out, errs}, &started)
	root.SetArgs(sqlArgs(args))
	root.SetOut(out)
	root.SetErr(errs)
	err := root.ExecuteContext(ctx)
	said.flush()
	if err == nil && w.err != nil {
		err = fmt.Errorf("the output could not be written: %w", w.err)
	}
	if err == nil {
		return exitDone
	}
	if errors.Is(err, errInterrupted) || errors.Is(err, context.Canceled) {
		fmt.Fprintln(errs, message(err))
		return exitInterrupted
	}
	fmt.Fprintln(errs, "tcmdse:", message(err))
	var input *yamlsrc.Error
	var usage usageError
	var invalid *model.InvalidError
	var newer *results.VersionError
	var other *results.NotResultsError
	switch {
	case !started, errors.As(err, &input), errors.As(err, &usage), errors.As(err, &invalid), errors.As(err, &newer), errors.As(err, &other):
		return exitUsage
	}
	return exitFailed
}

func newRoot(e *env, started *bool) *cobra.Command {
	root := &cobra.Command{
		Use:   "tcmdse",
		Short: "Explore the design space of tensor accelerators with provably optimal mappings",
		Long: `tcmdse sweeps array sizes, buffer capacities and bandwidths of a tensor accelerator, finds the provably optimal
mapping of every layer of a network on every candidate, and reports the front of area against energy-delay product.

Exit status: 0 done, 1 failed, 2 wrong usage or bad input, 130 interrupted with all finished work kept.`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Version:       toolVersion(),
	}
	root.AddCommand(newSweep(e), newMap(e), newEvaluate(e), newReport(e), newCost(e), newQuery(e), newList(e), newShow(e), newCheck(e), newMerge(e), newVersion(e), newInit(e), newSlurm(e), newStatus(e), newResubmit(e),
		newImport(e), newMan(e))
	root.SetFlagErrorFunc(nearestFlag)
	complete(root)
	noteStart(root, started)
	return root
}

// noteStart lets every command below c say when it starts: what goes wrong before is a mistake in how it was called.
func noteStart(c *cobra.Command, started *bool) {
	for _, sub := range c.Commands() {
		noteStart(sub, started)
		if run := sub.RunE; run != nil {
			sub.RunE = func(cmd *cobra.Command, args []string) error {
				*started = true
				return run(cmd, args)
			}
		}
	}
}

// message is the text of an error, in which equal errors that were joined stand once: a full disk stops the work and
// then the note that it stopped.
func message(err error) string {
	var said []string
	var add func(error)
	add = func(err error) {
		switch e := err.(type) {
		case interface{ Unwrap() []error }:
			var texts []string
			for _, part := range e.Unwrap() {
				texts = append(texts, part.Error())
			}
			if strings.Join(texts, "\n") == err.Error() { // joined, with no words of its own
				for _, part := range e.Unwrap() {
					add(part)
				}
				return
			}
		case usageError:
			add(e.error)
			return
		}
		if text := err.Error(); !slices.Contains(said, text) {
			said = append(said, text)
		}
	}
	add(err)
	return strings.Join(said, "\n")
}

// toolVersion returns the version that the Go tool stamped, or "devel".
func toolVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "devel"
	}
	return info.Main.Version
}

// readFile reads a user's file; that it cannot be read is bad input.
func readFile(path string) ([]byte, error) {
	data, err := yamlsrc.ReadFile(path)
	if err != nil {
		return nil, usageError{err}
	}
	return data, nil
}
