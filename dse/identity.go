package dse

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"tcmdse/hwmodel/estimate"
	"tcmdse/results"
	"tcmdse/sweeps"
)

// row is the sweep as stored; its configuration holds everything that decides the results.
func (r *runner) row(ctx context.Context) (results.Sweep, error) {
	var b strings.Builder
	var names []string
	for _, n := range r.networks {
		names = append(names, n.Name)
		data, _ := json.Marshal(n) // plain data
		fmt.Fprintf(&b, "---\n# workload %s as read\n%s\n", n.Name, data)
	}
	fmt.Fprintf(&b, "---\n# candidates as version %d of sweep files has them\n", sweeps.Version)
	hashes := estimate.TableHashes()
	for _, table := range slices.Sorted(maps.Keys(hashes)) {
		fmt.Fprintf(&b, "# cost table %s.csv, sha256 %s\n", table, hashes[table])
	}
	if r.Estimator != "" {
		fmt.Fprintf(&b, "# external estimator: %s\n", r.Estimator)
	}
	mode := results.ModeAll
	if r.FrontOnly {
		mode = results.ModeFrontOnly
		b.WriteString("# front only: candidates that are proved not to be on the front of area and EDP are not mapped\n")
	}
	total := r.counted.Total
	if r.Sweep.Part().Of > 0 {
		var err error
		if total, err = r.Sweep.Total(ctx); err != nil {
			return results.Sweep{}, err
		}
	}
	return results.Sweep{
		Identity: r.identity(b.String()),
		Mode:     mode, Overrides: r.Sweep.Sets, CostTables: hashes,
		Name: r.Sweep.Name, Arch: r.Sweep.Base().Name, Workloads: names, Objective: r.objective.String(), Config: r.Sweep.Config() + b.String(),
		ToolVersion: r.ToolVersion, ModelVersion: ModelVersion, StartedAt: r.start, CandidatesTotal: total, Warnings: r.Sweep.Warnings, Seed: r.Sweep.Seed(),
	}, nil
}

// Fingerprint is a hash of what a run of the sweep would store as its configuration, and of the model: runs of one fingerprint
// make results that can be joined. It builds no candidate.
func Fingerprint(ctx context.Context, c Config) (string, error) {
	c.Counted = &Counted{}
	c.Sweep = c.Sweep.Sharded(sweeps.Shard{})
	r, err := newRunner(ctx, c)
	if err != nil {
		return "", err
	}
	row, err := r.row(ctx)
	if err != nil {
		return "", err
	}
	return row.Fingerprint(), nil
}

// identity hashes what decides a sweep's candidates and results, whatever its file looks like: two files that differ in
// comments, or in a parameter that --set sets as it is, are one sweep. around is what the configuration says beside the
// file. Nil where the candidates are not known: a shard knows its own only, and is told by the configuration's text.
func (r *runner) identity(around string) []byte {
	if r.counted.keys == nil || r.Sweep.Part().Of > 0 {
		return nil
	}
	h := sha256.New()
	fmt.Fprintf(h, "%q %q %s %v %d %x\n%s", r.Sweep.Name, r.Sweep.Base().Name, r.objective, r.Sweep.BudgetM2, r.counted.Total, r.counted.keys, around)
	return h.Sum(nil)
}
