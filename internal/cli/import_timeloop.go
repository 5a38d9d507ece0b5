package cli

import (
	"github.com/spf13/cobra"

	"tcmdse/interop/timeloop"
	"tcmdse/mapper/workload"
)

func newImportTimeloop(e *env) *cobra.Command {
	var im importer
	cmd := &cobra.Command{
		Use:   "timeloop FILE...",
		Short: "Turn Timeloop architectures, problems and mappings into this tool's files",
		Long: `Turn files of Timeloop into this tool's files.

Each file may hold an architecture, a problem, a mapping, variables or Accelergy's energies (ERT) at its top; several
problems become layers of one network. A mapping is turned over where the architecture and its one problem are given too;
tcmdse evaluate takes it as it is. What is taken with a change, and what is left out, is printed with file and line:
docs/import-timeloop.md says which constructs that concerns.`,
		Example: "  tcmdse import timeloop arch.yaml problem.yaml --out imported",
		Args:    cobra.MinimumNArgs(1),
	}
	im.flags(cmd)
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		files, opt, err := im.read(args)
		if err != nil {
			return err
		}
		got, err := timeloop.Read(files, opt)
		if err != nil {
			return err
		}
		doc := workload.Doc{Comments: []string{"Imported from problems of Timeloop by tcmdse import timeloop."}, Layers: got.Layers}
		out, err := im.files(args, got.From, got.ArchYML, got.Network, doc)
		if err != nil {
			return err
		}
		if got.Mapping != nil {
			out = append(out, made{"mapping", im.path(args, "mapping"), got.From["mapping"], got.MappingYAML()})
		}
		return im.write(e, out, &got.Notes)
	}
	return cmd
}
