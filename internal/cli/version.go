package cli

import (
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"tcmdse/dse"
	"tcmdse/hwmodel/estimate"
	"tcmdse/results"
)

// build is what this program was made from: what a result can be traced to, beside what the database keeps of its sweep.
type build struct {
	Version    string            `json:"version"`  // "devel" where no release
	Revision   string            `json:"revision"` // of the source; "": not known
	Modified   bool              `json:"modified"` // the source had changes beside that
	Time       string            `json:"time"`     // of the revision
	Go         string            `json:"go"`
	Platform   string            `json:"platform"`
	Model      string            `json:"model"`  // results of different models are not comparable
	Schema     int               `json:"schema"` // of databases
	CostTables map[string]string `json:"cost_tables"`
}

func thisBuild() build {
	b := build{Version: toolVersion(), Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH, Model: dse.ModelVersion, Schema: results.SchemaVersion,
		CostTables: estimate.TableHashes()}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Revision = s.Value
		case "vcs.modified":
			b.Modified = s.Value == "true"
		case "vcs.time":
			b.Time = s.Value
		}
	}
	return b
}

func newVersion(e *env) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "version",
		Short:   "Tell what this program was built from",
		Example: "  tcmdse version --json",
		Args:    cobra.NoArgs,
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON, the hashes of the cost tables too")
	cmd.RunE = func(*cobra.Command, []string) error {
		b := thisBuild()
		if asJSON {
			enc := json.NewEncoder(e.out)
			enc.SetIndent("", "  ")
			return enc.Encode(b)
		}
		fmt.Fprintf(e.out, "tcmdse %s, %s, schema %d\n", b.Version, b.Model, b.Schema)
		if b.Revision != "" {
			changed := ""
			if b.Modified {
				changed = ", with changes"
			}
			fmt.Fprintf(e.out, "revision %s of %s%s\n", b.Revision, b.Time, changed)
		}
		fmt.Fprintf(e.out, "%s, %s\n", b.Go, b.Platform)
		return nil
	}
	return cmd
}
