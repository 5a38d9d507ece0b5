package cli

import "github.com/spf13/cobra"

// newImport holds the importers, one subcommand and one file each.
func newImport(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "import",
		Short:   "Turn models of other tools into this one's files",
		Example: "  tcmdse import timeloop arch.yaml problem.yaml",
	}
	cmd.AddCommand(newImportTimeloop(e), newImportAccelForge(e))
	return cmd
}
