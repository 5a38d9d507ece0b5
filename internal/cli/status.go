package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"tcmdse/slurm"
)

// askFor is how long squeue may take: a status is told without it.
const askFor = 10 * time.Second

func newStatus(e *env) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "status RUN",
		Short: "Tell how far a run of shards is, from its files; squeue adds what waits and runs",
		Long: `Tells how far a run of shards is: of tcmdse slurm, or of sweep --shard I/N --publish RUN on any machines. All but which shards
wait and run is read from the snapshots in RUN/parts, so it works where Slurm is not, and after Slurm has forgotten the jobs.

  finished   all candidates are stored          waiting, running   squeue says so
  stopped    begun, and in no queue any more    begun              begun; whether it runs is not known
  not begun  has published nothing yet`,
		Example: `  tcmdse status /scratch/me/edge
  tcmdse status /scratch/me/edge --json | jq .counts`,
		Args: cobra.ExactArgs(1),
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print all shards as one JSON document")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		s, err := slurm.ReadState(cmd.Context(), args[0])
		if err != nil {
			return badPlan(err)
		}
		s.AskQueue(cmd.Context(), slurm.System{Timeout: askFor})
		if asJSON {
			enc := json.NewEncoder(e.out)
			enc.SetIndent("", "  ")
			return enc.Encode(s)
		}
		return writeState(e.out, s, time.Now())
	}
	return cmd
}

// writeState prints a screen.
func writeState(w io.Writer, s *slurm.State, now time.Time) error {
	var b strings.Builder
	name := "sweep " + shown(s.Name)
	if s.Name == "" {
		name = "a sweep of which no snapshot can be read"
	}
	fmt.Fprintf(&b, "%s: %s, %d shards\n", s.Run, name, len(s.Shards))
	for _, c := range []struct{ phase, what string }{{slurm.Finished, "finished"}, {slurm.Running, "running"}, {slurm.Waiting, "waiting"},
		{slurm.Stopped, "stopped before their end"}, {slurm.Begun, "begun; whether they run is not known"}, {slurm.NotBegun, "not begun"}} {
		if n := s.Counts[c.phase]; n > 0 || c.phase == slurm.Finished {
			fmt.Fprintf(&b, "%8d %s\n", n, c.what)
		}
	}
	fmt.Fprintf(&b, "candidates: %d stored", s.Stored)
	if s.Total > 0 {
		fmt.Fprintf(&b, " of %d (%.3g %%)", s.Total, 100*float64(s.Stored)/float64(s.Total))
	}
	b.WriteByte('\n')
	if !s.LastPublished.IsZero() {
		fmt.Fprintf(&b, "last published: %s, %s ago\n", s.LastPublished.Format(time.RFC3339), now.Sub(s.LastPublished).Round(time.Second))
	}
	unfinishedShards(&b, s)
	if s.Queue != "" && s.Counts[slurm.Finished] < len(s.Shards) {
		fmt.Fprintf(&b, "which wait and run is not known: %s\n", s.Queue)
	}
	for i, u := range s.Unreadable {
		if i == mostListed {
			fmt.Fprintf(&b, "and %d more that cannot be read\n", len(s.Unreadable)-mostListed)
			break
		}
		fmt.Fprintf(&b, "left out: %s: %s\n", u.File, u.Why)
	}
	switch {
	case s.Merge != "":
		fmt.Fprintf(&b, "merge: %s\n", s.Merge)
	case s.Results != "":
		fmt.Fprintf(&b, "results: %s\n", s.Results)
	case s.Plan != nil && s.Queue == "" && s.Counts[slurm.Stopped]+s.Counts[slurm.NotBegun] > 0:
		fmt.Fprintf(&b, "tcmdse resubmit %s submits what has stopped or not begun\n", slurm.ShellWord(s.Run))
	case s.Counts[slurm.Finished] == len(s.Shards):
		fmt.Fprintf(&b, "tcmdse merge %s %s --complete joins them\n", slurm.ShellWord(filepath.Join(s.Run, "results.db")), slurm.ShellWord(filepath.Join(s.Run, "parts")))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// mostListed is how many shards and files a screen names.
const mostListed = 8

// unfinishedShards names the first shards that are not finished.
func unfinishedShards(b *strings.Builder, s *slurm.State) {
	listed := 0
	for i := range s.Shards {
		d := &s.Shards[i]
		if d.Phase == slurm.Finished {
			continue
		}
		if listed == mostListed {
			fmt.Fprintf(b, "  ... (%d)\n", len(s.Shards)-s.Counts[slurm.Finished])
			return
		}
		if listed == 0 {
			b.WriteString("not finished:\n")
		}
		listed++
		fmt.Fprintf(b, "  shard %d: %s", d.Index, strings.ReplaceAll(d.Phase, "_", " "))
		if d.Attempts > 0 {
			fmt.Fprintf(b, ", %d of %d candidates, %d attempts", d.Stored, d.Candidates, d.Attempts)
		}
		b.WriteByte('\n')
	}
}
