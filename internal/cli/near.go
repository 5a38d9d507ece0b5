package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"tcmdse/internal/yamlsrc"
	"tcmdse/sweeps"
)

// checkObjective refuses a sweep's --objective that is none; "" leaves the file's.
func checkObjective(objective string) error {
	if objective == "" || slices.Contains(sweeps.Objectives(), objective) {
		return nil
	}
	return usageError{fmt.Errorf("--objective: unknown objective %q%s; there are %s", objective, yamlsrc.Meant(objective, sweeps.Objectives()), strings.Join(sweeps.Objectives(), ", "))}
}

// nearestFlag adds to the error of an unknown flag the one that was probably meant.
func nearestFlag(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) {
		return err
	}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	if n := yamlsrc.Nearest(unknown.GetSpecifiedName(), names); n != "" {
		return fmt.Errorf("%w, did you mean --%s", err, n)
	}
	return fmt.Errorf("%w; %s --help lists the flags", err, cmd.CommandPath())
}
