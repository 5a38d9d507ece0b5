package cli

import (
	"github.com/spf13/cobra"

	"tcmdse/interop/accelforge"
	"tcmdse/mapper/workload"
)

func newImportAccelForge(e *env) *cobra.Command {
	var im importer
	cmd := &cobra.Command{
		Use:   "accelforge FILE...",
		Short: "Turn AccelForge architectures and workloads into this tool's files",
		Long: `Turn files of AccelForge into this tool's files.

Each file may hold an architecture, a workload, renames and variables at its top. Templates are evaluated as far as set,
if, for over range(), default() and arithmetic go; --set gives their variables. What is taken with a change, and what is
left out, is printed with file and line: docs/import-timeloop.md says which constructs that concerns.`,
		Example: "  tcmdse import accelforge matmuls.yaml --set N_EINSUMS=2 --out imported",
		Args:    cobra.MinimumNArgs(1),
	}
	im.flags(cmd)
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		files, opt, err := im.read(args)
		if err != nil {
			return err
		}
		got, err := accelforge.Read(files, opt)
		if err != nil {
			return err
		}
		doc := workload.Doc{Comments: []string{"Imported from " + got.From["workload"] + " of AccelForge by tcmdse import accelforge."}}
		out, err := im.files(args, got.From, got.ArchYML, got.Network, doc)
		if err != nil {
			return err
		}
		return im.write(e, out, &got.Notes)
	}
	return cmd
}
