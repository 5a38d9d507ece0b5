package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"tcmdse/internal/yamlsrc"
)

// newImport holds the importers, one subcommand and one file each.
func newImport(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "import",
		Short:   "Turn models of other tools into this one's files",
		Example: "  tcmdse import timeloop arch.yaml problem.yaml",
	}
	cmd.AddCommand(newImportAccelForge(e), newImportONNX(e), newImportTimeloop(e))
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		if len(args) == 0 {
			return cmd.Help()
		}
		var there []string
		for _, c := range cmd.Commands() {
			there = append(there, c.Name())
		}
		return usageError{fmt.Errorf("nothing is imported from %q%s; there are %s", args[0], yamlsrc.Meant(args[0], there), strings.Join(there, ", "))}
	}
	return cmd
}
