package cli

import (
	_ "embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/spf13/cobra"
)

//go:embed starter.yaml
var starter string

func newInit(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "init [FILE]",
		Short:   "Write a commented sweep file to start from (default sweep.yaml)",
		Example: "  tcmdse init edge.yaml && tcmdse check edge.yaml && tcmdse sweep edge.yaml",
		Args:    cobra.MaximumNArgs(1),
	}
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		path := "sweep.yaml"
		if len(args) > 0 {
			path = args[0]
		}
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if errors.Is(err, fs.ErrExist) {
			return usageError{fmt.Errorf("%s is there already and is left as it is; give another name", path)}
		}
		if err != nil {
			return usageError{err}
		}
		_, err = io.WriteString(f, starter)
		if err := errors.Join(err, f.Close()); err != nil {
			return err
		}
		fmt.Fprintf(e.out, "%s\n  next: tcmdse check %[1]s, then tcmdse sweep %[1]s\n", path)
		return nil
	}
	return cmd
}
