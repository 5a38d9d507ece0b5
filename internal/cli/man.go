package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

func newMan(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "man DIR",
		Short: "Write the manual pages, one a command",
		Long: `Writes a manual page for tcmdse and one for each of its commands into DIR, which is made where it is not there.
Their date is that of the source this program was built from, so that two builds of one revision write the same pages.`,
		Example: "  tcmdse man ~/.local/share/man/man1 && man tcmdse-sweep",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir := args[0]
			if err := os.MkdirAll(dir, 0o755); err != nil {
				return usageError{err}
			}
			root := cmd.Root()
			root.DisableAutoGenTag = true
			date := sourceDate()
			head := &doc.GenManHeader{Section: "1", Source: "tcmdse " + toolVersion(), Manual: "tcmdse", Date: &date}
			if err := doc.GenManTree(root, head, dir); err != nil {
				return err
			}
			pages, err := filepath.Glob(filepath.Join(dir, "tcmdse*.1"))
			if err != nil {
				return err
			}
			fmt.Fprintf(e.out, "%d pages in %s\n", len(pages), dir)
			return nil
		},
	}
}

// sourceDate is the date of the revision that the program was built from, else the first of 1970.
func sourceDate() time.Time {
	if t, err := time.Parse(time.RFC3339, thisBuild().Time); err == nil {
		return t
	}
	return time.Unix(0, 0).UTC()
}
